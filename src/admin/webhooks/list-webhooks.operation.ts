import { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import { webhookEndpoints } from '../../db/schema.ts'
import { defineList } from '../define-list.store.ts'
import { allOf, equal } from '../list-filter.store.ts'
import { byTime, byUuid, keyOrder } from '../list-order.store.ts'
import { pageOf } from '../schemas.ts'
import { isEndpoint, webhookRow } from './webhook-row.store.ts'
import { toWebhook, webhookSchema } from './webhook-schemas.ts'

export const listWebhooks = defineList({
  id: 'listWebhooks',
  path: '/admin/webhooks',
  tag: 'Webhooks',
  summary: 'List webhook endpoints',
  description: 'Newest first.',
  permission: 'admin:webhooks:read',
  page: { description: 'A page of endpoints', schema: pageOf('WebhookPage', webhookSchema) },
  cursors: 'webhooks',
  table: sql`(select * from webhook_endpoints where ${isEndpoint}) as webhook_endpoints`,
  key: [byTime(webhookEndpoints.created_at), byUuid(webhookEndpoints.id)],
  orders: keyOrder('desc'),
  filters: allOf({
    enabled: equal(
      z
        .enum(['true', 'false'])
        .optional()
        .openapi({
          ...{ description: 'Those that get events, or those that do not', type: 'boolean', example: true },
        }),
      webhookEndpoints.enabled,
    ),
  }),
  row: webhookRow,
  view: toWebhook,
})
