/** The published OpenAPI documents: complete, valid in both versions, and rich enough to work from. */
import { Validator } from '@seriousme/openapi-schema-validator'
import { beforeAll, describe, expect, test } from 'vitest'
import { apiFiles, loadDocument } from '../../scripts/docs/api-files.ts'
import { type LoadedApp, loadApp } from '../../scripts/docs/load-app.ts'
import { schemaTo30 } from '../../scripts/docs/openapi/down-convert.ts'
import { exampleOf } from '../../scripts/docs/openapi/example-of.ts'
import {
  type LocatedOperation,
  type OpenApiDocument,
  operationsOf,
  type Response,
  webhooksOf,
} from '../../scripts/docs/openapi/openapi-types.ts'
import { routeWords } from '../../scripts/docs/openapi/routes/index.ts'
import { bodySchema } from '../../src/webhooks/payload.ts'
import { type WebhookEventType, webhookEventTypes } from '../../src/webhooks/webhook-event-types.ts'

const files = apiFiles(await loadDocument())
const document: OpenApiDocument = JSON.parse(files['public/openapi.json'])
const old: OpenApiDocument = JSON.parse(files['public/openapi-3.0.json'])
const operations = operationsOf(document)
const nameOf = ({ method, path }: { method: string; path: string }) => `${method.toUpperCase()} ${path}`

let app: LoadedApp
beforeAll(async () => {
  app = await loadApp()
})

const responseOf = (response: Response): Response =>
  response.$ref === undefined
    ? response
    : (document.components?.responses?.[response.$ref.split('/').at(-1) ?? ''] as Response)

describe.each([
  ['openapi.json', document, '3.1'],
  ['openapi-3.0.json', old, '3.0'],
] as const)('%s', (_, published, version) => {
  test(`is valid OpenAPI ${version}`, async () => {
    const validator = new Validator()
    const { valid, errors } = await validator.validate(structuredClone(published) as Record<string, unknown>)
    expect(errors).toBeUndefined()
    expect(valid).toBe(true)
    expect(validator.version).toBe(version)
  })

  test('has every route the server answers, and no other', () => {
    // What pages are made of, and what providers of messages call.
    const isOutside = (path: string) => path === '/' || path === '/*' || /^\/(assets|delivery)\//.test(path)
    const mounted = app.routes
      .filter(({ method, path }) => method !== 'ALL' && !isOutside(path))
      .map(({ method, path }) => nameOf({ method, path: path.replaceAll(/:(\w+)/g, '{$1}') }))
    expect(operationsOf(published).map(nameOf).sort()).toEqual([...new Set(mounted)].sort())
  })

  test('refers to nothing that is not there, and keeps nothing that nobody refers to', () => {
    const text = JSON.stringify(published)
    const used = new Set(
      [...text.matchAll(/"\$ref":"#\/components\/(\w+)\/([^"]+)"/g)].map(
        ([, kind, name]) => `${kind}/${name}`,
      ),
    )
    const kinds = ['schemas', 'headers', 'responses', 'parameters'] as const
    const there = kinds.flatMap((kind) =>
      Object.keys(published.components?.[kind] ?? {}).map((name) => `${kind}/${name}`),
    )
    expect([...used].filter((name) => !there.includes(name))).toEqual([])
    expect(there.filter((name) => !used.has(name))).toEqual([])
  })

  test('names every operation once', () => {
    const ids = operationsOf(published).map(({ operation }) => operation.operationId)
    expect(ids.filter((id) => id === undefined)).toEqual([])
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
  })
})

