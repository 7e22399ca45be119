import { firstRow } from '../../db/json-row.ts'
import { err } from '../../kit/result.ts'
import { answer, defineOperation } from '../operation.ts'
import { notFound } from '../problems.ts'
import { selectWebhook, webhookRow } from './webhook-row.store.ts'
import { toWebhook, webhookParam, webhookSchema } from './webhook-schemas.ts'

export const getWebhook = defineOperation({
  id: 'getWebhook',
  method: 'get',
  path: '/admin/webhooks/{webhook_id}',
  tag: 'Webhooks',
  summary: 'Read a webhook endpoint',
  description: 'Without its secret, which is shown when it is made and when it is rotated.',
  permission: 'admin:webhooks:read',
  params: webhookParam,
  answers: { 200: { description: 'The endpoint', schema: webhookSchema, versioned: true } },
  async run({ db, params: { webhook_id } }) {
    const found = firstRow(webhookRow, await db.run(selectWebhook(webhook_id)))
    return found ? answer(200, toWebhook(found), { version: found.version }) : err(notFound)
  },
})
