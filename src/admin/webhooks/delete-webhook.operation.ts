import { err } from '../../kit/result.ts'
import { deleteEntity, outcomeOf } from '../entity-change.store.ts'
import { answer, defineOperation } from '../operation.ts'
import { hiddenColumns, isEndpoint, webhookRow } from './webhook-row.store.ts'
import { webhookParam } from './webhook-schemas.ts'

export const deleteWebhook = defineOperation({
  id: 'deleteWebhook',
  method: 'delete',
  path: '/admin/webhooks/{webhook_id}',
  tag: 'Webhooks',
  summary: 'Delete a webhook endpoint',
  description: 'With its keys and the log of its deliveries. Events that wait are not sent any more.',
  permission: 'admin:webhooks:write',
  conditional: true,
  params: webhookParam,
  answers: { 204: { description: 'The endpoint is gone' } },
  async run({ db, event, expectedVersions, params: { webhook_id: id } }) {
    const rows = await db.run(
      deleteEntity({
        table: 'webhook_endpoints',
        key: { id },
        where: isEndpoint,
        expectedVersions,
        hidden: [...hiddenColumns],
        event: event('webhook.deleted', { entity_type: 'webhook', entity_id: id }),
      }),
    )
    const changed = outcomeOf(webhookRow, rows)
    return changed.ok ? answer(204) : err(changed.error)
  },
  afterwards: ({ deps, params }) => deps.webhookOutboxOf(params.webhook_id).wake(),
})
