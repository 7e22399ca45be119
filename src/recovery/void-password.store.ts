/** Makes void in Postgres what somebody else knows or has added: one statement, or parts of one. */
import { type SQL, sql } from 'drizzle-orm'
import type { AuditEvent } from '../audit/event.ts'
import { insertEventPerRow } from '../audit/insert-events.store.ts'
import type { Database } from '../db/database.ts'
import { instantOf } from '../db/fragments.ts'
import type { VoidPassword } from './not-me.ts'

interface Voiding {
  readonly user_id: string
  /** A password that was set later stays, and all factors with it. */
  readonly until: SQL
  /** Passkeys and one-time passwords go, if none of them is older. */
  readonly factors_since: SQL
  /** `password.voided`, where there was anything. */
  readonly event: AuditEvent
}

const isNewerThan = (user_id: string, until: SQL): SQL => sql`exists (
  select from password_credentials where user_id = ${user_id}::uuid and changed_at > ${until})`

/** Parts of a statement. @param account one row with the `id` of the account, or none: then nothing happens */
export function voidCredentials(account: SQL, { user_id, until, factors_since, event }: Voiding): SQL {
  const areNew = sql`not ${isNewerThan(user_id, until)} and not exists (
    select from (select user_id, created_at from passkeys union all select user_id, created_at from otp_credentials) as factors
    where user_id = ${user_id}::uuid and created_at < ${factors_since})`
  return sql`
    voided as (
      delete from password_credentials using ${account} as owned
      where user_id = owned.id and changed_at <= ${until} returning user_id
    ), linked as (
      delete from password_setup_links where user_id in (select user_id from voided)
    ), no_passkeys as (
      delete from passkeys using ${account} as owned where user_id = owned.id and ${areNew} returning user_id
    ), no_generators as (
      delete from otp_credentials using ${account} as owned where user_id = owned.id and ${areNew} returning user_id
    ), removed as (
      select user_id from no_passkeys union all select user_id from no_generators
    ), no_codes as (
      delete from recovery_codes where user_id in (select user_id from removed)
    ), recorded as (${insertEventPerRow(
      sql`(select user_id from voided union select user_id from removed) as undone`,
      { ...event, data: sql`jsonb_build_object('factors', (select count(*) from removed))` },
    )})`
}

export const createVoidPassword =
  (database: Database): VoidPassword =>
  async ({ user_id, until, factors_since, event }) => {
    const last = instantOf(until)
    const since = factors_since === undefined ? sql`'infinity'::timestamptz` : instantOf(factors_since)
    const { rows } = await database.execute<{ answer: 'void' | 'newer' | 'gone' }>(sql`
      with account as (
        select id from users where id = ${user_id}::uuid and status = 'active'
      ), ${voidCredentials(sql`account`, { user_id, until: last, factors_since: since, event })}
      select case when not exists (select from account) then 'gone'
        when ${isNewerThan(user_id, last)} then 'newer'
        else 'void' end as answer`)
    return rows[0]?.answer ?? 'gone'
  }
