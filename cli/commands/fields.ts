/** Options for the fields of an operation, and the values they stand for. */
import type { CatalogueField, EntityKind } from '../api/catalogue.ts'
import type { CommandContext, OptionSpec, OptionValue } from '../command.ts'
import { usage } from '../failure.ts'
import { globalOptions } from '../global-options.ts'
import { readTime } from '../read-time.ts'
import { readJson, readSecret } from '../read-value.ts'
import { type Finder, waysToName } from './find-by-name.ts'

const taken = new Set([
  ...globalOptions.map(({ name }) => name),
  ...['all', 'columns', 'data', 'if-match', 'out', 'unset', 'wait'],
])

/** A field's option. A name that means something else here gets the field's owner in front: `--user-profile`. */
export function optionOf(field: CatalogueField, owner: string): OptionSpec {
  const { name, type, description = '', values } = field
  const plain = name.replaceAll(/[_.]/g, '-')
  const option = taken.has(plain) ? `${owner}-${plain}` : plain
  const own = firstSentence(description) || sentence((field.path?.at(-1) ?? name).replaceAll(/[_.]/g, ' '))
  // Here lists are given as all lists are.
  const meaning = type === 'strings' ? own.replace(/,? (separated by commas|space-separated)\b/, '') : own
  const summary = field.refersTo ? `${meaning} (${waysToName[field.refersTo]})` : meaning
  if (type === 'boolean') return { name: option, summary, negatable: true }
  return {
    ...{ name: option, summary, value: placeholders[type] },
    ...(type === 'strings' ? { list: field.separator ?? (',' as const) } : {}),
    ...(values ? { values } : {}),
    ...(isSecret(name) ? { secret: true } : {}),
  }
}

const placeholders = {
  string: 'text',
  integer: 'number',
  number: 'number',
  time: 'time',
  strings: 'text',
  json: 'json',
} as const

export const isSecret = (name: string): boolean => /(^|[_.])(password|secret)$/.test(name)

export const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

const firstSentence = (text: string): string =>
  (/^.*?(?=(?<!\be[.]g)\.\s|\n|$)/s.exec(text)?.[0] ?? '').replaceAll(/\s+/g, ' ').replaceAll('|', '/').trim()

/** The values given for `fields`, by field name. */
export async function readFields(
  context: CommandContext,
  fields: readonly CatalogueField[],
  owner: string,
  finder: Finder,
): Promise<Record<string, unknown>> {
  const values: Record<string, unknown> = {}
  for (const field of fields) {
    const option = optionOf(field, owner)
    const given = context.options[option.name]
    if (given !== undefined) values[field.name] = await readField(context, field, option, given)
  }
  for (const { name, refersTo } of fields) {
    if (refersTo !== undefined && Object.hasOwn(values, name))
      values[name] = await idsOf(values[name], kindOf(refersTo, name, values), finder)
  }
  return values
}

/** What an `entity_id` names stands in the `entity_type` beside it. */
const kindOf = (kind: EntityKind, name: string, values: Readonly<Record<string, unknown>>): EntityKind => {
  if (kind !== 'entity') return kind
  const type = values[name.replace(/_id$/, '_type')]
  return type === 'user' || type === 'client' ? type : 'entity'
}

async function idsOf(value: unknown, kind: EntityKind, finder: Finder): Promise<unknown> {
  if (typeof value === 'string') return finder.find(kind, value)
  if (!Array.isArray(value)) return value
  const ids: string[] = []
  for (const one of value) ids.push(await finder.find(kind, String(one)))
  return ids
}

async function readField(
  context: CommandContext,
  { type, separator }: CatalogueField,
  option: OptionSpec,
  given: Exclude<OptionValue, undefined>,
): Promise<unknown> {
  if (typeof given === 'object' && separator !== undefined) return given.join(separator)
  if (typeof given !== 'string') return given
  if (option.secret) return readSecret(context, option, given)
  if (type === 'json') return readJson(context, option.name, given)
  if (type === 'time') return readTime(option.name, given)
  if (type !== 'integer' && type !== 'number') return given
  const number = Number(given)
  if (given.trim() === '' || !Number.isFinite(number) || (type === 'integer' && !Number.isInteger(number))) {
    throw usage(`--${option.name} is a${type === 'integer' ? ' whole' : ''} number.`)
  }
  return number
}

/** `users` -> `user`, `resource-servers` -> `resource-server`. */
export const ownerOf = (group: string): string => group.replace(/ies$/, 'y').replace(/s$/, '')
