import { sql } from 'drizzle-orm'
import { firstRow } from '../../db/json-row.ts'
import { uuid } from '../../kit/field-schemas.ts'
import { uuidv7 } from '../../kit/ids.ts'
import { answer, defineOperation } from '../operation.ts'
import { notFound, unavailable } from '../problems.ts'
import { deliveryRow, selectDelivery } from './delivery-row.store.ts'
import { refuseDisabled } from './refuse-disabled.store.ts'
import { assertReadsTrail, refuseUnknown } from './webhook-row.store.ts'
import { webhookParam } from './webhook-schemas.ts'

export const replayWebhookDelivery = defineOperation({
  id: 'replayWebhookDelivery',
  method: 'post',
  path: '/admin/webhooks/{webhook_id}/deliveries/{event_id}/replay',
  tag: 'Webhooks',
  summary: 'Send an event again',
  description:
    'Now, under the same `webhook-id`, whether or not it was taken before. One that waits for its next attempt is tried at once. It is an event of the trail, so `admin:audit:read` is needed too.',
  permission: 'admin:webhooks:write',
  params: webhookParam.extend({ event_id: uuid('The event, as in the header `webhook-id`') }),
  answers: { 204: { description: 'The event is on its way' } },
  problems: { 409: 'The endpoint is disabled, or the event is a test: send another' },
  conflicts: {
    webhook_disabled: { title: 'The webhook endpoint is disabled' },
    not_in_trail: { title: 'The trail does not have the event any more, or it was a test' },
  },
  async run({ actor, now, params: { webhook_id: id, event_id }, writeOnce }) {
    const sent = answer(204, undefined, { handOver: uuidv7(now) })
    await writeOnce(
      sent.value,
      [
        refuseUnknown(id),
        refuseDisabled(id),
        sql`select authly_refuse('AU404', 'delivery') where not exists (${selectDelivery(id, event_id)})`,
        sql`select authly_refuse('AU409', 'not_in_trail')
          where not exists (select from audit_events where id = ${event_id}::uuid)`,
      ],
      [assertReadsTrail(actor)],
    )
    return sent
  },
  async afterwards({ db, deps, event, params: { webhook_id: id, event_id } }, { handOver = '' }) {
    const delivery = firstRow(deliveryRow, await db.run(selectDelivery(id, event_id)))
    // Forgotten in the meantime, or its endpoint is deleted.
    if (!delivery) return notFound
    const { position, subject, type } = delivery
    const due = { event_id, position, subject, type }
    const filters = { event_id }
    const recorded = event('webhook.replayed', { entity_type: 'webhook', entity_id: id, data: { filters } })
    return (await deps.webhookOutboxOf(id).sendAgain(id, due, handOver, recorded)) ? undefined : unavailable
  },
})
