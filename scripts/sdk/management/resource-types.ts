/** The interface of each resource of `@authly-server/management`, with the words of the document. */
import type { Parameter, Schema } from '../../docs/openapi/openapi-types.ts'
import { type AdminOperation, type Described, type OneAnswer, pascalCase } from './describe-operations.ts'
import { camelCase } from './method-names.ts'
import { comment, typeOfSchema } from './schema-types.ts'

/** A tree by the dots of the names: methods as text, groups as maps. */
type Group = Map<string, string | Group>

/** @param note called with each component that is referred to */
export function resourceTypes(described: Described, note: (component: string) => void): string {
  const root: Group = new Map()
  for (const operation of described.operations) put(root, operation.name, methodOf(operation, note))
  for (const [name, text] of changes(described.operations, note)) put(root, name, text)
  for (const [name, text] of settingMethods) put(root, name, text)
  const queries = [...described.operations, ...described.streams].flatMap((operation) =>
    queryType(operation, note),
  )
  return [
    ...queries,
    settingTypes(described, note),
    'export interface Resources {',
    render(root),
    '}',
    '',
  ].join('\n')
}

function put(root: Group, name: string, text: string): void {
  const groups = name.split('.')
  const last = groups.pop() ?? ''
  let group = root
  for (const part of groups) {
    const inner = group.get(part) ?? new Map()
    if (typeof inner === 'string') throw new Error(`${name} is inside a method`)
    group.set(part, inner)
    group = inner
  }
  group.set(last, text)
}

const render = (group: Group): string =>
  [...group]
    .map(([name, inner]) => (typeof inner === 'string' ? inner : `readonly ${name}: {\n${render(inner)}\n}`))
    .join('\n')

function methodOf(operation: AdminOperation, note: (component: string) => void): string {
  const scope = operation.scope === '' ? '' : `\n\nScope: \`${operation.scope}\``
  const words = `${operation.summary}.\n\n${operation.description.trim()}`.trim() + scope
  return signaturesOf(operation, note)
    .map((signature) => comment(words) + signature)
    .join('\n')
}

/** One; or, if `dry_run` makes it answer with something else, one for each and one for both. */
function signaturesOf(operation: AdminOperation, note: (component: string) => void): readonly string[] {
  const { dryRun, answers } = operation
  if (dryRun === undefined) return [signatureOf(operation, '', answers, note)]
  const isTrial = ({ status }: OneAnswer) => status === '200'
  return [
    signatureOf(
      operation,
      '{ readonly dry_run?: false | undefined }',
      answers.filter((each) => !isTrial(each)),
      note,
    ),
    signatureOf(operation, '{ readonly dry_run: true }', answers.filter(isTrial), note),
    signatureOf(operation, '', answers, note),
  ]
}

function signatureOf(
  operation: AdminOperation,
  trial: string,
  answers: readonly OneAnswer[],
  note: (component: string) => void,
): string {
  const { name, dryRun } = operation
  const narrowed = (type: string) => (trial === '' ? type : `${type} & ${trial}`)
  const options = dryRun === 'query' ? narrowed(optionsOf(operation)) : optionsOf(operation)
  const isRequired = !isOptional(operation) || (dryRun === 'query' && trial.includes(': true'))
  const body = bodyParameter(operation, note).map((each) => (dryRun === 'body' ? narrowed(each) : each))
  const parameters = [
    ...operation.parameters.map((parameter) => `${camelCase(parameter.name.replaceAll('_', '-'))}: string`),
    ...body,
    `options${isRequired ? '' : '?'}: ${options}`,
  ]
  return `${name.split('.').at(-1)}(${parameters.join(', ')}): ${answerType({ ...operation, answers }, note)}`
}

function bodyParameter({ body, upload }: AdminOperation, note: (component: string) => void): string[] {
  if (upload) return ['upload: Upload']
  if (!body) return []
  return [`body${body.isRequired ? '' : '?'}: ${typeOfSchema(body.schema, note)}`]
}

/** Whatever else a request may have: the query, and how it is made. */
function optionsOf(operation: AdminOperation): string {
  const { query, upload, isConditional, isKeyed } = operation
  return [
    ...(query.length > 0 ? [queryName(operation)] : []),
    ...(upload ? [`{ readonly contentType: ${upload.map((type) => `'${type}'`).join(' | ')} }`] : []),
    ...(isConditional ? ['ConditionalOptions'] : isKeyed ? ['KeyedOptions'] : ['RequestOptions']),
  ].join(' & ')
}

const isOptional = ({ query, upload, isConditional }: AdminOperation): boolean =>
  !isConditional && !upload && !query.some(({ required }) => required)

