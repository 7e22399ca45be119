import { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import { uuid } from '../../kit/field-schemas.ts'
import { uuidv7 } from '../../kit/ids.ts'
import type { TrailEvent } from '../../webhooks/payload.ts'
import { testEventType } from '../../webhooks/webhook-event-types.ts'
import { answer, defineOperation } from '../operation.ts'
import { unavailable } from '../problems.ts'
import { refuseDisabled } from './refuse-disabled.store.ts'
import { refuseUnknown } from './webhook-row.store.ts'
import { webhookParam } from './webhook-schemas.ts'

export const testWebhook = defineOperation({
  id: 'testWebhook',
  method: 'post',
  path: '/admin/webhooks/{webhook_id}/test',
  tag: 'Webhooks',
  summary: 'Send a test event',
  description:
    'Of type `webhook.test`, whatever the filter, signed and tried again like any other. What came of it is in the list of deliveries.',
  permission: 'admin:webhooks:write',
  params: webhookParam,
  answers: {
    200: {
      description: 'The event is on its way',
      schema: z.object({ event_id: uuid('Its `webhook-id`') }).openapi('WebhookTest'),
    },
  },
  problems: { 409: 'The endpoint is disabled' },
  conflicts: { webhook_disabled: { title: 'The webhook endpoint is disabled' } },
  async run({ now, params: { webhook_id: id }, writeOnce }) {
    const event_id = uuidv7(now)
    const sent = answer(200, { event_id })
    await writeOnce(sent.value, [
      sql`select from webhook_endpoints where id = ${id}::uuid for share`,
      refuseUnknown(id),
      refuseDisabled(id),
    ])
    return sent
  },
  async afterwards({ actor, deps, event, now, origin, params: { webhook_id: id } }, { body: { event_id } }) {
    const test: TrailEvent = {
      ...{ id: event_id, type: testEventType, occurred_at: new Date(now).toISOString(), outcome: 'success' },
      ...{ actor_type: actor.type, actor_id: actor.id, user_id: null, client_id: null, session_id: null },
      ...{ entity_type: 'webhook', entity_id: id, request_id: origin.request_id, changes: null, data: {} },
    }
    const recorded = event('webhook.tested', { entity_type: 'webhook', entity_id: id })
    return (await deps.webhookOutboxOf(id).sendTest(id, test, recorded)) ? undefined : unavailable
  },
})
