/** Manual changes of signing keys. Each aborts its batch when the key has changed since it was read. */

import { type SQL, sql } from 'drizzle-orm'
import type { AuditEvent } from '../../audit/event.ts'
import { instantOf } from '../../db/fragments.ts'
import { recordChange } from '../entity-change.store.ts'

/** @param at milliseconds since the Unix epoch */
export const changeKeyStatus = (
  kid: string,
  from: 'next' | 'current',
  to: 'current' | 'retired',
  at: number,
  event: AuditEvent,
): readonly SQL[] => [
  // The cron job may rotate at the same moment: the lock makes one wait, the check detects what the other did.
  sql`select 1 from signing_keys where kid = ${kid} for update`,
  sql`select authly_refuse('AU409', 'keys_changed')
    where not exists (select 1 from signing_keys where kid = ${kid} and status = ${from})`,
  sql`with changed as (
      update signing_keys set status = ${to}, ${sql.identifier(to === 'current' ? 'activated_at' : 'retired_at')} =
        ${instantOf(at)}
      where kid = ${kid} returning *
    )
    ${recordChange(event, sql`jsonb_build_object('status', ${from}::text)`, sql`jsonb_build_object('status', ${to}::text)`, sql`changed`)}`,
]

/** Deletes a key that is not current; returns rows `{ alg }`. */
export const removeKey = (kid: string, event: AuditEvent): SQL => sql`
  with changed as (
    delete from signing_keys where kid = ${kid} and status <> 'current' returning *
  ), recorded as (
    ${recordChange(event, sql`to_jsonb(changed) - 'private_jwk_sealed' - 'binding'`, sql`'{}'::jsonb`, sql`changed`)}
  )
  select alg from changed`