describe('webhooks (OpenAPI 3.1 §4.8.1)', () => {
  test('are in the document of 3.1, one for each event type, and not in that of 3.0, which has none', () => {
    expect(Object.keys(document.webhooks ?? {})).toEqual([...webhookEventTypes])
    expect(old).not.toHaveProperty('webhooks')
    expect(JSON.stringify(old)).not.toContain('Webhook events')
    expect(Object.keys(old.components?.schemas ?? {})).not.toContain('UserCreatedWebhook')
  })

  test.each(webhooksOf(document).map((located) => [located.path, located.operation] as const))(
    '%s: a body with a lasting name, an example that the server itself would send, and all headers',
    (type, operation) => {
      const { schema, example } = operation.requestBody?.content['application/json'] ?? {}
      expect(schema?.$ref).toMatch(/^#\/components\/schemas\/[A-Z][A-Za-z]+Webhook$/)
      expect(example).toMatchObject({ type, data: { id: expect.any(String) } })
      expect(example).not.toHaveProperty('data.left_out')
      expect(bodySchema(type as WebhookEventType).safeParse(example).success).toBe(true)
      expect(operation.parameters?.map(({ name }) => name)).toEqual([
        ...['webhook-id', 'webhook-timestamp', 'webhook-signature'],
      ])
      expect(document.tags?.map(({ name }) => name)).toContain(operation.tags?.[0])
      expect(operation.summary).toMatch(/\w/)
    },
  )
})

describe.each(operations.map((located) => [nameOf(located), located] as const))('%s', (_, located) => {
  const { path, operation } = located satisfies LocatedOperation

  test('says what it is, whom it is for and where it belongs', () => {
    expect(operation.summary).toMatch(/\w/)
    expect(operation.tags?.length).toBe(1)
    expect(document.tags?.map(({ name }) => name)).toContain(operation.tags?.[0])
    expect(operation.security).toBeDefined()
  })

  test('describes every parameter, with an example, and every one of its path', () => {
    const parameters = operation.parameters ?? []
    for (const parameter of parameters) {
      expect(parameter.description, parameter.name).toMatch(/\w/)
      expect(parameter.example ?? parameter.examples, parameter.name).toBeDefined()
    }
    const inPath = parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name)
    expect(inPath.sort()).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort())
  })

  test('gives a schema and an example of every body', () => {
    const bodies = [
      operation.requestBody?.content,
      ...Object.values(operation.responses).map((one) => responseOf(one).content),
    ]
    for (const [type, media] of bodies.flatMap((content) => Object.entries(content ?? {}))) {
      expect(media.schema, type).toBeDefined()
      expect(media.example ?? media.examples, type).toBeDefined()
    }
  })

  test('says what errors look like, and how long to wait after too many requests (RFC 9110 §10.2.3)', () => {
    for (const [status, response] of Object.entries(operation.responses)) {
      if (Number(status) < 400) continue
      const { content = {}, headers = {} } = responseOf(response)
      expect(Object.keys(content).length, status).toBeGreaterThan(0)
      const limit = ['RateLimit', 'RateLimit-Policy', 'Retry-After']
      if (status === '429') expect(Object.keys(headers)).toEqual(expect.arrayContaining(limit))
      const isChallenge = status === '401' && !('text/html' in content)
      if (isChallenge) expect(Object.keys(headers)).toContain('WWW-Authenticate')
    }
  })

  test('shows the request in curl, JavaScript, Python and Go, unless it takes a browser or a WebSocket', () => {
    const isPage = Object.values(operation.responses).some((one) => responseOf(one).content?.['text/html'])
    const shown = new Set(operation['x-codeSamples']?.map(({ lang }) => lang))
    expect([...shown]).toEqual(
      isPage || '101' in operation.responses ? [] : ['Shell', 'JavaScript', 'Python', 'Go'],
    )
  })
})

test('every protocol route has words of its own, and no words are left of a route that is gone', () => {
  const ids = operations
    .filter(({ path }) => !path.startsWith('/admin'))
    .map(({ operation }) => operation.operationId)
  expect(Object.keys(routeWords({})).sort()).toEqual(ids.sort())
})

describe('the way from 3.1 to 3.0', () => {
  test.each([
    [{ type: ['string', 'null'] }, { type: 'string', nullable: true }],
    [{ const: 'x' }, { enum: ['x'] }],
    [
      { type: 'integer', exclusiveMinimum: 0 },
      { type: 'integer', minimum: 0, exclusiveMinimum: true },
    ],
    [
      { anyOf: [{ $ref: '#/components/schemas/A' }, { type: 'null' }] },
      { allOf: [{ $ref: '#/components/schemas/A' }], nullable: true },
    ],
    [
      { $ref: '#/components/schemas/A', description: 'more' },
      { allOf: [{ $ref: '#/components/schemas/A' }], description: 'more' },
    ],
    [
      { type: ['string', 'null'], enum: ['a'] },
      { type: 'string', enum: ['a', null], nullable: true },
    ],
    [
      { type: 'string', examples: ['a', 'b'] },
      { type: 'string', example: 'a' },
    ],
  ])('turns %j into %j', (given, wanted) => {
    expect(schemaTo30(given)).toEqual(wanted)
  })

  test('stops at what 3.0 cannot say instead of dropping it', () => {
    expect(() => schemaTo30({ type: 'array', prefixItems: [] })).toThrow('prefixItems')
  })
})

test('an example is made up from the schema when none is given', () => {
  const schema = {
    type: 'object',
    properties: {
      email: { type: 'string' },
      at: { type: 'string', format: 'date-time' },
      n: { type: ['integer', 'null'] },
    },
  }
  expect(exampleOf(schema, {})).toEqual({ email: 'ada@example.com', at: '2026-11-23T09:00:00.000Z', n: 1 })
})