function answerType({ answer, answers }: AdminOperation, note: (component: string) => void): string {
  if (answer === 'none') return 'Promise<void>'
  if (answer === 'file') return 'Promise<Download>'
  const types = answers.map(({ schema, hasEtag }) => {
    const type = typeOfSchema(schema, note)
    return hasEtag ? `Versioned<${type}>` : type
  })
  return `${answer === 'json' ? 'Promise' : 'List'}<${[...new Set(types)].join(' | ')}>`
}

const queryName = ({ id }: AdminOperation): string => `${pascalCase(id)}Query`

function queryType(operation: AdminOperation, note: (component: string) => void): string[] {
  if (operation.query.length === 0) return []
  const members = operation.query.map((parameter) => {
    const { name, description, required, schema = {} } = parameter
    return `${comment(description)}readonly ${name}${required ? '' : '?'}: ${queryValue(schema, note)}${required ? '' : ' | undefined'}`
  })
  const words = `What \`${operation.name}\` may be asked for.`
  return [`${comment(words)}export interface ${queryName(operation)} {\n${members.join('\n')}\n}\n`]
}

/** A list that the API takes as one text is taken as a list too. */
function queryValue(schema: Schema, note: (component: string) => void): string {
  const { separator, values } = (schema['x-authly-list'] ?? {}) as Partial<ListOf>
  if (separator === undefined) return typeOfSchema(schema, note)
  const item = values ? values.map((value) => JSON.stringify(value)).join(' | ') : 'string'
  return `string | readonly (${item})[]`
}

export interface ListOf {
  readonly separator: string
  readonly values?: readonly string[]
}

export const separatorsOf = (query: readonly Parameter[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    query.flatMap(({ name, schema }) => {
      const { separator } = (schema?.['x-authly-list'] ?? {}) as Partial<ListOf>
      return separator === undefined ? [] : [[name, separator]]
    }),
  )

/** Pairs of `get` and `update` of one thing with an ETag. */
export function changeablePairs(
  operations: readonly AdminOperation[],
): readonly { readonly name: string; readonly get: AdminOperation; readonly update: AdminOperation }[] {
  return operations.flatMap((update) => {
    const group = update.name.replace(/\.update$/, '')
    const get = operations.find(
      ({ name, answers }) => name === `${group}.get` && answers.some(({ hasEtag }) => hasEtag),
    )
    if (!get || !update.isConditional || group === update.name || get.path !== update.path) return []
    return [{ name: `${group}.change`, get, update }]
  })
}

function changes(
  operations: readonly AdminOperation[],
  note: (component: string) => void,
): readonly (readonly [string, string])[] {
  return changeablePairs(operations).map(({ name, get, update }) => {
    const ids = get.parameters.map((parameter) => `${camelCase(parameter.name.replaceAll('_', '-'))}: string`)
    const current = answerType(get, note).slice('Promise<'.length, -1)
    const answer = [...new Set([answerType(update, note).slice('Promise<'.length, -1), current])].join(' | ')
    const body = update.body ? typeOfSchema(update.body.schema, note) : 'never'
    const edit = `(current: ${current}) => ${body} | undefined | Promise<${body} | undefined>`
    return [
      name,
      `${comment(changeWords)}change(${[...ids, `edit: ${edit}`, 'options?: ChangeOptions'].join(', ')}): Promise<${answer}>`,
    ] as const
  })
}

const changeWords = `Reads, applies \`edit\`, and writes if nobody else changed it in between; else begins again.
\`edit\` gives what \`update\` takes, or nothing to leave it as it is.`

function settingTypes({ settings }: Described, note: (component: string) => void): string {
  const list = (of: 'value' | 'patch') =>
    settings.map((setting) => `readonly '${setting.name}': ${typeOfSchema(setting[of], note)}`).join('\n')
  return [
    '/** The settings of a deployment, by name. */',
    `export interface Settings {\n${list('value')}\n}\n`,
    '/** What each setting may be changed to. */',
    `export interface SettingPatches {\n${list('patch')}\n}\n`,
  ].join('\n')
}

const settingMethods = [
  [
    'settings.get',
    `/** One setting, at a time in the past if \`at\` says so. */
get<Name extends keyof Settings>(name: Name, options?: { readonly at?: string | undefined } & RequestOptions): Promise<Versioned<Settings[Name]>>`,
  ],
  [
    'settings.update',
    `/** Replaces the value as a whole; \`null\` restores the default. Needs a recent sign-in where the server says so. */
update<Name extends keyof Settings>(name: Name, body: SettingPatches[Name], options: ConditionalOptions): Promise<Versioned<Settings[Name]>>`,
  ],
  [
    'settings.change',
    `${comment(changeWords)}change<Name extends keyof Settings>(name: Name, edit: (current: Versioned<Settings[Name]>) => SettingPatches[Name] | undefined | Promise<SettingPatches[Name] | undefined>, options?: ChangeOptions): Promise<Versioned<Settings[Name]>>`,
  ],
] as const
