/** What the generator of `@authly-server/management` has to know of an admin operation. */
import {
  type LocatedOperation,
  type OpenApiDocument,
  operationsOf,
  type Parameter,
  type Schema,
} from '../../docs/openapi/openapi-types.ts'
import { camelCase, methodNames } from './method-names.ts'

export type AnswerKind = 'page' | 'items' | 'json' | 'file' | 'none'

export interface AdminOperation {
  readonly id: string
  /** Below the client: `users.sessions.list`. */
  readonly name: string
  readonly method: string
  readonly path: string
  readonly summary: string
  readonly description: string
  readonly scope: string
  readonly parameters: readonly Parameter[]
  readonly query: readonly Parameter[]
  readonly body?: { readonly type: string; readonly schema: Schema; readonly isRequired: boolean }
  /** Media types of an upload. */
  readonly upload?: readonly string[]
  readonly answer: AnswerKind
  /** What is answered, for lists one item; several, if it depends on the request. */
  readonly answers: readonly OneAnswer[]
  /** Where `dry_run` stands, if what is answered then is something else (200). */
  readonly dryRun?: 'query' | 'body'
  readonly isConditional: boolean
  readonly isKeyed: boolean
}

export interface OneAnswer {
  readonly status: string
  readonly schema: Schema
  readonly hasEtag: boolean
}

/** One operation for each setting becomes one for all, with the name of the setting as a parameter. */
export interface SettingOperations {
  readonly name: string
  readonly value: Schema
  readonly patch: Schema
}

export interface Described {
  readonly operations: readonly AdminOperation[]
  readonly settings: readonly SettingOperations[]
  /** Those that stream events: their surface is made by hand. */
  readonly streams: readonly AdminOperation[]
}

const settingPath = /^\/admin\/settings\/([^/{}]+)$/

export function describeOperations(document: OpenApiDocument): Described {
  const schemas = document.components?.schemas ?? {}
  const all = operationsOf(document).filter(({ path }) => path.startsWith('/admin/'))
  const isStream = ({ operation }: LocatedOperation) =>
    operation.responses['101'] !== undefined ||
    operation.responses['200']?.content?.['text/event-stream'] !== undefined
  const plain = all.filter((each) => !isStream(each) && !settingPath.test(each.path))
  const names = methodNames(plain, (each) => ({ isList: isListAnswer(answerOf(each, schemas).kind) }))
  return {
    operations: plain.map((each) => describe(each, names.get(each) ?? '', schemas)),
    settings: settingsOf(all),
    streams: all.filter(isStream).map((each) => describe(each, each.operation.operationId ?? '', schemas)),
  }
}

const isListAnswer = (kind: AnswerKind) => kind === 'page' || kind === 'items'

function describe(
  located: LocatedOperation,
  name: string,
  schemas: Readonly<Record<string, Schema>>,
): AdminOperation {
  const { method, path, operation } = located
  const parameters = operation.parameters ?? []
  const answer = answerOf(located, schemas)
  const has = (header: string) => parameters.some((each) => each.in === 'header' && each.name === header)
  return {
    ...{ id: operation.operationId ?? '', name, method: method.toUpperCase(), path },
    ...{ summary: operation.summary ?? '', description: operation.description ?? '' },
    scope: Object.values(operation.security?.[0] ?? {})[0]?.[0] ?? '',
    parameters: parameters.filter((each) => each.in === 'path'),
    query: parameters.filter((each) => each.in === 'query'),
    ...bodyOf(located),
    answer: answer.kind,
    answers: answer.answers,
    ...dryRunOf(located, answer.answers, schemas),
    isConditional: has('If-Match'),
    isKeyed: has('Idempotency-Key'),
  }
}

function bodyOf({ operation }: LocatedOperation): Pick<AdminOperation, 'body' | 'upload'> {
  const { requestBody } = operation
  if (!requestBody) return {}
  const types = Object.keys(requestBody.content)
  const type = types.find((each) => each.endsWith('json') && !each.includes('nd'))
  if (type === undefined) return { upload: types }
  const schema = requestBody.content[type]?.schema ?? {}
  return { body: { type, schema, isRequired: requestBody.required === true } }
}

function dryRunOf(
  { operation }: LocatedOperation,
  answers: readonly OneAnswer[],
  schemas: Readonly<Record<string, Schema>>,
): Pick<AdminOperation, 'dryRun'> {
  if (answers.length !== 2 || !answers.some(({ status }) => status === '200')) return {}
  if (operation.parameters?.some(({ name }) => name === 'dry_run')) return { dryRun: 'query' }
  const body = operation.requestBody?.content['application/json']?.schema
  return body && resolve(body, schemas).properties?.['dry_run'] ? { dryRun: 'body' } : {}
}

function answerOf(
  { method, operation }: LocatedOperation,
  schemas: Readonly<Record<string, Schema>>,
): { readonly kind: AnswerKind; readonly answers: readonly OneAnswer[] } {
  const successes = Object.entries(operation.responses).filter(
    ([status, { content }]) => status.startsWith('2') && content,
  )
  if (successes.length === 0) return { kind: 'none', answers: [] }
  const json = 'application/json'
  if (successes.some(([, { content = {} }]) => Object.keys(content).join() !== json))
    return { kind: 'file', answers: [] }
  const answers = successes.map(([status, { content, headers }]) => ({
    ...{ status, schema: content?.[json]?.schema ?? {} },
    hasEtag: headers?.['ETag'] !== undefined,
  }))
  const { properties } = resolve(answers[0]?.schema ?? {}, schemas)
  const items = properties?.['items'] && resolve(properties['items'], schemas)
  // What a change answers with is a whole, even if it has items.
  if (!items || method !== 'get') return { kind: 'json', answers }
  return {
    kind: properties?.['page_info'] ? 'page' : 'items',
    answers: [{ status: '200', schema: items.items ?? {}, hasEtag: false }],
  }
}

function settingsOf(all: readonly LocatedOperation[]): readonly SettingOperations[] {
  const of = (method: string) => all.filter((each) => each.method === method && settingPath.test(each.path))
  const json = 'application/json'
  return of('get').flatMap((read) => {
    const change = of('patch').find(({ path }) => path === read.path)
    const value = read.operation.responses['200']?.content?.[json]?.schema
    const patch = change?.operation.requestBody?.content[json]?.schema
    if (!value || !patch) throw new Error(`${read.path} is no setting like the others`)
    return [{ name: settingPath.exec(read.path)?.[1] ?? '', value, patch }]
  })
}

export function resolve(schema: Schema, schemas: Readonly<Record<string, Schema>>): Schema {
  const name = schema.$ref?.split('/').at(-1)
  return name === undefined ? schema : resolve(schemas[name] ?? {}, schemas)
}

export const pascalCase = (text: string): string => {
  const camel = camelCase(text)
  return camel.charAt(0).toUpperCase() + camel.slice(1)
}
