import { sql } from 'drizzle-orm'
import { firstRow } from '../../db/json-row.ts'
import { err } from '../../kit/result.ts'
import { outcomeOf, updateEntity } from '../entity-change.store.ts'
import { answer, defineOperation } from '../operation.ts'
import { notFound } from '../problems.ts'
import { checkUrl } from './check-url.ts'
import {
  assertMayReceive,
  hiddenColumns,
  isEndpoint,
  selectWebhook,
  webhookRow,
} from './webhook-row.store.ts'
import { toWebhook, webhookParam, webhookPatch, webhookSchema } from './webhook-schemas.ts'

export const updateWebhook = defineOperation({
  id: 'updateWebhook',
  method: 'patch',
  path: '/admin/webhooks/{webhook_id}',
  tag: 'Webhooks',
  summary: 'Change a webhook endpoint',
  description:
    'Members that are left out stay as they are; `null` takes a filter away. Whoever changes where it leads or what it gets answers for it from then on. Events that wait go to the new address.',
  permission: 'admin:webhooks:write',
  dangerous: true,
  conditional: true,
  params: webhookParam,
  body: webhookPatch,
  answers: { 200: { description: 'The endpoint as it is now', schema: webhookSchema, versioned: true } },
  async run({ actor, authorized, body, db, deps, event, expectedVersions, params: { webhook_id: id } }) {
    const { name, url, ...filter } = body
    const checked = url === undefined ? undefined : checkUrl(url, deps.config)
    if (checked && !checked.ok) return checked
    // Attack: somebody leads what another may read to themselves. It is theirs then, and so are the rights.
    const isOther = checked !== undefined || Object.keys(filter).length > 0
    const [, updated, now] = await db.runAll([
      assertMayReceive(actor),
      updateEntity({
        table: 'webhook_endpoints',
        key: { id },
        where: isEndpoint,
        patch: {
          ...filter,
          ...(name === undefined ? {} : { name }),
          ...(checked ? { url: checked.value } : {}),
        },
        ...(isOther ? { computed: { authorized: sql`${JSON.stringify(authorized)}::jsonb` } } : {}),
        expectedVersions,
        hidden: [...hiddenColumns],
        event: event('webhook.updated', { entity_type: 'webhook', entity_id: id }),
      }),
      selectWebhook(id),
    ])
    const changed = outcomeOf(webhookRow, updated)
    if (!changed.ok) return changed
    const after = firstRow(webhookRow, now)
    return after ? answer(200, toWebhook(after), { version: after.version }) : err(notFound)
  },
  afterwards: ({ deps, params }) => deps.webhookOutboxOf(params.webhook_id).wake(),
})
