import { sql } from 'drizzle-orm'
import { insertEventPerRow } from '../../audit/insert-events.store.ts'
import { answer, defineOperation } from '../operation.ts'
import { nudgeForFirst } from './nudge-for-first.ts'
import { assertMayReceive, endOfTrail, refuseUnknown } from './webhook-row.store.ts'
import { webhookParam } from './webhook-schemas.ts'

export const enableWebhook = defineOperation({
  id: 'enableWebhook',
  method: 'post',
  path: '/admin/webhooks/{webhook_id}/enable',
  tag: 'Webhooks',
  summary: 'Enable a webhook endpoint',
  description:
    'It gets what happens from now on, and you answer for it. What it missed is sent by a replay of `missed` events.',
  permission: 'admin:webhooks:write',
  dangerous: true,
  params: webhookParam,
  answers: { 204: { description: 'The endpoint is enabled' } },
  async run({ actor, authorized, event, params: { webhook_id: id }, writeOnce }) {
    const done = answer(204)
    const recorded = event('webhook.enabled', { entity_type: 'webhook', entity_id: id })
    await writeOnce(
      done.value,
      [
        refuseUnknown(id),
        sql`
          with changed as (
            update webhook_endpoints set enabled = true, disabled_reason = null, disabled_at = null,
              authorized = ${JSON.stringify(authorized)}::jsonb, after_position = ${endOfTrail},
              version = version + 1, updated_at = now()
            where id = ${id}::uuid and not enabled returning *
          ), recorded as (${insertEventPerRow(sql`changed`, recorded)})
          select id from changed`,
      ],
      [assertMayReceive(actor)],
    )
    return done
  },
  async afterwards(call) {
    nudgeForFirst(call)
  },
})
