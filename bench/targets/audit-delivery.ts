/**
 * Counts the audit events of a run in Postgres. They arrive seconds later, from alarms; a run is over only when they
 * have, and a run whose events do not arrive has not done its work.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { OperationName } from '../target.ts'

const eventOf: Partial<Record<OperationName, string>> = {
  client_credentials: 'token.issued',
  client_credentials_dpop: 'token.issued',
  client_credentials_jwt: 'token.issued',
  code: 'token.issued',
  code_es256: 'token.issued',
  fapi_code: 'token.issued',
  refresh: 'token.refreshed',
  refresh_es256: 'token.refreshed',
  passkey: 'session.created',
  totp: 'session.created',
}

const pauseMs = 500
const limitMs = 45_000

export interface AuditDelivery {
  /** See `Target.untilDelivered`. */
  untilDelivered(operation: OperationName, sinceMs: number, requests: number): Promise<boolean>
  close(): Promise<void>
}

/** @param url of the database that Authly writes to */
export function watchAuditDelivery(url: string): AuditDelivery {
  const pool = new pg.Pool({ connectionString: url, max: 1 })
  return {
    close: () => pool.end(),

    async untilDelivered(operation, sinceMs, requests) {
      const type = eventOf[operation]
      if (type === undefined) return true
      for (const deadline = Date.now() + limitMs; Date.now() < deadline; await sleep(pauseMs)) {
        // By occurred_at, which is indexed: the check itself must cost next to nothing.
        const { rows } = await pool.query<{ count: number }>(
          'SELECT count(*)::int AS count FROM audit_events WHERE occurred_at >= $1 AND type = $2',
          [new Date(sinceMs), type],
        )
        if ((rows[0]?.count ?? 0) >= requests) return true
      }
      return false
    },
  }
}
