/** From a command's arguments to the request of its operation. */
import type { CatalogueField, CatalogueOperation } from '../api/catalogue.ts'
import type { CommandContext } from '../command.ts'
import { type Failure, usage } from '../failure.ts'
import { readJson } from '../read-value.ts'
import { optionOf, readFields } from './fields.ts'
import type { Finder } from './find-by-name.ts'

/** A field the global `--dry-run` stands for. */
export const dryRunField = (
  operation: Pick<CatalogueOperation, 'query' | 'body'>,
): 'query' | 'body' | undefined => {
  const isIt = ({ name }: CatalogueField) => name === 'dry_run'
  return operation.query.some(isIt) ? 'query' : operation.body?.some(isIt) ? 'body' : undefined
}

/** The path with its parameters filled in. */
export function fillPath(path: string, values: Readonly<Record<string, string>>): string {
  return path.replaceAll(/\{([^}]+)\}/g, (_, name: string) => {
    const value = values[name] ?? ''
    // `..` would name another operation.
    if (value === '' || value === '.' || value === '..')
      throw usage(`“${value}” cannot be a ${name.replaceAll('_', ' ')}.`)
    return encodeURIComponent(value)
  })
}

/** Query parameters as they go on the wire. */
export async function readQuery(
  context: CommandContext,
  operation: CatalogueOperation,
  owner: string,
  finder: Finder,
): Promise<URLSearchParams> {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(await readFields(context, operation.query, owner, finder))) {
    query.set(
      name,
      Array.isArray(value)
        ? value.join(',')
        : typeof value === 'object'
          ? JSON.stringify(value)
          : String(value),
    )
  }
  if (context.global.dryRun && dryRunField(operation) === 'query') query.set('dry_run', 'true')
  const missing = operation.query.find(({ name, required }) => required && !query.has(name))
  if (missing) throw missingField(missing, operation.query, owner)
  return query
}

/** What is missing, what it means and what it can be. */
function missingField(field: CatalogueField, fields: readonly CatalogueField[], owner: string): Failure {
  const { summary } = optionOf(field, owner)
  const member = fields.find(({ path }) => path?.[0] === field.name)
  const { values } = field.values ? field : (member ?? field)
  return usage(
    `${waysToGive(field, fields, owner)} is missing: ${summary}.`,
    values
      ? `${member && !field.values ? `--${optionOf(member, owner).name}` : 'It'} is one of ${values.join(', ')}.`
      : undefined,
  )
}

/** `--name`, or for an object also the option of its first member: it is rarely typed as JSON. */
function waysToGive(field: CatalogueField, fields: readonly CatalogueField[], owner: string): string {
  const name = (one: CatalogueField) => `--${optionOf(one, owner).name}`
  const member = fields.find(({ path }) => path?.[0] === field.name)
  return member ? `${name(field)} (or ${name(member)} …)` : name(field)
}

const pathOf = (fields: readonly CatalogueField[], name: string): readonly string[] =>
  fields.find((field) => field.name === name)?.path ?? [name]

/** Sets a member of an object in `body`, which is made when missing. */
function put(body: Record<string, unknown>, [name = '', inner]: readonly string[], value: unknown): void {
  if (inner === undefined) {
    body[name] = value
    return
  }
  const object = body[name]
  body[name] = { ...(typeof object === 'object' ? object : {}), [inner]: value }
}

/** The JSON body: `--data`, then single fields over it, then `--unset`. */
export async function readBody(
  context: CommandContext,
  { body: fields, method, query }: CatalogueOperation,
  owner: string,
  finder: Finder,
): Promise<Record<string, unknown> | undefined> {
  if (!fields) return undefined
  const { data, unset = [] } = context.options
  const given = data === undefined ? {} : await readJson(context, 'data', data as string)
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw usage('--data is not a JSON object.')
  const body: Record<string, unknown> = { ...given }
  const values = await readFields(context, fields, owner, finder)
  // Merge patch (RFC 7396): null removes.
  for (const name of unset as readonly string[]) values[name] = null
  for (const [name, value] of Object.entries(values)) put(body, pathOf(fields, name), value)
  if (context.global.dryRun && dryRunField({ query, body: fields }) === 'body') body['dry_run'] = true
  const missing = fields.find(({ name, required }) => required && !Object.hasOwn(body, name))
  if (missing) throw missingField(missing, fields, owner)
  if (method === 'PATCH' && Object.keys(body).length === 0) {
    const names = fields.map((field) => `--${optionOf(field, owner).name}`)
    throw usage(
      'Nothing to change was given.',
      `There are ${names.join(', ')}; --unset <field>; --data <json>.`,
    )
  }
  return body
}
