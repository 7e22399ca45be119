/** One request as every language renders it: variable parts come from environment variables. */
import { exampleOf } from '../example-of.ts'
import type { Json, LocatedOperation, MediaType, OpenApiDocument, Schema } from '../openapi-types.ts'

/** Literal text, or the value of an environment variable. */
export type Part =
  | string
  | {
      readonly env: string
      /** Part of a path that may contain characters a path cannot: a name, a URI. */
      readonly isFree?: boolean
    }

export interface SampleRequest {
  readonly method: string
  /** After the issuer. */
  readonly path: readonly Part[]
  readonly query: readonly (readonly [name: string, value: Part])[]
  readonly headers: readonly (readonly [name: string, value: Part])[]
  readonly auth: 'client' | 'token' | 'none'
  readonly body?:
    | { readonly kind: 'form'; readonly fields: readonly (readonly [name: string, value: Part])[] }
    | { readonly kind: 'json'; readonly value: Json; readonly type: string }
    | { readonly kind: 'file'; readonly file: string; readonly type: string; readonly text: string }
  /** The answer is endless. */
  readonly streams: boolean
}

/** Overrides what the schema alone would suggest. */
export interface SampleWish {
  readonly query?: Readonly<Record<string, Part>>
  readonly form?: Readonly<Record<string, Part>>
  readonly json?: Json
  readonly file?: { readonly name: string; readonly type: string; readonly text: string }
}

export const env = (name: string): Part => ({ env: name })

const pathPart = (path: string, parameter: string): Part => ({
  env: pathVariable(path, parameter),
  ...(parameter.endsWith('_id') ? {} : { isFree: true }),
})

const variableOf = (parameter: string): string => parameter.replaceAll('-', '_').toUpperCase()

/**
 * `/admin/users/{user_id}` reads `USER_ID`. A name that is too general is prefixed by that of its collection:
 * `/admin/roles/{name}` reads `ROLE_NAME`, which differs from `SCOPE_NAME`.
 */
export function pathVariable(path: string, parameter: string): string {
  if (parameter.includes('_')) return variableOf(parameter)
  const collection = path.split(`/{${parameter}}`)[0]?.split('/').at(-1) ?? ''
  return variableOf(`${collection.replaceAll('-', '_').replace(/s$/, '')}_${parameter}`)
}

/** The request that shows `operation`. */
export function sampleRequest(
  { method, path, operation }: LocatedOperation,
  document: OpenApiDocument,
  wish: SampleWish = {},
): SampleRequest {
  const parameters = operation.parameters ?? []
  const schemes = (operation.security ?? []).flatMap((requirement) => Object.keys(requirement))
  const needed = parameters.filter((parameter) => parameter.in === 'query' && parameter.required)
  const query = {
    ...Object.fromEntries(needed.map(({ name, example }) => [name, String(example)])),
    ...wish.query,
  }
  const headers = parameters
    .filter(
      (parameter) =>
        parameter.in === 'header' && (parameter.required || parameter.name === 'Idempotency-Key'),
    )
    .map(({ name }) => [name, env(name === 'If-Match' ? 'ETAG' : variableOf(name))] as const)
  // Optional parts are left out: for one, a token in the form besides the one in the header would be refused.
  const content = operation.requestBody?.required ? operation.requestBody.content : {}
  const body = bodyOf(content, document, wish)
  const isStream = Object.values(operation.responses).some(({ content }) => content?.['text/event-stream'])
  return {
    method: method.toUpperCase(),
    path: path
      .split(/(\{[^}]+\})/)
      .map((part) => (part.startsWith('{') ? pathPart(path, part.slice(1, -1)) : part)),
    query: Object.entries(query),
    headers,
    auth: schemes.includes('client_secret_basic')
      ? 'client'
      : schemes.includes('oauth2') || schemes.includes('bearer')
        ? 'token'
        : 'none',
    ...(body ? { body } : {}),
    streams: isStream,
  }
}

function bodyOf(
  content: Record<string, MediaType>,
  document: OpenApiDocument,
  wish: SampleWish,
): SampleRequest['body'] {
  const types = Object.keys(content)
  if (wish.form) return { kind: 'form', fields: Object.entries(wish.form) }
  const formType = types.find((type) => type === 'application/x-www-form-urlencoded')
  if (formType) {
    const example = (content[formType]?.example ?? {}) as Record<string, string>
    return { kind: 'form', fields: Object.entries(example) }
  }
  const jsonType =
    types.find((type) => type === 'application/json') ?? types.find((type) => /\+json$/.test(type))
  const merge = types.find((type) => type === 'application/merge-patch+json')
  if (jsonType) {
    const value = wish.json ?? neededOf(content[jsonType]?.schema, document)
    return { kind: 'json', value, type: merge ?? jsonType }
  }
  const type = wish.file?.type ?? types[0]
  if (type === undefined) return undefined
  const [file, text] = type.includes('csv') ? ['users.csv', csvText] : ['users.ndjson', ndjsonText]
  return { kind: 'file', type, file: wish.file?.name ?? file, text: wish.file?.text ?? text }
}

/** Uploads contain users. */
const csvText = 'username,email\nada,ada@example.com\n'
const ndjsonText = '{"username":"ada","email":"ada@example.com"}\n'

/** The example of the schema; otherwise the required fields, or the first field if none is: a sample is short. */
function neededOf(schema: Schema | undefined, document: OpenApiDocument): Json {
  const components = document.components ?? {}
  const target = schema?.$ref ? components.schemas?.[schema.$ref.split('/').at(-1) ?? ''] : schema
  if (target?.example !== undefined) return target.example
  const properties = Object.keys(target?.properties ?? {})
  if (!target?.properties || properties.length === 0) return exampleOf(target, components)
  const names = target.required?.length ? target.required : properties.slice(0, 1)
  return Object.fromEntries(
    names.map((name) => [name, exampleOf(target.properties?.[name], components, name)]),
  )
}
