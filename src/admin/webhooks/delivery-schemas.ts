/** Deliveries as the API shows them. */
import { z } from 'zod'
import { uuid } from '../../kit/field-schemas.ts'
import { type MadeAttempt, maxRecentAttempts } from '../../webhooks/decide-webhook.ts'

export const deliveryStatuses = {
  waiting: 'it is tried again at `next_attempt_at`',
  delivered: 'the endpoint answered 2xx',
  failed: 'given up after three days',
  cancelled: 'the endpoint was disabled before it took it',
  dropped: 'too many events waited, or the trail has the event no more',
} as const

export type DeliveryStatus = keyof typeof deliveryStatuses
export const deliveryStatusNames = Object.keys(deliveryStatuses) as [DeliveryStatus, ...DeliveryStatus[]]

const time = (description?: string) =>
  z.string().meta({ format: 'date-time', ...(description ? { description } : {}) })

export const deliverySchema = z
  .object({
    event_id: uuid('The event, and the header `webhook-id`'),
    type: z.string().meta({ example: 'user.created' }),
    subject: z
      .string()
      .nullable()
      .meta({ description: 'What the event is about', example: 'user:019a8f5e-…' }),
    sequence: z.number().int().meta({ description: '`data.sequence` of the body; 0: a test' }),
    status: z.enum(deliveryStatusNames).meta({
      description: Object.entries(deliveryStatuses)
        .map(([status, meaning]) => `\`${status}\`: ${meaning}`)
        .join('; '),
    }),
    attempts: z.number().int(),
    response_status: z.number().int().nullable().meta({ description: 'HTTP status of the last answer' }),
    reason: z.string().nullable().meta({
      description:
        'Why the last attempt failed or why it ended: `http_<status>`, `timeout`, `unreachable`, `redirect_refused`, `address_refused`, `gone`, `endpoint_disabled`, `outbox_full`, `no_event`, `expired`, `error`',
      example: 'http_503',
    }),
    duration_ms: z.number().int().nullable().meta({ description: 'How long the last attempt took' }),
    last_attempt_at: time().nullable(),
    next_attempt_at: time().nullable(),
    created_at: time('When it was handed to the outbox'),
  })
  .meta({ id: 'WebhookDelivery' })

const attemptSchema = z
  .object({
    at: time('When it began'),
    response_status: z.number().int().nullable().meta({ description: 'HTTP status of the answer, if any' }),
    reason: z
      .string()
      .nullable()
      .meta({ description: 'Why it failed; null: the endpoint took the event', example: 'timeout' }),
    duration_ms: z.number().int(),
  })
  .meta({ 'x-authly-name': 'WebhookAttempt' })

export const deliveryDetailsSchema = deliverySchema
  .extend({
    recent_attempts: z.array(attemptSchema).meta({
      description: `The last ${maxRecentAttempts} attempts, the newest first; one that was interrupted is not among them. Begins anew with a replay, as \`attempts\` does`,
    }),
  })
  .meta({ id: 'WebhookDeliveryDetails' })

const textOf = (value: Date | null): string | null => value?.toISOString() ?? null

/** A row of `webhook_deliveries`. */
interface DeliveryRow {
  readonly event_id: string
  readonly position: number
  readonly type: string
  readonly subject: string | null
  readonly status: DeliveryStatus
  readonly attempts: number
  readonly response_status: number | null
  readonly reason: string | null
  readonly duration_ms: number | null
  readonly last_attempt_at: Date | null
  readonly next_attempt_at: Date | null
  readonly created_at: Date
  readonly recent_attempts: unknown
}

export const toDelivery = (row: DeliveryRow) => ({
  event_id: row.event_id,
  type: row.type,
  subject: row.subject,
  sequence: row.position,
  status: row.status,
  attempts: row.attempts,
  response_status: row.response_status,
  reason: row.reason,
  duration_ms: row.duration_ms,
  last_attempt_at: textOf(row.last_attempt_at),
  next_attempt_at: textOf(row.next_attempt_at),
  created_at: row.created_at.toISOString(),
})

export const toDeliveryDetails = (row: DeliveryRow) => ({
  ...toDelivery(row),
  // What the outbox of the endpoint wrote.
  recent_attempts: (row.recent_attempts as readonly MadeAttempt[]).toReversed(),
})
