/** Listeners of `authly webhooks listen` as the API shows and takes them. */
import { z } from 'zod'
import { uuid } from '../../kit/field-schemas.ts'
import { webhookFilter } from '../../webhooks/filters.ts'
import { filterMembers, secretMember } from './webhook-schemas.ts'

export const listenerParam = z.object({ listener_id: uuid('Listener') })

/** A listener that does not ask for this long is gone. */
export const leaseSeconds = 120
export const maxWaitSeconds = 25
/** At the same time, of one person or service account. */
export const maxListeners = 5
/** Of everybody: each costs the dispatcher a call for a page. */
export const maxListenersInAll = 100

export const listenerCreation = z
  .strictObject({ event_types: webhookFilter.shape.event_types.default(['*']), ...filterMembers })
  .meta({ id: 'WebhookListenerCreation', example: { event_types: ['user.*'] } })

const expiresAt = z
  .string()
  .meta({ format: 'date-time', description: 'When it is gone, unless it asks for events before' })

export const listenerSchema = z
  .object({
    id: uuid('Listener'),
    secret: secretMember,
    public_key: z.string().meta({ description: 'Ed25519; verifies signatures `v1a`' }),
    expires_at: expiresAt,
  })
  .meta({ id: 'WebhookListener' })

export const takeBody = z
  .strictObject({
    received: z
      .array(uuid('Event'))
      .max(100)
      .default([])
      .meta({ description: 'Events that were received: they are not handed out again', example: [] }),
    wait_seconds: z
      .number()
      .int()
      .min(0)
      .max(maxWaitSeconds)
      .default(0)
      .meta({ description: 'How long to wait for events when there are none', example: 20 }),
  })
  .meta({ id: 'WebhookListenerTake', example: { received: [], wait_seconds: 20 } })

export const takenSchema = z
  .object({
    items: z.array(
      z
        .object({
          event_id: uuid('The event'),
          type: z.string().meta({ example: 'user.created' }),
          headers: z.record(z.string(), z.string()).meta({ description: 'Signed now' }),
          body: z.string().meta({ description: 'To be posted as it is: the signature covers every byte' }),
        })
        .meta({ 'x-authly-name': 'TakenWebhook' }),
    ),
    expires_at: expiresAt,
  })
  .meta({ id: 'WebhookListenerEvents' })
