/** Webhook endpoints as the API shows and takes them. */
import { z } from 'zod'
import { uuid } from '../../kit/field-schemas.ts'
import { singleLinePattern } from '../../kit/patterns.ts'
import { webhookFilter } from '../../webhooks/filters.ts'
import { disabledReasons } from '../../webhooks/webhook-endpoint.ts'

export const webhookParam = z.object({ webhook_id: uuid('Webhook endpoint') })

const name = z
  .string()
  .min(1)
  .max(100)
  .regex(singleLinePattern, 'must not contain control characters')
  .meta({ description: 'What it is for', example: 'Billing' })

const url = z.string().min(1).max(2048).meta({
  description: 'Where events are posted: https, a public host. Redirects are not followed.',
  example: 'https://billing.example.com/webhooks/authly',
})

const { event_types, client_ids, user_ids, actor_ids, outcome } = webhookFilter.shape
/** Null, and left out: does not restrict. */
export const filterMembers = {
  client_ids: client_ids.unwrap().nullish().meta({ description: 'Only events of these clients' }),
  user_ids: user_ids.unwrap().nullish().meta({ description: 'Only events about these people' }),
  actor_ids: actor_ids.unwrap().nullish().meta({ description: 'Only what these people or clients did' }),
  outcome: outcome.unwrap().nullish().meta({ description: 'Only events that ended so' }),
}

const time = (description?: string) =>
  z.string().meta({ format: 'date-time', ...(description ? { description } : {}) })

const publicKey = z.string().meta({
  description: 'Ed25519; verifies signatures `v1a`',
  example: 'whpk_4bFtnIJm8nJK7PGmBQBl5GmHQb5TPp5eZBIg2xS0Q5A=',
})

const keySchema = z
  .object({
    id: uuid('Key pair and secret'),
    public_key: publicKey,
    created_at: time(),
    expires_at: time('Until then it signs too; null: the current one').nullable(),
  })
  .meta({ 'x-authly-name': 'WebhookKey' })

export const webhookSchema = z
  .object({
    id: uuid('Webhook endpoint'),
    name,
    url,
    event_types,
    client_ids: z.array(z.string()).nullable(),
    user_ids: z.array(z.string()).nullable(),
    actor_ids: z.array(z.string()).nullable(),
    outcome: z.enum(['success', 'failure']).nullable(),
    enabled: z.boolean(),
    disabled_reason: z
      .enum(
        Object.keys(disabledReasons) as [keyof typeof disabledReasons, ...(keyof typeof disabledReasons)[]],
      )
      .nullable()
      .meta({
        description: Object.entries(disabledReasons)
          .map(([reason, meaning]) => `\`${reason}\`: ${meaning}`)
          .join('; '),
      }),
    disabled_at: time().nullable(),
    answers_for_it: z.object({ type: z.enum(['user', 'client']), id: z.string() }).meta({
      'x-authly-name': 'WebhookOwner',
      description:
        'Who enabled it or changed where it leads: it gets events while they may manage webhooks and read the trail',
    }),
    keys: z.array(keySchema).meta({ description: 'What signs, the current one first' }),
    created_at: time(),
    updated_at: time(),
  })
  .meta({ id: 'Webhook' })

export const secretMember = z.string().meta({
  description: 'Verifies signatures `v1` (HMAC-SHA256). Shown now and never again',
  example: 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDmG5JBYXVqMo=',
})

export const createdWebhookSchema = webhookSchema
  .extend({ secret: secretMember })
  .meta({ id: 'CreatedWebhook' })

export const webhookCreation = z.strictObject({ name, url, event_types, ...filterMembers }).meta({
  id: 'WebhookCreation',
  example: {
    name: 'Billing',
    url: 'https://billing.example.com/webhooks/authly',
    event_types: ['user.*', 'session.ended'],
  },
})

export const webhookPatch = z
  .strictObject({ name, url, event_types, ...filterMembers })
  .partial()
  .meta({ id: 'WebhookPatch', example: { event_types: ['user.*'] } })

const textOf = (time: Date | null): string | null => time?.toISOString() ?? null

/** A row of `webhook_endpoints`, and its keys that sign. */
export interface StoredWebhook {
  readonly id: string
  readonly name: string
  readonly url: string | null
  readonly event_types: string[]
  readonly client_ids: string[] | null
  readonly user_ids: string[] | null
  readonly actor_ids: string[] | null
  readonly outcome: 'success' | 'failure' | null
  readonly enabled: boolean
  readonly disabled_reason: keyof typeof disabledReasons | null
  readonly disabled_at: Date | null
  readonly authorized: { readonly actor: { readonly type: 'user' | 'client'; readonly id: string } }
  /** The current one first. Without the sealed halves. */
  readonly keys: readonly {
    readonly id: string
    readonly public_key: string
    readonly created_at: string
    readonly expires_at: string | null
  }[]
  readonly version: number
  readonly created_at: Date
  readonly updated_at: Date
}

export const toWebhook = (row: StoredWebhook) => ({
  id: row.id,
  name: row.name,
  url: row.url ?? '',
  event_types: row.event_types,
  client_ids: row.client_ids,
  user_ids: row.user_ids,
  actor_ids: row.actor_ids,
  outcome: row.outcome,
  enabled: row.enabled,
  disabled_reason: row.disabled_reason,
  disabled_at: textOf(row.disabled_at),
  answers_for_it: { type: row.authorized.actor.type, id: row.authorized.actor.id },
  keys: row.keys.map(({ id, public_key, created_at, expires_at }) => ({
    ...{ id, public_key },
    created_at: new Date(created_at).toISOString(),
    expires_at: expires_at === null ? null : new Date(expires_at).toISOString(),
  })),
  created_at: row.created_at.toISOString(),
  updated_at: row.updated_at.toISOString(),
})
