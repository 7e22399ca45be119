import { sql } from 'drizzle-orm'
import { uuidv7 } from '../../kit/ids.ts'
import { makeKeys } from '../../webhooks/seal-keys.ts'
import { answer, defineOperation } from '../operation.ts'
import { checkUrl } from './check-url.ts'
import { nudgeForFirst } from './nudge-for-first.ts'
import { assertMayReceive, insertWebhook, isEndpoint, lockToCount, newColumns } from './webhook-row.store.ts'
import { createdWebhookSchema, toWebhook, webhookCreation } from './webhook-schemas.ts'

const maxWebhooks = 50

export const createWebhook = defineOperation({
  id: 'createWebhook',
  method: 'post',
  path: '/admin/webhooks',
  tag: 'Webhooks',
  summary: 'Create a webhook endpoint',
  description: `Events are posted to it as they happen, signed after [Standard Webhooks](webhooks.md). It gets what the audit trail
shows, so \`admin:audit:read\` is needed too, now and for as long as it gets events. The secret is shown in this answer only.`,
  permission: 'admin:webhooks:write',
  dangerous: true,
  body: webhookCreation,
  answers: {
    201: { description: 'The endpoint', schema: createdWebhookSchema, versioned: true, located: true },
  },
  problems: { 409: `There are ${maxWebhooks} already` },
  conflicts: { too_many_webhooks: { title: `There are ${maxWebhooks} webhook endpoints already` } },
  async run({ actor, authorized, body, deps, event, now, writeOnce }) {
    const url = checkUrl(body.url, deps.config)
    if (!url.ok) return url
    const id = uuidv7(now)
    const keys = await makeKeys(deps.root, id)
    const row = {
      ...newColumns(id, body, authorized, now),
      ...{ kind: 'endpoint' as const, name: body.name, url: url.value },
    }
    const stored = {
      ...row,
      ...{ disabled_reason: null, disabled_at: null, expires_at: null },
      ...{ created_at: new Date(now), updated_at: new Date(now) },
      keys: [{ id: uuidv7(now), public_key: keys.public_key, created_at: row.created_at, expires_at: null }],
    }
    const created = answer(
      201,
      { ...toWebhook(stored), secret: keys.secret },
      { version: 1, location: `/admin/webhooks/${id}` },
    )
    await writeOnce(
      created.value,
      [
        lockToCount,
        sql`select authly_refuse('AU409', 'too_many_webhooks')
          where (select count(*) from webhook_endpoints where ${isEndpoint}) >= ${maxWebhooks}::int`,
        ...insertWebhook(row, keys, event, now),
      ],
      [assertMayReceive(actor)],
    )
    return created
  },
  async afterwards(call) {
    nudgeForFirst(call)
  },
})
