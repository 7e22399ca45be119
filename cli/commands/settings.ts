/** `authly settings get|set`: the API has operations for each setting; here its name is an argument. */
import type { CatalogueField, CatalogueOperation } from '../api/catalogue.ts'
import { type Command, type CommandContext, defineCommand, type PositionalSpec } from '../command.ts'
import { usage } from '../failure.ts'
import { checkValue } from '../parse-arguments.ts'
import { readList } from '../read-list.ts'
import { readText } from '../read-value.ts'
import { printRequest } from './print-request.ts'
import { versionOf } from './version-of.ts'

const prefix = '/admin/settings/'

/** Operations on one setting; they get no commands of their own. */
export const isOfOneSetting = ({ path }: CatalogueOperation): boolean =>
  path.startsWith(prefix) && !path.includes('{')

export function settingCommands(all: readonly CatalogueOperation[]): readonly Command[] {
  const operations = all.filter(isOfOneSetting)
  if (operations.length === 0) return []
  const byMethod = (method: string) =>
    operations.filter((operation) => operation.method === method).map(({ id }) => id)
  const names = [...new Set(operations.map(({ path }) => path.slice(prefix.length)))]
  const name: PositionalSpec = { name: 'name', summary: 'The setting', values: names }
  const pathOf = ({ positionals }: CommandContext): string => prefix + (positionals['name'] as string)
  const fieldOf = (path: string): CatalogueField | undefined =>
    operations
      .find((operation) => operation.path === path && operation.method === 'PATCH')
      ?.body?.find((field) => field.name === 'value')
  const get = defineCommand({
    words: ['settings', 'get'],
    summary: 'Read a setting',
    operations: byMethod('GET'),
    positionals: [name],
    async run(context) {
      const request = { method: 'GET', path: pathOf(context) }
      if (context.global.dryRun) return printRequest(context, request)
      context.output.thing(await (await (await context.api()).send(request)).json())
      return undefined
    },
  })
  const set = defineCommand({
    words: ['settings', 'set'],
    summary: 'Change a setting',
    operations: byMethod('PATCH'),
    positionals: [
      name,
      { name: 'value', summary: 'Text, JSON, a list by commas, or `@file`', optional: true },
    ],
    options: [
      { name: 'reset', summary: 'Back to the default' },
      {
        name: 'if-match',
        value: 'etag',
        summary: 'Version to change; otherwise the one there is now; `*` is any',
      },
    ],
    examples: [
      'authly settings set admin.step_up_max_age_seconds 600',
      'authly settings set admin.ip_allow_list 192.0.2.0/24,2001:db8::/32',
    ],
    async run(context) {
      const path = pathOf(context)
      const value = await readValue(context, fieldOf(path))
      const request = {
        ...{ method: 'PATCH', path, body: JSON.stringify({ value }) },
        headers: {
          'content-type': 'application/merge-patch+json',
          'if-match': await versionOf(context, path, context.global.dryRun),
        },
      }
      if (context.global.dryRun) return printRequest(context, request)
      await context.confirm(`Set ${context.positionals['name']} to ${JSON.stringify(value)}?`)
      context.output.thing(await (await (await context.api()).send(request)).json())
      return undefined
    },
  })
  return [get, set]
}

/** JSON when it is JSON, otherwise text: `off` needs no quotes. */
async function readValue(
  { options, positionals }: CommandContext,
  field: CatalogueField | undefined,
): Promise<unknown> {
  const given = positionals['value']
  if ((given === undefined) !== (options['reset'] === true)) throw usage('Give a value, or --reset.')
  if (given === undefined) return null
  const text = given.startsWith('@') ? await readText(given.slice(1)) : given
  try {
    const value: unknown = JSON.parse(text)
    if (Array.isArray(value) || field?.type !== 'strings') return value
  } catch {
    // Not JSON: text, or a list of it.
  }
  if (field?.type === 'strings') return readList('value', [text])
  checkValue('The value', text.trim(), field?.values)
  return text.trim()
}
