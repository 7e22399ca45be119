import { sql } from 'drizzle-orm'
import { insertEventPerRow } from '../../audit/insert-events.store.ts'
import { answer, defineOperation } from '../operation.ts'
import { refuseUnknown } from './webhook-row.store.ts'
import { webhookParam } from './webhook-schemas.ts'

export const disableWebhook = defineOperation({
  id: 'disableWebhook',
  method: 'post',
  path: '/admin/webhooks/{webhook_id}/disable',
  tag: 'Webhooks',
  summary: 'Disable a webhook endpoint',
  description: 'It gets nothing any more; what waits for it is cancelled, and the log says so.',
  permission: 'admin:webhooks:write',
  params: webhookParam,
  answers: { 204: { description: 'The endpoint is disabled' } },
  async run({ event, params: { webhook_id: id }, writeOnce }) {
    const done = answer(204)
    const data = { reason: 'administrator' }
    const recorded = event('webhook.disabled', { entity_type: 'webhook', entity_id: id, data })
    await writeOnce(done.value, [
      refuseUnknown(id),
      sql`
        with changed as (
          update webhook_endpoints set enabled = false, disabled_reason = 'administrator', disabled_at = now(),
            version = version + 1, updated_at = now()
          where id = ${id}::uuid and enabled returning *
        ), recorded as (${insertEventPerRow(sql`changed`, recorded)})
        select id from changed`,
    ])
    return done
  },
  afterwards: ({ deps, params }) => deps.webhookOutboxOf(params.webhook_id).wake(),
})
