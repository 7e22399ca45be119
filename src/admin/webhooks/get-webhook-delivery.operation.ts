import { firstRow } from '../../db/json-row.ts'
import { uuid } from '../../kit/field-schemas.ts'
import { err } from '../../kit/result.ts'
import { answer, defineOperation } from '../operation.ts'
import { notFound } from '../problems.ts'
import { deliveryRow, selectDelivery } from './delivery-row.store.ts'
import { deliveryDetailsSchema, toDeliveryDetails } from './delivery-schemas.ts'
import { assertReadsTrail } from './webhook-row.store.ts'
import { webhookParam } from './webhook-schemas.ts'

export const getWebhookDelivery = defineOperation({
  id: 'getWebhookDelivery',
  method: 'get',
  path: '/admin/webhooks/{webhook_id}/deliveries/{event_id}',
  tag: 'Webhooks',
  summary: 'Read a delivery',
  description:
    'What became of one event at this endpoint: its last attempts, and when the next one is. Type and subject are those of the trail, so `admin:audit:read` is needed too.',
  permission: 'admin:webhooks:read',
  params: webhookParam.extend({ event_id: uuid('The event, as in the header `webhook-id`') }),
  answers: { 200: { description: 'The delivery', schema: deliveryDetailsSchema } },
  async run({ actor, db, params: { webhook_id, event_id } }) {
    const [, rows = []] = await db.runAll([assertReadsTrail(actor), selectDelivery(webhook_id, event_id)])
    const found = firstRow(deliveryRow, rows)
    return found ? answer(200, toDeliveryDetails(found)) : err(notFound)
  },
})
