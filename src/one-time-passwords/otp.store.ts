/** Generators of one-time passwords and recovery codes in Postgres. Each function is one round trip. */
import { and, desc, eq, type SQL, sql } from 'drizzle-orm'
import { type EventFields, insertEventPerRow } from '../audit/insert-events.store.ts'
import type { Database } from '../db/database.ts'
import { accountWithFactors, instantOf, lockAccount, textArray } from '../db/fragments.ts'
import { otpCredentials } from '../db/schema.ts'
import { maxGenerators } from './generator.ts'
import type { OtpStore } from './otp-port.ts'

const sealedColumns = {
  id: otpCredentials.id,
  kind: otpCredentials.kind,
  algorithm: otpCredentials.algorithm,
  digits: otpCredentials.digits,
  period_seconds: otpCredentials.period_seconds,
  counter: otpCredentials.counter,
  sealed_secret: otpCredentials.sealed_secret,
}

export const createOtpStore = (database: Database): OtpStore => ({
  async list(userId) {
    const rows = await database
      .select({
        ...{ id: otpCredentials.id, name: otpCredentials.name, kind: otpCredentials.kind },
        ...{ algorithm: otpCredentials.algorithm, digits: otpCredentials.digits },
        period_seconds: otpCredentials.period_seconds,
        ...{ created_at: otpCredentials.created_at, last_used_at: otpCredentials.last_used_at },
      })
      .from(otpCredentials)
      .where(eq(otpCredentials.user_id, userId))
      .orderBy(desc(otpCredentials.created_at), otpCredentials.id)
    return rows.map(({ created_at, last_used_at, ...row }) => ({
      ...row,
      created_at: created_at.getTime(),
      last_used_at: last_used_at?.getTime() ?? null,
    }))
  },

  findSealed: (userId) =>
    database.select(sealedColumns).from(otpCredentials).where(eq(otpCredentials.user_id, userId)),

  async add(userId, generator, judged, event) {
    const add = sql`
      with account as (${accountWithFactors(userId)}), room as (
        select id from account
        where otp < ${maxGenerators}::int and otp = ${judged.otp}::int and passkeys = ${judged.passkeys}::int
      ), stored as (
        insert into otp_credentials (id, user_id, kind, name, sealed_secret, algorithm, digits, period_seconds, counter)
        select ${generator.id}::uuid, id, ${generator.kind}, ${generator.name}, ${generator.sealed_secret},
          ${generator.algorithm}, ${generator.digits}::smallint, ${generator.period_seconds}::smallint,
          ${generator.counter}::bigint
        from room
        on conflict (id) do nothing
        returning user_id
      ), recorded as (
        ${insertEventPerRow(sql`stored`, event)} returning id
      )
      select case
        when exists (select from recorded) then 'added'
        when not exists (select from account) then 'gone'
        when exists (select from otp_credentials where id = ${generator.id}::uuid) then 'known'
        when exists (select from account where otp >= ${maxGenerators}::int) then 'full'
        else 'changed' end as answer`
    const [, { rows }] = await database.batch([
      database.execute(lockAccount(userId)),
      database.execute<{ answer: Awaited<ReturnType<OtpStore['add']>> }>(add),
    ])
    return rows[0]?.answer ?? 'gone'
  },

  async rename(userId, id, name, event) {
    const { rows } = await database.execute(sql`
      with renamed as (
        update otp_credentials set name = ${name}, version = version + 1, updated_at = now()
        where user_id = ${userId}::uuid and id::text = ${id} returning user_id
      )
      ${insertEventPerRow(sql`renamed`, event)} returning id`)
    return rows.length > 0
  },

  async remove(userId, id, event) {
    const { rows } = await database.execute(deleteOtpCredential(userId, id, event))
    return rows.length > 0
  },

  async spendCounter(userId, id, counter) {
    const spent = await database
      .update(otpCredentials)
      .set({ counter: counter + 1, last_used_at: sql`now()` })
      .where(
        and(
          eq(otpCredentials.user_id, userId),
          eq(otpCredentials.id, id),
          // Parallel submissions wait for the row and find the counter ahead.
          sql`${otpCredentials.counter} <= ${counter}`,
        ),
      )
      .returning({ id: otpCredentials.id })
    return spent.length > 0
  },

  async recoveryCodes(userId) {
    const { rows } = await database.execute<{ unused: number; last_used_at: string | null }>(sql`
      select count(*) filter (where used_at is null)::int as unused, max(used_at) as last_used_at
      from recovery_codes where user_id = ${userId}::uuid`)
    const { unused = 0, last_used_at = null } = rows[0] ?? {}
    return { unused, last_used_at: last_used_at === null ? undefined : new Date(last_used_at).getTime() }
  },

  async replaceRecoveryCodes(userId, hashes, drawnAt, event) {
    const { rows } = await database.execute(sql`
      with account as (
        select id from users where id = ${userId}::uuid and status = 'active' and (
          exists (select from otp_credentials where user_id = users.id)
          or exists (select from passkeys where user_id = users.id)) for update
      ), outdated as (
        select id from account where not exists (
          select from recovery_codes where user_id = account.id and created_at >= ${instantOf(drawnAt)})
      ), deleted as (
        delete from recovery_codes where user_id in (select id from outdated)
      ), stored as (
        insert into recovery_codes (user_id, code_hash)
        select id, code_hash from outdated cross join unnest(${textArray(hashes)}) as given (code_hash)
        on conflict do nothing
        returning user_id
      )
      ${insertEventPerRow(sql`(select distinct user_id from stored) as renewed`, event)} returning id`)
    return rows.length > 0
  },

  async useRecoveryCode(userId, hash) {
    const { rows } = await database.execute<{ left: number }>(sql`
      with used as (
        update recovery_codes set used_at = now()
        where user_id = ${userId}::uuid and code_hash = ${hash} and used_at is null
        returning user_id
      )
      select (select count(*) from recovery_codes where user_id = used.user_id and used_at is null)::int - 1 as left
      from used`)
    return rows[0]?.left
  },
})

/**
 * Removes a generator of this person, and the recovery codes with the last second factor, with its event; returns a row
 * if there was one.
 */
export const deleteOtpCredential = (userId: string, id: string, event: EventFields): SQL => sql`
  with removed as (
    delete from otp_credentials where user_id = ${userId}::uuid and id::text = ${id} returning user_id
  ), useless as (
    delete from recovery_codes where user_id in (select user_id from removed)
      and not exists (select from otp_credentials where user_id = ${userId}::uuid and id::text <> ${id})
      and not exists (select from passkeys where user_id = ${userId}::uuid)
  )
  ${insertEventPerRow(sql`removed`, event)} returning id`
