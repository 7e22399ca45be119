/** What is known of passwords in the list of breached ones. Each function is one statement. */
import { type SQL, sql } from 'drizzle-orm'
import { insertEventPerRow } from '../audit/insert-events.store.ts'
import type { Database } from '../db/database.ts'
import type { BreachMarks } from './check-for-breach.ts'

export function createBreachMarks(database: Database): BreachMarks {
  const isStored = ({ userId, hash }: { userId: string; hash: string }): SQL =>
    sql`user_id = ${userId}::uuid and hash = ${hash}`
  return {
    async claim(stored, retrySeconds) {
      const { rows } = await database.execute(sql`
        update password_credentials set breach_check_due_at = now() + make_interval(secs => ${retrySeconds})
        where ${isStored(stored)} and breached_at is null
          and (breach_check_due_at is null or breach_check_due_at <= now())
        returning user_id`)
      return rows.length === 1
    },

    async postpone(stored, seconds) {
      await database.execute(sql`
        update password_credentials set breach_check_due_at = now() + make_interval(secs => ${seconds})
        where ${isStored(stored)}`)
    },

    async mark(stored, event) {
      await database.execute(sql`
        with marked as (
          update password_credentials set breached_at = now() where ${isStored(stored)} and breached_at is null
          returning user_id
        )
        ${insertEventPerRow(sql`marked`, event)}`)
    },
  }
}
