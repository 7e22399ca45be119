/** Options for the fields of an operation, and the values they stand for. */
import type { CatalogueField } from '../api/catalogue.ts'
import type { CommandContext, OptionSpec, OptionValue } from '../command.ts'
import { usage } from '../failure.ts'
import { globalOptions } from '../global-options.ts'
import { readJson, readSecret } from '../read-value.ts'

const taken = new Set([
  ...globalOptions.map(({ name }) => name),
  ...['all', 'columns', 'data', 'if-match', 'out', 'unset', 'wait'],
])

/** A field's option. A name that means something else here gets the field's owner in front: `--user-profile`. */
export function optionOf(field: CatalogueField, owner: string): OptionSpec {
  const { name, type, description = '', values } = field
  const plain = name.replaceAll(/[_.]/g, '-')
  const option = taken.has(plain) ? `${owner}-${plain}` : plain
  const summary = firstSentence(description) || name.replaceAll(/[_.]/g, ' ')
  if (type === 'boolean') return { name: option, summary, negatable: true }
  return {
    ...{ name: option, summary, value: placeholders[type], multiple: type === 'strings' },
    ...(values ? { values } : {}),
    ...(isSecret(name) ? { secret: true } : {}),
  }
}

const placeholders = {
  string: 'text',
  integer: 'number',
  number: 'number',
  strings: 'text',
  json: 'json',
} as const

export const isSecret = (name: string): boolean => /(^|[_.])(password|secret)$/.test(name)

const firstSentence = (text: string): string =>
  (/^.*?(?=(?<!\be[.]g)\.\s|\n|$)/s.exec(text)?.[0] ?? '').replaceAll(/\s+/g, ' ').replaceAll('|', '/').trim()

/** The values given for `fields`, by field name. */
export async function readFields(
  context: CommandContext,
  fields: readonly CatalogueField[],
  owner: string,
): Promise<Record<string, unknown>> {
  const values: Record<string, unknown> = {}
  for (const field of fields) {
    const option = optionOf(field, owner)
    const given = context.options[option.name]
    if (given !== undefined) values[field.name] = await readField(context, field, option, given)
  }
  return values
}

async function readField(
  context: CommandContext,
  { type }: CatalogueField,
  option: OptionSpec,
  given: Exclude<OptionValue, undefined>,
): Promise<unknown> {
  if (typeof given !== 'string') return given
  if (option.secret) return readSecret(context, option, given)
  if (type === 'json') return readJson(context, option.name, given)
  if (type !== 'integer' && type !== 'number') return given
  const number = Number(given)
  if (given.trim() === '' || !Number.isFinite(number) || (type === 'integer' && !Number.isInteger(number))) {
    throw usage(`--${option.name} is a${type === 'integer' ? ' whole' : ''} number.`)
  }
  return number
}

/** `users` -> `user`, `resource-servers` -> `resource-server`. */
export const ownerOf = (group: string): string => group.replace(/ies$/, 'y').replace(/s$/, '')
