/** Makes a password void in Postgres. One statement. */
import { sql } from 'drizzle-orm'
import { insertEventPerRow } from '../audit/insert-events.store.ts'
import type { Database } from '../db/database.ts'
import { instantOf } from '../db/fragments.ts'
import type { VoidPassword } from './not-me.ts'

export const createVoidPassword =
  (database: Database): VoidPassword =>
  async ({ user_id, until, event }) => {
    const { rows } = await database.execute<{ answer: 'void' | 'newer' | 'gone' }>(sql`
      with account as (
        select id from users where id = ${user_id}::uuid and status = 'active'
      ), voided as (
        delete from password_credentials using account
        where user_id = account.id and changed_at <= ${instantOf(until)} returning user_id
      ), linked as (
        delete from password_setup_links where user_id in (select user_id from voided)
      ), recorded as (${insertEventPerRow(sql`voided`, event)})
      select case when not exists (select from account) then 'gone'
        when exists (select from password_credentials, account
          where user_id = account.id and changed_at > ${instantOf(until)}) then 'newer'
        else 'void' end as answer`)
    return rows[0]?.answer ?? 'gone'
  }
