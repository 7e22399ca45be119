/** Passkeys in Postgres. Each function is one round trip and one transaction. */
import { desc, eq, type SQL, sql } from 'drizzle-orm'
import type { AuditEvent } from '../audit/event.ts'
import { type EventFields, insertEventPerRow } from '../audit/insert-events.store.ts'
import type { SecondFactors } from '../authentication/sign-in-state.ts'
import type { Database } from '../db/database.ts'
import { accountWithFactors, insertPasskeyOf, lockAccount } from '../db/fragments.ts'
import { passkeys } from '../db/schema.ts'
import { maxPasskeys, type NewPasskey, type Passkey, type PasskeyStore } from './passkey.ts'

export const createPasskeyStore = (database: Database): PasskeyStore => ({
  async list(userId) {
    const rows = await database
      .select()
      .from(passkeys)
      .where(eq(passkeys.user_id, userId))
      .orderBy(desc(passkeys.created_at), passkeys.credential_id)
    return rows.map(toPasskey)
  },

  async insert(passkey, judged, event) {
    const [, { rows }] = await database.batch([
      database.execute(lockAccount(passkey.user_id)),
      database.execute<{ answer: Inserted }>(insertPasskey(passkey, judged, event)),
    ])
    return rows[0]?.answer ?? 'gone'
  },

  async rename(userId, credentialId, name, event) {
    const { rows } = await database.execute(sql`
      with renamed as (
        update ${passkeys} set name = ${name}, version = version + 1, updated_at = now()
        where user_id = ${userId}::uuid and credential_id = ${credentialId}
        returning user_id
      )
      ${insertEventPerRow(sql`renamed`, event)} returning id`)
    return rows.length > 0
  },

  async delete(userId, credentialId, event) {
    const { rows } = await database.execute(deletePasskey(userId, credentialId, event))
    return rows.length > 0
  },
})

type Inserted = Awaited<ReturnType<PasskeyStore['insert']>>

const insertPasskey = (passkey: NewPasskey, judged: SecondFactors, event: AuditEvent): SQL => sql`
  with account as (${accountWithFactors(passkey.user_id)}), room as (
    select id from account
    where passkeys < ${maxPasskeys}::int and passkeys = ${judged.passkeys}::int and otp = ${judged.otp}::int
  ), stored as (
    ${insertPasskeyOf(sql`id`, passkey)} from room
    on conflict (credential_id) do nothing
    returning user_id
  ), recorded as (
    ${insertEventPerRow(sql`stored`, event)} returning id
  )
  select case
    when exists (select from recorded) then 'stored'
    when not exists (select from account) then 'gone'
    when exists (select from account where passkeys >= ${maxPasskeys}::int) then 'full'
    when not exists (select from room) then 'changed'
    else 'taken' end as answer`

/**
 * Deletes a passkey of this person, and the recovery codes with the last second factor, with its event; returns a row if
 * there was one. For a batch: the person's object must have been told before (`refusePasskeys`).
 */
export const deletePasskey = (userId: string, credentialId: string, event: EventFields): SQL => sql`
  with removed as (
    delete from passkeys where user_id = ${userId}::uuid and credential_id = ${credentialId}
    returning user_id
  ), useless as (
    delete from recovery_codes where user_id in (select user_id from removed)
      and not exists (select from otp_credentials where user_id = ${userId}::uuid)
      and not exists (select from passkeys where user_id = ${userId}::uuid and credential_id <> ${credentialId})
  )
  ${insertEventPerRow(sql`removed`, event)} returning id`

const toPasskey = (row: typeof passkeys.$inferSelect): Passkey => ({
  credential_id: row.credential_id,
  user_id: row.user_id,
  rp_id: row.rp_id,
  public_key: row.public_key,
  sign_count: row.sign_count,
  transports: row.transports,
  aaguid: row.aaguid,
  name: row.name,
  backup_eligible: row.backup_eligible,
  backed_up: row.backed_up,
  attestation_format: row.attestation_format,
  last_used_at: row.last_used_at?.getTime(),
  created_at: row.created_at.getTime(),
})
