/**
 * The body of a webhook (Standard Webhooks 1.0.0, "Payload structure"): a type, the time it happened and `data`. It is
 * made of an event as the trail shows it to a reader, without addresses and browsers: a receiver that needs them reads
 * the event by its id, with a token that may, and what is erased from the trail does not live on elsewhere.
 */
import { z } from 'zod'
import { detailSchemas, unsentDetails } from './detail-schemas.ts'
import { type Change, isShown } from './safe-changes.ts'
import { definitionOf, type WebhookEventType } from './webhook-event-types.ts'

/** An event as the trail shows it (src/audit/event-json.ts). */
export interface TrailEvent {
  readonly id: string
  readonly type: WebhookEventType
  /** RFC 3339. */
  readonly occurred_at: string
  readonly outcome: 'success' | 'failure'
  readonly actor_type: 'user' | 'client' | 'system' | 'anonymous'
  readonly actor_id: string | null
  readonly user_id: string | null
  readonly client_id: string | null
  readonly session_id: string | null
  readonly entity_type: string | null
  readonly entity_id: string | null
  readonly request_id: string | null
  readonly changes: Readonly<Record<string, Change>> | null
  readonly data: Readonly<Record<string, unknown>>
}

/** Standard Webhooks asks for "usually smaller than 20kb". Bytes of UTF-8. */
export const maxBodyBytes = 20_000
/** More names of omitted members than that are no help to a reader. */
const maxLeftOut = 50

const text = (description: string) => z.string().meta({ description })
const nullableText = (description: string) => z.string().nullable().meta({ description })

const thing = z
  .object({ type: text('`user`, `client`, `role` …'), id: text('Its id') })
  .meta({ 'x-authly-name': 'WebhookSubject' })

const actor = z
  .object({
    type: z.enum(['user', 'client', 'system', 'anonymous']),
    id: nullableText('Null for `system` and `anonymous`'),
  })
  .meta({ 'x-authly-name': 'WebhookActor', description: 'Who did it' })

const change = z
  .object({ before: z.unknown().optional(), after: z.unknown().optional() })
  .meta({ 'x-authly-name': 'WebhookChange' })

const shared = {
  id: z
    .string()
    .meta({ format: 'uuid', description: 'The event: that of the audit trail, and the header `webhook-id`' }),
  sequence: z.number().int().min(0).meta({
    description:
      'Of two events about the same subject, the one with the higher number is later. Deliveries may arrive in another order.',
  }),
  subject: thing.nullable().meta({ description: 'What the event is about; `sequence` orders its events' }),
  entity: thing
    .nullable()
    .meta({ description: 'The thing that was changed, such as a passkey of the subject' }),
  actor,
  outcome: z.enum(['success', 'failure']),
  user_id: nullableText('The person concerned'),
  client_id: nullableText('The client concerned, or that the actor used'),
  session_id: nullableText('The session it happened in'),
  request_id: nullableText('The request it happened in, as in the log'),
  changes: z.record(z.string(), change).nullable().meta({
    description: 'What was changed, by field. Values that may not leave the server are in `left_out`.',
  }),
  left_out: z.array(z.string()).optional().meta({
    description:
      'Members of `data` that are not sent, as JSON pointers (RFC 6901): values that may not leave the server, and what would make the body larger than 20 kB. The trail has them.',
  }),
}

/** The body of events of a type. Receivers must ignore members that they do not know: later versions add some. */
export function bodySchema(type: WebhookEventType) {
  const { summary, data: keys = {} } = definitionOf(type)
  const known = Object.entries(keys)
    .filter(([key]) => !unsentDetails.has(key))
    .map(([key, meaning]) => [key, detailSchema(key).optional().meta({ description: meaning })] as const)
  // Types without details of their own share a schema.
  const owner = known.length === 0 ? 'Webhook' : nameOf(type)
  const details = z
    .object(Object.fromEntries(known))
    .meta({ 'x-authly-name': `${owner}Details`, description: 'What only events of this type have' })
  return z
    .object({
      type: z.literal(type).meta({ description: summary }),
      timestamp: z.string().meta({
        ...{
          format: 'date-time',
          description: 'When it happened; the header `webhook-timestamp` is the attempt',
        },
      }),
      data: z.object({ ...shared, details }).meta({ 'x-authly-name': `${owner}Data` }),
    })
    .meta({ 'x-authly-name': nameOf(type) })
}

/** `UserCreatedWebhook`: the name of the body in `/openapi.json`, and of its type in generated clients. */
const nameOf = (type: WebhookEventType): string =>
  `${type
    .split(/[._]/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')}Webhook`

