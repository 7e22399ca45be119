/**
 * Deletes clients that made themselves known and that nobody used or reviewed. That a client is in use is learnt here,
 * from what its use leaves behind, because no request shall pay for it with a write.
 */
import { sql } from 'drizzle-orm'
import { createEvent } from '../audit/create-event.ts'
import { insertEventPerRow } from '../audit/insert-events.store.ts'
import type { RunBatch } from '../db/run-batch.ts'

/** Per run; the rest is left to the next one. */
const limit = 500

/** @param days since it was registered, or its document last kept */
export async function expireRegistrations(runBatch: RunBatch, days: number, now: number): Promise<number> {
  const event = createEvent('client.expired', now, undefined, { outcome: 'success', actor_type: 'system' })
  const [, rows = []] = await runBatch([
    // Once seen it stays: consents are withdrawn, and events of tokens are not kept for ever.
    sql`
      update clients set used_at = now()
      where not reviewed and origin = 'registration' and used_at is null and (
        exists (select from consents where consents.client_id = clients.client_id)
        or exists (select from audit_events
          where audit_events.client_id = clients.client_id and type = 'token.issued'))`,
    // Disabled ones stay, or they could come back.
    sql`
      with changed as (
        delete from clients where client_id in (
          select client_id from clients
          where not reviewed and enabled and used_at is null
            and greatest(created_at, case when origin = 'document' then updated_at else created_at end)
              < now() - make_interval(days => ${days}::int)
            and origin in ('registration', 'document')
            and not exists (select from consents where consents.client_id = clients.client_id)
          order by created_at, client_id limit ${limit} for update skip locked)
        returning *
      ), recorded as (${insertEventPerRow(sql`changed`, {
        ...event,
        id: sql`gen_random_uuid()`,
        client_id: sql`changed.client_id`,
        entity_type: 'client',
        entity_id: sql`changed.client_id`,
        changes: sql`authly_changes(to_jsonb(changed) - 'registration_token_hash', '{}'::jsonb)`,
      })})
      select client_id from changed`,
  ])
  return rows.length
}
