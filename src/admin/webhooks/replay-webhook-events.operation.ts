import { z } from '@hono/zod-openapi'
import { timestamp, timestampInput, uuid } from '../../kit/field-schemas.ts'
import { uuidv7 } from '../../kit/ids.ts'
import { err } from '../../kit/result.ts'
import { type ReplayKind, replayKinds } from '../../webhooks/outbox-port.ts'
import { answer, defineOperation } from '../operation.ts'
import { invalidRequest, unavailable } from '../problems.ts'
import { refuseDisabled } from './refuse-disabled.store.ts'
import { assertMayReceive, refuseUnknown } from './webhook-row.store.ts'
import { webhookParam } from './webhook-schemas.ts'

const kinds = Object.keys(replayKinds) as [ReplayKind, ...ReplayKind[]]
const only = z.enum(kinds)

export const replayWebhookEvents = defineOperation({
  id: 'replayWebhookEvents',
  method: 'post',
  path: '/admin/webhooks/{webhook_id}/replay',
  tag: 'Webhooks',
  summary: 'Send events of a range again',
  description:
    'In the background, in the order of the trail, to the endpoint and by the filter that it has then. Each event keeps its `webhook-id`, so a receiver that remembers ids handles none twice. A replay ends when whoever ordered it may no longer do so.',
  permission: 'admin:webhooks:write',
  params: webhookParam,
  body: z
    .strictObject({
      from: timestampInput('Events that happened at this time or later'),
      until: timestampInput('Events that happened before this time; left out: now').optional(),
      only: only.default('failed').openapi({
        description: Object.entries(replayKinds)
          .map(([kind, meaning]) => `\`${kind}\`: ${meaning}`)
          .join('; '),
      }),
    })
    .openapi('WebhookReplayOrder', { example: { from: '2026-11-23T09:00:00Z', only: 'failed' } }),
  answers: {
    200: {
      description: 'It has begun',
      schema: z
        .object({
          id: uuid('The replay'),
          from: timestamp('Begin'),
          until: timestamp('End'),
          only,
        })
        .openapi('WebhookReplay'),
    },
  },
  problems: { 409: 'The endpoint is disabled' },
  conflicts: { webhook_disabled: { title: 'The webhook endpoint is disabled' } },
  async run({ actor, body, now, params: { webhook_id }, writeOnce }) {
    const from = new Date(body.from).toISOString()
    const until = new Date(body.until ?? now).toISOString()
    if (from >= until) {
      return err(invalidRequest([{ pointer: '#/from', detail: 'must be before `until`, and in the past' }]))
    }
    const ordered = { from, until, only: body.only }
    const id = uuidv7(now)
    const begun = answer(200, { id, ...ordered })
    await writeOnce(
      begun.value,
      [refuseUnknown(webhook_id), refuseDisabled(webhook_id)],
      // The endpoint may be another's: what it gets again must be what the caller may read.
      [assertMayReceive(actor)],
    )
    return begun
  },
  async afterwards({ authorized, deps, event, params: { webhook_id } }, { body: { id, from, until, only } }) {
    const order = { id, webhook_id, authorized, from, until, only }
    const recorded = event('webhook.replayed', {
      ...{ entity_type: 'webhook', entity_id: webhook_id, data: { filters: { from, until, only } } },
    })
    return (await deps.webhookOutboxOf(webhook_id).replay(order, recorded)) ? undefined : unavailable
  },
})