export type WebhookBody = z.output<ReturnType<typeof bodySchema>>

function detailSchema(key: string): z.ZodType {
  const schema = detailSchemas[key]
  if (schema === undefined) throw new Error(`${key}: add its type to src/webhooks/detail-schemas.ts`)
  return schema
}

/** What an event is about: a person before the client they used, a client before its secret. */
export function subjectOf(
  event: Pick<TrailEvent, 'user_id' | 'client_id' | 'entity_type' | 'entity_id'>,
): { readonly type: string; readonly id: string } | null {
  const { user_id, client_id, entity_type, entity_id } = event
  if (user_id !== null) return { type: 'user', id: user_id }
  if (entity_type === 'client_secret' && client_id !== null) return { type: 'client', id: client_id }
  if (entity_type !== null && entity_id !== null) return { type: entity_type, id: entity_id }
  return client_id === null ? null : { type: 'client', id: client_id }
}

/**
 * The body as text, at most `maxBodyBytes` of UTF-8. Sign and send this very text: another spelling of the same JSON
 * has another signature.
 * @param sequence see `data.sequence`
 */
export function payloadOf(event: TrailEvent, sequence: number): string {
  const { type, occurred_at, entity_type, entity_id } = event
  const changes = changesOf(event)
  const details = detailsOf(event)
  const leftOut = [...changes.leftOut, ...details.leftOut]
  const body = {
    type,
    timestamp: occurred_at,
    data: {
      id: event.id,
      sequence,
      subject: subjectOf(event),
      entity: entity_type === null || entity_id === null ? null : { type: entity_type, id: entity_id },
      actor: { type: event.actor_type, id: event.actor_id },
      outcome: event.outcome,
      user_id: event.user_id,
      client_id: event.client_id,
      session_id: event.session_id,
      request_id: event.request_id,
      changes: changes.sent,
      details: details.sent,
    },
  } satisfies WebhookBody
  return shorten(body, leftOut)
}

interface Selection<Sent> {
  readonly sent: Sent
  /** JSON pointers into `data`. */
  readonly leftOut: readonly string[]
}

function changesOf({ entity_type, changes }: TrailEvent): Selection<Record<string, Change> | null> {
  if (changes === null) return { sent: null, leftOut: [] }
  const entries = Object.entries(changes)
  const [shown, hidden] = [
    entries.filter(([field]) => isShown(entity_type, field)),
    entries.filter(([field]) => !isShown(entity_type, field)),
  ]
  return { sent: Object.fromEntries(shown), leftOut: hidden.map(([field]) => pointer('changes', field)) }
}

/** Only keys that the list of events declares, and values of the type that receivers were promised. */
function detailsOf({ type, data }: TrailEvent): Selection<Record<string, unknown>> {
  const sent: Record<string, unknown> = {}
  const leftOut: string[] = []
  for (const key of Object.keys(definitionOf(type).data ?? {})) {
    const value = data[key]
    if (value === undefined) continue
    if (!unsentDetails.has(key) && detailSchema(key).safeParse(value).success) sent[key] = value
    else leftOut.push(pointer('details', key))
  }
  return { sent, leftOut }
}

/** Omits the largest members first, until the rest fits. */
function shorten(body: WebhookBody, leftOut: readonly string[]): string {
  const { changes, details } = body.data
  const names = [...leftOut]
  const members = [
    ...Object.entries(changes ?? {}).map(([key, value]) => ({ of: 'changes' as const, key, value })),
    ...Object.entries(details).map(([key, value]) => ({ of: 'details' as const, key, value })),
  ].sort((a, b) => bytesOf(JSON.stringify(b.value)) - bytesOf(JSON.stringify(a.value)))
  let body_text = write(body, names)
  for (const { of, key } of members) {
    if (bytesOf(body_text) <= maxBodyBytes) break
    delete body.data[of]?.[key]
    names.push(pointer(of, key))
    body_text = write(body, names)
  }
  return body_text
}

function write(body: WebhookBody, leftOut: readonly string[]): string {
  if (leftOut.length === 0) return JSON.stringify(body)
  const few = leftOut.length <= maxLeftOut
  const wholes = [...new Set(leftOut.map((name) => name.slice(0, name.indexOf('/', 1))))]
  return JSON.stringify({ ...body, data: { ...body.data, left_out: few ? leftOut : wholes } })
}

/** RFC 6901 §3. */
const pointer = (...names: readonly string[]): string =>
  names.map((name) => `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')

const encoder = new TextEncoder()
const bytesOf = (text: string): number => encoder.encode(text).length
