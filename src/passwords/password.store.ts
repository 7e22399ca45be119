/** Passwords in Postgres; each function is one statement, so one round trip and one transaction. */
import { and, eq, sql } from 'drizzle-orm'
import { insertEventPerRow } from '../audit/insert-events.store.ts'
import type { Database } from '../db/database.ts'
import { formerPasswordsOf, passwordChange } from '../db/fragments.ts'
import { passwordCredentials, users } from '../db/schema.ts'
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
        .select({
          hash: passwordCredentials.hash,
          username: users.username,
          email: users.email,
          former: sql<string[]>`${formerPasswordsOf(sql`${users.id}`)}`,
        })
        .from(users)
        .leftJoin(passwordCredentials, eq(passwordCredentials.user_id, users.id))
        .where(and(eq(users.id, userId), eq(users.status, 'active')))
      if (!row) return undefined
      const { hash, username, email, former } = row
      return {
        hash: hash ?? undefined,
        former,
        identifiers: [username, email].filter((name) => name !== null),
      }
    },

    async storePassword(change) {
      const result = await db.execute(sql`
        with changed as (${passwordChange(change, sql`true`)})
        ${insertEventPerRow(sql`changed`, change.event)}
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
