import { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import { insertEvents } from '../../audit/insert-events.store.ts'
import { makeKeys } from '../../webhooks/seal-keys.ts'
import { answer, defineOperation } from '../operation.ts'
import { insertKeys, refuseUnknown } from './webhook-row.store.ts'
import { secretMember, webhookParam } from './webhook-schemas.ts'

/** Each signs everything that is sent. */
const maxKeys = 3
const week = 604_800

export const rotateWebhookSecret = defineOperation({
  id: 'rotateWebhookSecret',
  method: 'post',
  path: '/admin/webhooks/{webhook_id}/rotate-secret',
  tag: 'Webhooks',
  summary: 'Exchange the keys of a webhook endpoint',
  description:
    'A new secret and a new Ed25519 key. Until the overlap ends, each request has a signature of the old ones too, so that receivers can change without missing one; `0` ends them now. The secret is shown in this answer only.',
  permission: 'admin:webhooks:write',
  dangerous: true,
  params: webhookParam,
  body: z
    .strictObject({
      overlap_seconds: z
        .number()
        .int()
        .min(0)
        .max(week)
        .default(86_400)
        .openapi({ description: 'How long the old keys sign too', example: 86_400 }),
    })
    .openapi('WebhookSecretRotation', { example: { overlap_seconds: 86_400 } }),
  answers: {
    200: {
      description: 'The new keys',
      schema: z
        .object({
          secret: secretMember,
          public_key: z.string().openapi({ description: 'Ed25519; verifies signatures `v1a`' }),
          previous_expire_at: z
            .string()
            .openapi({ format: 'date-time', description: 'When the old keys end' }),
        })
        .openapi('WebhookSecret'),
    },
  },
  problems: { 409: `${maxKeys} keys sign already` },
  conflicts: {
    too_many_keys: {
      title: `${maxKeys} keys sign already: wait until one ends, or rotate with an overlap of 0`,
    },
  },
  async run({ body, deps, event, now, params: { webhook_id: id }, writeOnce }) {
    const keys = await makeKeys(deps.root, id)
    const ends = new Date(now + body.overlap_seconds * 1000).toISOString()
    const { secret, public_key } = keys
    const rotated = answer(200, { secret, public_key, previous_expire_at: ends })
    await writeOnce(rotated.value, [
      // Attack: two rotations at once leave two current keys.
      sql`select from webhook_endpoints where id = ${id}::uuid for update`,
      refuseUnknown(id),
      sql`update webhook_keys set expires_at = least(coalesce(expires_at, ${ends}::timestamptz), ${ends}::timestamptz)
        where webhook_id = ${id}::uuid`,
      sql`delete from webhook_keys where webhook_id = ${id}::uuid and expires_at <= now()`,
      sql`select authly_refuse('AU409', 'too_many_keys')
        where (select count(*) from webhook_keys where webhook_id = ${id}::uuid) >= ${maxKeys}::int`,
      insertKeys(id, keys, now),
      sql`update webhook_endpoints set version = version + 1, updated_at = now() where id = ${id}::uuid`,
      insertEvents([
        event('webhook.secret_rotated', {
          ...{ entity_type: 'webhook', entity_id: id, data: { expires_at: ends } },
        }),
      ]),
    ])
    return rotated
  },
})
