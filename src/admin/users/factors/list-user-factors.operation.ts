import { sql } from 'drizzle-orm'
import { builtRow, firstRow } from '../../../db/json-row.ts'
import { err } from '../../../kit/result.ts'
import { authenticatorName } from '../../../passkeys/aaguids.ts'
import { userParams } from '../../../users/account.ts'
import { answer, defineOperation } from '../../operation.ts'
import { notFound } from '../../problems.ts'
import { storedFactors, userFactors } from './factors.ts'

/** Of the row `users`. Columns are named one by one: hashes, keys and seeds stay in the database. */
const factorsRow = builtRow(
  sql`jsonb_build_object(
    'password', (select jsonb_build_object('must_change', must_change, 'breached_at', breached_at,
        'changed_at', changed_at)
      from password_credentials where user_id = users.id),
    'passkeys', (select coalesce(jsonb_agg(jsonb_build_object('name', name, 'credential_id', credential_id,
        'rp_id', rp_id, 'aaguid', aaguid, 'transports', transports, 'backup_eligible', backup_eligible,
        'backed_up', backed_up, 'attestation_format', attestation_format, 'created_at', created_at,
        'last_used_at', last_used_at) order by created_at, credential_id), '[]')
      from passkeys where user_id = users.id),
    'one_time_passwords', (select coalesce(jsonb_agg(jsonb_build_object('name', name, 'id', id, 'kind', kind,
        'algorithm', algorithm, 'digits', digits, 'period_seconds', period_seconds, 'created_at', created_at,
        'last_used_at', last_used_at) order by created_at, id), '[]')
      from otp_credentials where user_id = users.id),
    'recovery_codes', (select case when count(*) > 0 then jsonb_build_object(
        'remaining', count(*) filter (where used_at is null), 'used', count(used_at),
        'created_at', max(created_at)) end
      from recovery_codes where user_id = users.id))`,
  storedFactors,
)

export const listUserFactors = defineOperation({
  id: 'listUserFactors',
  method: 'get',
  path: '/admin/users/{user_id}/factors',
  tag: 'Users',
  summary: 'List what a person signs in with',
  description:
    'Password, passkeys, generators of one-time passwords and recovery codes; never a seed, a key, a code or a hash of one.',
  permission: 'admin:users:read',
  params: userParams,
  answers: { 200: { description: 'By kind; of a kind the oldest first', schema: userFactors } },
  async run({ db, params: { user_id } }) {
    const found = firstRow(
      factorsRow,
      await db.run(sql`select ${factorsRow.json} as row from users where id = ${user_id}::uuid`),
    )
    if (!found) return err(notFound)
    const passkeys = found.passkeys.map((passkey) => ({
      ...passkey,
      authenticator: authenticatorName(passkey.aaguid) ?? null,
    }))
    return answer(200, { ...found, passkeys })
  },
})
