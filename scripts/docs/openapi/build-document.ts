/**
 * The whole OpenAPI 3.1 document: the descriptions of the routes, completed from `routes/` where the source has few,
 * and examples and code samples for all. A route without a description or a schema stops the generator.
 */
import { documentedScopes } from '../../bootstrap/first-party-clients.ts'
import type { LoadedApp, ServerMetadata } from '../load-app.ts'
import { headers, schemas, securitySchemes } from './components.ts'
import { referTo, withWords } from './describe-routes.ts'
import { exampleOf } from './example-of.ts'
import { nameSchemas } from './name-schemas.ts'
import {
  type Json,
  type MediaType,
  type OpenApiDocument,
  type Operation,
  operationsOf,
  type Parameter,
  type Schema,
  webhooksOf,
} from './openapi-types.ts'
import { makePortable, tellApart } from './portable-schemas.ts'
import { problemExample } from './problem-examples.ts'
import { limitedPage, limitHeaders, oauthError, page, type RouteWords, redirect } from './route-words.ts'
import { routeWords } from './routes/index.ts'
import { codeSamples } from './samples/code-samples.ts'
import { plainWishOf } from './samples/sample-wishes.ts'
import { tagWords } from './tag-words.ts'
import { describeWebhooks, webhookResponses } from './webhooks.ts'

type Components = NonNullable<OpenApiDocument['components']>

const about = {
  title: 'Authly',
  version: '1',
  summary: 'OAuth 2.1 authorization server, OpenID Provider and their administration',
  description:
    'Every route of the server. Get a token at `/oauth/token`, or sign in here with “Authorize”.\n\nErrors of the OAuth and OpenID Connect endpoints are those of RFC 6749; the admin API answers problem details (RFC 9457) whose `errors` point at the field. Limited routes carry `RateLimit-Policy` and `RateLimit`; a refusal for too many requests also `Retry-After`.',
  license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
}

/** The document of the app. Throws for a route without a description. */
export function buildDocument({ document: routes, metadata }: LoadedApp): OpenApiDocument {
  const words = routeWords(metadata)
  const components = {
    ...routes.components,
    schemas: sorted({ ...routes.components?.schemas, ...schemas, ServerMetadata: metadataSchema(metadata) }),
    headers: { ...headers },
    responses: { ...webhookResponses },
    securitySchemes: securitySchemes(documentedScopes),
  }
  const document: OpenApiDocument = {
    ...{ openapi: '3.1.0', info: about, servers: [{ url: '/' }] },
    tags: [],
    paths: {},
    webhooks: describeWebhooks(),
    components,
  }
  for (const { method, path, operation } of operationsOf(routes)) {
    document.paths[path] ??= {}
    document.paths[path][method] = complete(operation, words[operation.operationId ?? ''], components)
  }
  nameSchemas(document)
  tellApart(document.components?.schemas ?? {})
  makePortable(document.components)
  makePortable(document.paths)
  makePortable(document.webhooks)
  const everything = [...operationsOf(document), ...webhooksOf(document)]
  const used = new Set(everything.flatMap(({ operation }) => operation.tags ?? []))
  document.tags = [...new Set([...Object.keys(tagWords), ...used])]
    .filter((name) => used.has(name))
    .map((name) => ({ name, description: tagWords[name] ?? `Administration: ${name}` }))
  for (const { method, path, operation } of operationsOf(document)) {
    const samples = codeSamples({ method, path, operation }, document)
    if (samples.length > 0) operation['x-codeSamples'] = [...samples]
  }
  return document
}

