/** Waiting periods of recoveries in Postgres; each function is one statement. */
import { type SQL, sql } from 'drizzle-orm'
import { insertEventPerRow } from '../audit/insert-events.store.ts'
import type { Database } from '../db/database.ts'
import { instantOf, passwordChange } from '../db/fragments.ts'
import type { RecoveryStore } from './waiting-period.ts'

/** Of the row `users`. */
const isBarred: SQL = sql`exists (
  select from roles where roles.name = any (users.roles)
    and (roles.permissions <> '{}' or roles.required_acr_values <> '{}'))`

export const createRecoveryStore = (database: Database): RecoveryStore => ({
  async find(userId) {
    const { rows } = await database.execute<{
      is_barred: boolean
      recovery_hash: string | null
      available_at: number
      expires_at: number
    }>(sql`
      select ${isBarred} as is_barred, waiting.secret_hash as recovery_hash,
        (extract(epoch from waiting.available_at) * 1000)::float8 as available_at,
        (extract(epoch from waiting.expires_at) * 1000)::float8 as expires_at
      from users left join account_recoveries as waiting on waiting.user_id = users.id
      where users.id = ${userId}::uuid and users.status = 'active'`)
    const [row] = rows
    if (!row) return undefined
    const { is_barred, recovery_hash, available_at, expires_at } = row
    return {
      is_barred,
      waiting: recovery_hash === null ? undefined : { recovery_hash, available_at, expires_at },
    }
  },

  async storeWaitingPeriod({ user_id, recovery_hash, available_at, expires_at, event }) {
    const { rows } = await database.execute(sql`
      with stored as (
        insert into account_recoveries (user_id, secret_hash, available_at, expires_at)
        select users.id, ${recovery_hash}, ${instantOf(available_at)}, ${instantOf(expires_at)}
        from users where users.id = ${user_id}::uuid and users.status = 'active' and not ${isBarred}
        on conflict (user_id) do update set secret_hash = excluded.secret_hash, created_at = now(),
          available_at = excluded.available_at, expires_at = excluded.expires_at
          where account_recoveries.secret_hash <> excluded.secret_hash
        returning user_id
      )
      ${insertEventPerRow(sql`stored`, event)}
      returning id`)
    return rows.length === 1
  },

  async deleteWaitingPeriod(userId, event) {
    const { rows } = await database.execute(sql`
      with stopped as (
        delete from account_recoveries where user_id = ${userId}::uuid and expires_at > now() returning user_id
      )
      ${insertEventPerRow(sql`stopped`, event)}
      returning id`)
    return rows.length === 1
  },

  async recoverAccount({ recovery_hash, now, recovered, ...change }) {
    const { rows } = await database.execute(sql`
      with waiting as materialized (
        select account_recoveries.user_id from account_recoveries join users on users.id = account_recoveries.user_id
        where user_id = ${change.userId}::uuid and secret_hash = ${recovery_hash} and status = 'active'
          and available_at <= ${instantOf(now)} and expires_at > ${instantOf(now)} and not ${isBarred}
        for update of account_recoveries
      ), changed as (${passwordChange(change, sql`exists (select from waiting)`)}
      ), used as (
        delete from account_recoveries where user_id in (select user_id from changed)
      ), no_passkeys as (
        delete from passkeys where user_id in (select user_id from changed)
      ), no_generators as (
        delete from otp_credentials where user_id in (select user_id from changed)
      ), no_codes as (
        delete from recovery_codes where user_id in (select user_id from changed)
      ), recorded as (
        ${insertEventPerRow(sql`changed`, recovered)}
      )
      ${insertEventPerRow(sql`changed`, change.event)}
      returning id`)
    return rows.length === 1
  },
})
