/** Describes an operation in OpenAPI; parts common to all operations are added here. */
import { createRoute, z } from '@hono/zod-openapi'
import type { AnswerSpec, Operation } from './operation.ts'

const fault = z
  .object({
    pointer: z.string().optional().openapi({ description: 'JSON pointer into the body (RFC 6901)' }),
    parameter: z.string().optional().openapi({ description: 'Name of a query parameter' }),
    header: z.string().optional().openapi({ description: 'Name of a header' }),
    detail: z.string(),
  })
  .openapi('Fault')

const problem = z
  .object({
    type: z.string().openapi({ example: 'urn:authly:problem:not_found' }),
    title: z.string(),
    status: z.number().int(),
    detail: z.string().optional(),
    request_id: z.string(),
    errors: z.array(fault).optional(),
  })
  .openapi('Problem', { description: 'RFC 9457' })

const rateLimitHeaders = {
  'RateLimit-Policy': { schema: { type: 'string' as const }, description: 'Policy and its numbers' },
  RateLimit: { schema: { type: 'string' as const }, description: 'What is left of it' },
}
const challenge = { 'WWW-Authenticate': { schema: { type: 'string' as const }, description: 'RFC 6750 §3' } }
const acceptSignature = {
  'Accept-Signature': {
    schema: { type: 'string' as const },
    description: 'Which signature would do (RFC 9421 §5)',
  },
}
const etag = { ETag: { schema: { type: 'string' as const }, description: 'For If-Match' } }
const location = { Location: { schema: { type: 'string' as const }, description: 'Where it is' } }
const retryAfter = { 'Retry-After': { schema: { type: 'string' as const }, description: 'Seconds' } }

/** The route definition that the OpenAPI document is generated from. */
export function describeOperation(operation: Operation) {
  const { id, method, path, tag, summary, description, permission, params, query } = operation
  return createRoute({
    ...{ method, path, operationId: id, summary, tags: [tag] },
    ...(description ? { description } : {}),
    // For clients that ask for confirmation before doing what cannot be undone.
    ...(operation.dangerous ? { 'x-authly-dangerous': true } : {}),
    security: [{ oauth2: [permission] }],
    request: {
      ...(params ? { params } : {}),
      ...(query ? { query } : {}),
      ...(Object.keys(headersOf(operation)).length > 0 ? { headers: z.object(headersOf(operation)) } : {}),
      ...bodyOf(operation),
    },
    responses: { ...answersOf(operation), ...problemsOf(operation) },
  })
}

function headersOf(operation: Operation): Record<string, z.ZodType> {
  return {
    ...operation.headers,
    ...(operation.upgrade
      ? {
          Upgrade: z.literal('websocket'),
          'Sec-WebSocket-Protocol': z
            .string()
            .optional()
            .openapi({ description: '`authly.bearer, <access token>`, where Authorization cannot be set' }),
        }
      : {}),
    ...(operation.conditional
      ? { 'If-Match': z.string().openapi({ description: 'ETag read before, or *', example: '"1"' }) }
      : {}),
    ...(operation.method === 'post'
      ? {
          'Idempotency-Key': z.string().max(130).optional().openapi({
            description: 'Makes a repetition harmless for 24 hours',
            example: '7f9c24e8-3b12-4fef-91e0-4b4a6c1e5d0a',
          }),
        }
      : {}),
  }
}

function bodyOf(operation: Operation) {
  if (operation.upload) {
    const content = operation.upload.contentTypes.map((type) => [
      type,
      // Generated clients take a file then, not a text of up to 100 MiB.
      { schema: { type: 'string' as const, format: 'binary' } },
    ])
    return { body: { required: true, content: Object.fromEntries(content) } }
  }
  if (!operation.body) return {}
  const types =
    operation.method === 'patch' ? ['application/merge-patch+json', 'application/json'] : ['application/json']
  const schema = operation.body
  return { body: { required: true, content: Object.fromEntries(types.map((type) => [type, { schema }])) } }
}

const answersOf = (operation: Operation) =>
  Object.fromEntries(
    Object.entries(operation.answers).map(([status, answer]) => [
      status,
      describeAnswer(answer as AnswerSpec),
    ]),
  )

function describeAnswer({ description, schema, content, versioned, located }: AnswerSpec) {
  const body = content
    ? Object.fromEntries(Object.entries(content).map(([type, part]) => [type, { schema: part }]))
    : schema && { 'application/json': { schema } }
  return {
    description,
    headers: { ...rateLimitHeaders, ...(versioned ? etag : {}), ...(located ? location : {}) },
    ...(body ? { content: body } : {}),
  }
}

/** The refusals an operation can answer follow from its definition. */
function problemsOf(operation: Operation) {
  const takesBody = operation.body !== undefined || operation.upload !== undefined
  const refusals: Record<number, [description: string, headers?: Record<string, object>]> = {
    400: ['The request is not valid; `errors` says where'],
    401: [
      'No valid access token, no valid signature, or a more recent sign-in is required',
      { ...challenge, ...acceptSignature },
    ],
    403: ['The token lacks the scope, its holder the permission, or the address is not allowed', challenge],
    ...(operation.params ? { 404: ['There is no such thing'] } : {}),
    ...(operation.conditional
      ? { 412: ['It has changed since it was read', etag], 428: ['`If-Match` is required'] }
      : {}),
    413: ['The body is too large'],
    ...(takesBody ? { 415: ['The media type is not accepted'] } : {}),
    ...(operation.method === 'post' ? { 422: ['The `Idempotency-Key` was used for another request'] } : {}),
    429: ['Too many requests', retryAfter],
    500: ['A bug on our side'],
    503: ['A backend is unavailable', retryAfter],
    ...Object.fromEntries(Object.entries(operation.problems ?? {}).map(([status, text]) => [status, [text]])),
  }
  return Object.fromEntries(
    Object.entries(refusals).map(([status, [description, headers = {}]]) => [
      status,
      {
        description,
        headers: { ...rateLimitHeaders, ...headers },
        content: { 'application/problem+json': { schema: problem } },
      },
    ]),
  )
}
