/** The `webhooks` of the document: the requests that the server makes, one for each event type (OpenAPI 3.1 §4.8.1). */
import { z } from 'zod'
import { bodySchema } from '../../../src/webhooks/payload.ts'
import {
  definitionOf,
  type WebhookEventType,
  webhookEventTypes,
} from '../../../src/webhooks/webhook-event-types.ts'
import { pascalCase } from './name-schemas.ts'
import type { Operation, Parameter, PathItem, Response, Schema } from './openapi-types.ts'
import { exampleBody } from './webhook-examples.ts'

/** In place with each request: of headers that are components, some generators make code that does not compile. */
const headers: readonly Parameter[] = [
  {
    ...{ name: 'webhook-id', in: 'header', required: true },
    description:
      'The event, the same in each attempt and replay. Remember it, to handle the event once (Standard Webhooks, webhook headers).',
    schema: { type: 'string', format: 'uuid' },
    example: '019a8f5e-7c1a-7b3e-9f64-2b1d3c4e5f60',
  },
  {
    ...{ name: 'webhook-timestamp', in: 'header', required: true },
    description: 'When this attempt was made, seconds since 1970. Refuse what is older than five minutes.',
    schema: { type: 'string', pattern: '^[0-9]+$' },
    example: '1795424400',
  },
  {
    ...{ name: 'webhook-signature', in: 'header', required: true },
    description:
      'Signatures of `webhook-id.webhook-timestamp.body`, separated by spaces: `v1,` and HMAC-SHA256, or `v1a,` and ed25519, in base64. One that is good is enough.',
    schema: { type: 'string' },
    example: 'v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=',
  },
]

export const webhookResponses: Readonly<Record<string, Response>> = {
  WebhookTaken: { description: 'The endpoint has taken the event. The body of the answer is not read.' },
  WebhookGone: { description: 'The endpoint wants no more events: it is disabled.' },
  WebhookFailed: {
    description:
      'Anything else, redirects too: the event is sent again, later, and not before `Retry-After` has passed.',
  },
}

const responseByStatus = {
  '2XX': 'WebhookTaken',
  '3XX': 'WebhookFailed',
  '410': 'WebhookGone',
  '4XX': 'WebhookFailed',
  '5XX': 'WebhookFailed',
} as const satisfies Record<string, keyof typeof webhookResponses>

const refer = (kind: string, name: string) => ({ $ref: `#/components/${kind}/${name}` })

/** By event type. Schemas are in place: `nameSchemas` makes components of them. */
export const describeWebhooks = (): Record<string, PathItem> =>
  Object.fromEntries(webhookEventTypes.map((type) => [type, { post: describe(type) }]))

const describe = (type: WebhookEventType): Operation => ({
  operationId: `on${pascalCase(type)}`,
  summary: definitionOf(type).summary,
  description: `Sent to endpoints whose filter takes \`${type}\` (docs/webhook-events.md).`,
  tags: ['Webhook events'],
  parameters: headers.map((header) => ({ ...header })),
  requestBody: {
    required: true,
    content: { 'application/json': { schema: schemaOf(type), example: exampleBody(type) } },
  },
  responses: Object.fromEntries(
    Object.entries(responseByStatus).map(([status, name]) => [
      status,
      refer('responses', name) as unknown as Response,
    ]),
  ),
  security: [],
})

const schemaOf = (type: WebhookEventType): Schema => {
  const { $schema: _dialect, ...schema } = z.toJSONSchema(bodySchema(type), { io: 'input' }) as Schema
  return tidy(schema)
}

/** As the rest of the document says it: `type: [string, null]`, and no rule that every text or whole number follows. */
function tidy(schema: Schema): Schema {
  const { propertyNames: _names, anyOf, ...rest } = schema
  const [only, nothing, ...more] = anyOf ?? []
  const isNullable = nothing?.type === 'null' && more.length === 0
  if (isNullable && typeof only?.type === 'string') {
    return tidy({ ...only, ...rest, type: [only.type, 'null'] })
  }
  if (rest.maximum === Number.MAX_SAFE_INTEGER) delete rest.maximum
  if (rest.minimum === Number.MIN_SAFE_INTEGER) delete rest.minimum
  const tidied: Schema = { ...rest, ...(anyOf && { anyOf: anyOf.map(tidy) }) }
  if (rest.items) tidied.items = tidy(rest.items)
  if (typeof rest.additionalProperties === 'object')
    tidied.additionalProperties = tidy(rest.additionalProperties)
  if (rest.properties) {
    tidied.properties = Object.fromEntries(
      Object.entries(rest.properties).map(([name, member]) => [name, tidy(member)]),
    )
  }
  return tidied
}
