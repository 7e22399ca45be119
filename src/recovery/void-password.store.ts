/** Makes a password void in Postgres. One statement. */
import { sql } from 'drizzle-orm'
import { insertEventPerRow } from '../audit/insert-events.store.ts'
import type { Database } from '../db/database.ts'
import { instantOf } from '../db/fragments.ts'
import type { VoidPassword } from './not-me.ts'

export const createVoidPassword =
  (database: Database): VoidPassword =>
  async ({ user_id, until, factors_since, event }) => {
    const since = instantOf(factors_since ?? until)
    const newOnly = sql`${factors_since !== undefined}::boolean and not exists (
      select from (select user_id, created_at from passkeys union all select user_id, created_at from otp_credentials) as factors
      where user_id = ${user_id}::uuid and created_at < ${since})`
    const isNewer = sql`exists (
      select from password_credentials where user_id = ${user_id}::uuid and changed_at > ${instantOf(until)})`
    const { rows } = await database.execute<{ answer: 'void' | 'newer' | 'gone' }>(sql`
      with account as (
        select id from users where id = ${user_id}::uuid and status = 'active'
      ), voided as (
        delete from password_credentials using account
        where user_id = account.id and changed_at <= ${instantOf(until)} returning user_id
      ), linked as (
        delete from password_setup_links where user_id in (select user_id from voided)
      ), no_passkeys as (
        delete from passkeys using account where user_id = account.id and not ${isNewer} and ${newOnly} returning user_id
      ), no_generators as (
        delete from otp_credentials using account
        where user_id = account.id and not ${isNewer} and ${newOnly} returning user_id
      ), removed as (
        select user_id from no_passkeys union all select user_id from no_generators
      ), no_codes as (
        delete from recovery_codes where user_id in (select user_id from removed)
      ), recorded as (${insertEventPerRow(
        sql`(select user_id from voided union select user_id from removed) as undone`,
        { ...event, data: sql`jsonb_build_object('factors', (select count(*) from removed))` },
      )})
      select case when not exists (select from account) then 'gone'
        when ${isNewer} then 'newer'
        else 'void' end as answer`)
    return rows[0]?.answer ?? 'gone'
  }
