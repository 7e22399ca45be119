/** Passwords in Postgres; each function is one statement, so one round trip and one transaction. */
import { and, eq, sql } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import { auditEvents, passwordCredentials, users } from '../db/schema.ts'
import type { ChangePassword, FindCurrentPassword, RenewPasswordHash } from './change-password.ts'

export interface PasswordStore {
  readonly findCurrentPassword: FindCurrentPassword
  readonly storePassword: ChangePassword
  readonly renewPasswordHash: RenewPasswordHash
}

export function createPasswordStore(db: Database): PasswordStore {
  return {
    async findCurrentPassword(userId) {
      const [row] = await db
        .select({ hash: passwordCredentials.hash, username: users.username, email: users.email })
        .from(passwordCredentials)
        .innerJoin(users, eq(users.id, passwordCredentials.user_id))
        .where(and(eq(passwordCredentials.user_id, userId), eq(users.status, 'active')))
      return row && { hash: row.hash, identifiers: [row.username, row.email].filter((name) => name !== null) }
    },

    async storePassword({ userId, replacesHash, newHash, event }) {
      const result = await db.execute(sql`
        with changed as (
          update ${passwordCredentials}
          set hash = ${newHash}, must_change = false, changed_at = now()
          where user_id = ${userId} and hash = ${replacesHash}
          returning user_id
        )
        insert into ${auditEvents} (id, type, occurred_at, outcome, actor_type, actor_id, user_id, client_id,
          session_id, ip, user_agent, request_id, data)
        select ${event.id}::uuid, ${event.type}::text, ${new Date(event.occurred_at).toISOString()}::timestamptz,
          ${event.outcome}::text, ${event.actor_type}::text, ${event.actor_id ?? null}::text,
          ${event.user_id ?? null}::text, ${event.client_id ?? null}::text, ${event.session_id ?? null}::text,
          ${event.ip ?? null}::text, ${event.user_agent ?? null}::text, ${event.request_id ?? null}::text,
          ${JSON.stringify(event.data ?? {})}::jsonb
        from changed
        returning id`)
      return result.rows.length === 1
    },

    async renewPasswordHash({ userId, replacesHash, newHash }) {
      await db
        .update(passwordCredentials)
        .set({ hash: newHash })
        .where(and(eq(passwordCredentials.user_id, userId), eq(passwordCredentials.hash, replacesHash)))
    },
  }
}