function complete(operation: Operation, words: RouteWords | undefined, components: Components): Operation {
  if (operation.operationId === undefined) throw new Error(`no operationId: ${operation.summary}`)
  const known = words ?? wordsOfPage(operation)
  const done = known ? withAway(withWords(operation, known), known) : withSharedHeaders(operation)
  for (const parameter of done.parameters ?? []) {
    if (parameter.example === undefined && parameter.examples === undefined) {
      parameter.example = exampleOf(parameter.schema, components, parameter.name)
    }
    // Routes describe it in the schema; tools read it at the parameter.
    if (parameter.description === undefined && parameter.schema?.description !== undefined) {
      parameter.description = parameter.schema.description
    }
    parameter.description ??= describeByName(parameter)
  }
  for (const [status, { content = {} }] of Object.entries(done.responses)) {
    const problem = content['application/problem+json']
    const example = problemExample(Number(status))
    if (problem && example !== undefined) problem.example ??= example
  }
  const wish = plainWishOf(operation.operationId)
  for (const media of Object.values(done.requestBody?.content ?? {})) {
    if (wish.json !== undefined && media.schema?.example === undefined) media.example ??= wish.json
  }
  const bodies = [
    done.requestBody?.content ?? {},
    ...Object.values(done.responses).map(({ content }) => content ?? {}),
  ]
  for (const media of bodies.flatMap((content) => Object.values(content))) addExample(media, components)
  return done
}

function addExample(media: MediaType, components: Components): void {
  if (media.example !== undefined || media.examples !== undefined || media.schema === undefined) return
  media.example = exampleOf(media.schema, components)
}

/** A description from the name and the permitted values. */
function describeByName({ name, schema }: Parameter): string {
  const values = (schema?.enum ?? [schema?.const]).filter((value) => value !== undefined)
  const words = name.replaceAll(/[-_]/g, ' ')
  const title = words.charAt(0).toUpperCase() + words.slice(1)
  return values.length === 0 ? `${title}.` : `${title}: ${values.map((value) => `\`${value}\``).join(', ')}.`
}

/** The default description of a hosted page, from its statuses. A test requires a better one. */
function wordsOfPage({ tags = [], summary = '', responses }: Operation): RouteWords | undefined {
  if (!tags.some((tag) => tag === 'Sign-in' || tag === 'Account')) return undefined
  const answers = Object.keys(responses).map((status) => {
    if (status === '429') return [status, limitedPage]
    return [status, status.startsWith('3') ? redirect : page]
  })
  return { description: summary, answers: Object.fromEntries(answers) }
}

/** Any route that needs a backend may answer that it is unavailable. */
function withAway(operation: Operation, words: RouteWords): Operation {
  if (Object.keys(words.answers).join() === '200' && words.answers[200]?.json === 'ServerMetadata')
    return operation
  const isPage = Object.values(words.answers).some(({ other }) => other?.['text/html'] !== undefined)
  const away = isPage
    ? page
    : oauthError({ temporarily_unavailable: 'please try again shortly' }, ['Retry-After'])
  const error = withWords(
    { responses: { 503: { description: 'A backend is unavailable' } } },
    { description: '', answers: { 503: away } },
  )
  return { ...operation, responses: { ...operation.responses, ...error.responses } }
}

/**
 * Admin operations name their headers; the descriptions are in the components. Any form of bearer token is accepted.
 */
function withSharedHeaders(operation: Operation): Operation {
  const hasContent = Object.values(operation.responses).some(({ content }) => content !== undefined)
  if (!hasContent) throw new Error(`${operation.operationId}: add its words to scripts/docs/openapi/routes/`)
  const responses = Object.entries(operation.responses).map(([status, response]) => {
    const named = Object.entries(response.headers ?? {}).map(([name, header]) => [
      name,
      name in headers ? referTo([name])[name] : header,
    ])
    const own = Object.fromEntries(named)
    return [status, { ...response, headers: { ...referTo(limitHeaders), ...own } }]
  })
  const security = operation.security ?? []
  return {
    ...operation,
    ...{ responses: Object.fromEntries(responses) },
    ...{ security: security.length > 0 ? [...security, { bearer: [] }] : security },
  }
}

/** The types of the fields follow from the values of the metadata. */
function metadataSchema(metadata: ServerMetadata): Schema {
  const typeOf = (value: Json): Schema =>
    Array.isArray(value)
      ? { type: 'array', items: { type: 'string' } }
      : { type: typeof value, ...(String(value).startsWith('https://') ? { format: 'uri' } : {}) }
  return {
    type: 'object',
    description: 'RFC 8414 §2, OpenID Connect Discovery §3.',
    properties: Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name, typeOf(value)])),
    required: Object.keys(metadata),
    additionalProperties: true,
  }
}

const sorted = <Value>(record: Record<string, Value>): Record<string, Value> =>
  Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)))
