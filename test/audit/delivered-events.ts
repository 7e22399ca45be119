/** What has reached Postgres, and a way to take Postgres away from one object. */
import { env, runInDurableObject } from 'cloudflare:test'
import { inArray } from 'drizzle-orm'
import type { AuditOutbox } from '../../src/audit/audit-outbox.object.ts'
import type { AuditEvent } from '../../src/audit/event.ts'
import { configOf } from '../../src/config.ts'
import { createDatabase } from '../../src/db/database.ts'
import { auditEvents } from '../../src/db/schema.ts'
import type { UserSessions } from '../../src/sessions/user-sessions.object.ts'

export const database = () => {
  const config = configOf(env)
  return createDatabase(config.databaseUrl, config.databaseGatewayUrl)
}

/** The rows of these events that have arrived, by type. */
export async function deliveredEvents(events: readonly AuditEvent[]) {
  const ids = events.map((event) => event.id)
  return database().select().from(auditEvents).where(inArray(auditEvents.id, ids)).orderBy(auditEvents.type)
}

/** Points this running instance at a port where nothing listens, or back; an eviction forgets it. */
export function setPostgresReachable(
  stub: DurableObjectStub<UserSessions> | DurableObjectStub<AuditOutbox>,
  reachable: boolean,
): Promise<void> {
  return runInDurableObject(stub as DurableObjectStub, (instance) => {
    const nowhere = { ...env, DATABASE_GATEWAY_URL: 'http://127.0.0.1:1' }
    Object.assign(instance, { env: reachable ? env : nowhere })
  })
}
