/** What a person's object copies from Postgres, and the uses of passkeys that it hands over: one statement for both. */
import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { insertEventsJson } from '../audit/insert-events.store.ts'
import { instantOf } from '../db/fragments.ts'
import { createBoundedBatch } from '../db/run-batch.ts'
import type { ExchangeAccount, PasskeyUsage } from '../passkeys/account-copy.ts'

/** How long Postgres may take before it counts as unavailable. */
const timeoutMs = 5_000

const accountRow = z.object({
  status: z.enum(['active', 'disabled']),
  /** Normal forms. */
  identifiers: z.array(z.string()),
  factors: z.object({
    password: z.enum(['none', 'usable', 'must_change']),
    passkeys: z.number(),
    otp: z.number(),
    recovery_codes: z.number(),
    deletion_due_at: z.number().nullish(),
    required_acr_values: z.array(z.array(z.string())),
  }),
  passkeys: z.array(
    z.object({
      credential_id: z.string(),
      rp_id: z.string(),
      public_key: z.string(),
      sign_count: z.number(),
      backup_eligible: z.boolean(),
      backed_up: z.boolean(),
    }),
  ),
})

/** Audit events that wait in the object are stored in the same transaction. */
export function createExchangeAccount(target: Parameters<typeof createBoundedBatch>[0]): ExchangeAccount {
  const runBatch = createBoundedBatch(target, timeoutMs)
  return async (userId, uses, eventsJson) => {
    const events = eventsJson === undefined ? [] : [insertEventsJson(eventsJson)]
    const answers = await runBatch([...events, exchange(userId, uses)])
    const account = answers.at(-1)?.[0]?.['account']
    return account ? accountRow.parse(account) : undefined
  }
}

const exchange = (userId: string, uses: readonly PasskeyUsage[]) => sql`
  with used as (
    update passkeys set sign_count = use.sign_count, backed_up = use.backed_up,
      last_used_at = greatest(passkeys.last_used_at, ${instantOf(sql.raw('use.used_at'))})
    from jsonb_to_recordset(${JSON.stringify(uses)}::jsonb)
      as use (credential_id text, sign_count bigint, backed_up boolean, used_at double precision)
    where passkeys.user_id = ${userId}::uuid and passkeys.credential_id = use.credential_id
  )
  select jsonb_build_object(
    'status', users.status,
    'identifiers', (
      select coalesce(jsonb_agg(identifier), '[]') from user_identifiers where user_id = users.id),
    'factors', jsonb_build_object(
      'password', coalesce(
        (select case when must_change or breached_at is not null then 'must_change' else 'usable' end
          from password_credentials where user_id = users.id), 'none'),
      'passkeys', (select count(*) from passkeys where user_id = users.id),
      'otp', (select count(*) from otp_credentials where user_id = users.id),
      'sms', (users.phone_number is not null and users.phone_number_verified)::int,
      'recovery_codes', (
        select count(*) from recovery_codes where user_id = users.id and used_at is null),
      'deletion_due_at', (extract(epoch from users.deletion_due_at) * 1000)::bigint,
      'required_acr_values', (
        select coalesce(jsonb_agg(to_jsonb(required_acr_values)), '[]') from roles
        where name = any (users.roles) and required_acr_values <> '{}')),
    'passkeys', (
      select coalesce(jsonb_agg(jsonb_build_object(
        'credential_id', credential_id, 'rp_id', rp_id, 'public_key', public_key, 'sign_count', sign_count,
        'backup_eligible', backup_eligible, 'backed_up', backed_up)), '[]')
      from passkeys where user_id = users.id)) as account
  from users where id = ${userId}::uuid`
