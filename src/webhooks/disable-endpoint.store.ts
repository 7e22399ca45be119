/** Disables an endpoint for a reason of its own, and says so in the trail. */
import { type SQL, sql } from 'drizzle-orm'
import { createEvent } from '../audit/create-event.ts'
import { insertEventPerRow } from '../audit/insert-events.store.ts'
import type { DisabledReason } from './webhook-endpoint.ts'

/** One that is disabled already stays as it is. */
export function disableEndpoint(id: string, reason: DisabledReason, now: number): SQL {
  const event = createEvent('webhook.disabled', now, undefined, {
    outcome: 'success',
    actor_type: 'system',
    entity_type: 'webhook',
    entity_id: id,
    data: { reason },
  })
  return sql`
    with changed as (
      update webhook_endpoints set enabled = false, disabled_reason = ${reason}, disabled_at = now(),
        version = version + 1, updated_at = now()
      where id = ${id}::uuid and enabled returning *
    ), recorded as (${insertEventPerRow(sql`changed`, event)})
    select id from changed`
}
