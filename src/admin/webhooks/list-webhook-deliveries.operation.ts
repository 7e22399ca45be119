import { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import { webhookDeliveries } from '../../db/schema.ts'
import { timestampInput } from '../../kit/field-schemas.ts'
import { defineList } from '../define-list.store.ts'
import { allOf, equal, type Filters, filter } from '../list-filter.store.ts'
import { byTime, byUuid, keyOrder } from '../list-order.store.ts'
import { pageOf } from '../schemas.ts'
import { deliveryRow } from './delivery-row.store.ts'
import { deliverySchema, deliveryStatusNames, toDelivery } from './delivery-schemas.ts'
import { assertReadsTrail, refuseUnknown } from './webhook-row.store.ts'
import { webhookParam } from './webhook-schemas.ts'

const { created_at, event_id, status, subject, type, webhook_id } = webhookDeliveries

/** Of the endpoint that the path names. */
function ofWebhook(filters: Parameters<typeof allOf>[0]): Filters {
  const all = allOf(filters)
  return {
    ...all,
    condition: (query) =>
      sql`${webhook_id} = ${String(query['webhook_id'])}::uuid and ${all.condition(query)}`,
  }
}

export const listWebhookDeliveries = defineList({
  id: 'listWebhookDeliveries',
  path: '/admin/webhooks/{webhook_id}/deliveries',
  tag: 'Webhooks',
  summary: 'List the deliveries of a webhook endpoint',
  description:
    'Newest first. Each event once, with its last attempt. Kept for as long as the setting `webhooks.delivery_log_days` says. Types and subjects are those of the trail, so `admin:audit:read` is needed too.',
  permission: 'admin:webhooks:read',
  params: webhookParam,
  page: { description: 'A page of deliveries', schema: pageOf('WebhookDeliveryPage', deliverySchema) },
  cursors: 'webhook-deliveries',
  table: webhookDeliveries,
  key: [byTime(created_at), byUuid(event_id)],
  orders: keyOrder('desc'),
  filters: ofWebhook({
    status: equal(z.enum(deliveryStatusNames).optional(), status),
    type: equal(z.string().max(100).optional().openapi({ example: 'user.created' }), type),
    subject: equal(
      z.string().max(300).optional().openapi({ description: 'Those about this', example: 'user:019a8f5e-…' }),
      subject,
    ),
    from: filter(
      timestampInput('Handed over at this time or later').optional(),
      (time) => sql`${created_at} >= ${time}::timestamptz`,
    ),
    until: filter(
      timestampInput('Handed over before this time').optional(),
      (time) => sql`${created_at} < ${time}::timestamptz`,
    ),
  }),
  guards: (query, actor) => [assertReadsTrail(actor), refuseUnknown(String(query['webhook_id']))],
  row: deliveryRow,
  view: toDelivery,
})
