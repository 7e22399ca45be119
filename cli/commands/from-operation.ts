/** The command of an admin operation, made from what the API says of it. */
import type { ApiRequest } from '../api/api-client.ts'
import type { CatalogueOperation } from '../api/catalogue.ts'
import { type Command, type CommandContext, defineCommand, type OptionSpec } from '../command.ts'
import type { Item } from '../output/table.ts'
import { isSecret, optionOf, ownerOf, sentence } from './fields.ts'
import { createFinder, type Finder, waysToName } from './find-by-name.ts'
import { dryRunField, fillPath, readBody, readQuery } from './operation-request.ts'
import { printDryRun } from './print-dry-run.ts'
import { columnsFor, printPages, tableOf } from './print-list.ts'
import { printRequest } from './print-request.ts'
import { saveAnswer } from './save-answer.ts'
import { openUpload } from './upload.ts'
import { versionedPath, versionOf } from './version-of.ts'
import { warningsOf } from './warnings.ts'
import { noteFailures, watchJob } from './watch-job.ts'
import { withListing } from './with-listing.ts'

export type Show = (answer: Item) => Promise<boolean>

/**
 * @param show shows an answer in its own way.
 * It returns false for one that is shown as all are.
 */
export function commandOf(
  operation: CatalogueOperation,
  words: readonly string[],
  all: readonly CatalogueOperation[],
  show?: Show,
): Command {
  const { id, summary, description, params, upload } = operation
  const owner = ownerOf(words[0] ?? '')
  return defineCommand({
    words,
    summary,
    ...(description ? { description } : {}),
    operations: [id],
    positionals: [
      ...params.map(({ name, description, refersTo, values }) => ({
        ...{ name, summary: refersTo ? sentence(waysToName[refersTo]) : (description ?? name) },
        ...(values ? { values } : {}),
      })),
      ...(upload ? [{ name: 'file', summary: `File to send (${upload.join(', ')}); \`-\` is stdin` }] : []),
    ],
    options: optionsOf(operation, owner),
    run: (context) => run(context, operation, all, owner, show),
  })
}

function optionsOf(operation: CatalogueOperation, owner: string): readonly OptionSpec[] {
  const { answer, body, columns, conditional, method, query, startsJob, upload } = operation
  const fields = [...query, ...(body ?? [])].filter(({ name }) => name !== 'dry_run')
  const options: OptionSpec[] = fields.map((field) => optionOf(field, owner))
  if (answer === 'page') options.push({ name: 'all', summary: 'All pages' })
  if (answer === 'page' || answer === 'items') {
    const names = (columns ?? []).map(({ name }) => name).join(', ')
    options.push({ name: 'columns', value: 'names', list: ',', summary: `Columns of the table: ${names}` })
  }
  if (body)
    options.push({ name: 'data', value: 'json', summary: 'The whole body: JSON, `@file` or `-` (stdin)' })
  if (body && method === 'PATCH') {
    options.push({ name: 'unset', value: 'field', list: ',', summary: 'Field to remove' })
  }
  if (upload)
    options.push({
      name: 'content-type',
      value: 'type',
      values: upload,
      summary: 'What the file is; told by its ending',
    })
  if (conditional) {
    options.push({
      name: 'if-match',
      value: 'etag',
      summary: 'Version to change; otherwise the one there is now; `*` is any',
    })
  }
  if (startsJob) options.push({ name: 'wait', summary: 'Follow the job to its end' })
  if (answer === 'file')
    options.push({ name: 'out', value: 'file', summary: 'Where to write it; otherwise stdout' })
  return [...new Map(options.map((option) => [option.name, option])).values()]
}

async function run(
  context: CommandContext,
  operation: CatalogueOperation,
  all: readonly CatalogueOperation[],
  owner: string,
  show: Show | undefined,
): Promise<number | undefined> {
  const { method } = operation
  const isTriedOut = context.global.dryRun && dryRunField(operation) !== undefined
  const isPreview = context.global.dryRun && !isTriedOut
  const finder = createFinder(context, all, method !== 'GET', isPreview)
  const values = await findPositionals(context, operation, finder)
  const path = fillPath(operation.path, values)
  const query = await readQuery(context, operation, owner, finder)
  const body = await readBody(context, operation, owner, finder)
  // Before anything is sent: it may name a column that there is not.
  columnsFor(context, operation)
  const file = operation.upload ? await openUpload(context, operation) : undefined
  if (operation.answer === 'page' && !context.global.dryRun)
    return printPages(context, operation, path, query, all)

  const request: ApiRequest = {
    ...{ method, path: query.size > 0 ? `${path}?${query}` : path },
    headers: {
      ...(body
        ? { 'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json' }
        : {}),
      ...(file ? { 'content-type': file.contentType } : {}),
      ...(operation.conditional
        ? { 'if-match': await versionOf(context, fillPath(versionedPath(operation, all), values), isPreview) }
        : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
    ...(file ? { body: file.body } : {}),
  }
  if (isPreview) return printRequest(context, request)
  if (!isTriedOut && method !== 'GET' && (operation.dangerous || method === 'DELETE')) {
    await context.confirm(`${operation.summary}: ${decodeURIComponent(path).replace('/admin/', '')}?`)
  }
  const response = await (await context.api()).send(request).catch((error: unknown) => {
    throw withListing(error, operation, all)
  })
  return print(context, operation, response, all, show)
}

/** The positionals, with ids in place of names. */
async function findPositionals(
  { positionals }: CommandContext,
  { params }: Pick<CatalogueOperation, 'params'>,
  finder: Finder,
): Promise<Readonly<Record<string, string>>> {
  const found: Record<string, string> = { ...positionals }
  for (const { name, refersTo } of params) {
    const given = positionals[name]
    if (refersTo !== undefined && given !== undefined) found[name] = await finder.find(refersTo, given)
  }
  return found
}

async function print(
  context: CommandContext,
  operation: CatalogueOperation,
  response: Response,
  all: readonly CatalogueOperation[],
  show: Show | undefined,
): Promise<number | undefined> {
  const { output, options } = context
  const isJson = (response.headers.get('content-type') ?? '').startsWith('application/json')
  if (operation.answer === 'file' && !(isJson && response.status === 202)) {
    await saveAnswer(context, response)
    return undefined
  }
  const text = await response.text()
  if (text === '') {
    if (output.format === 'table') output.note('Done.')
    return undefined
  }
  const value = JSON.parse(text) as Item & { items?: readonly Item[] }
  if (typeof value['dry_run'] === 'object' && value['dry_run'] !== null) return printDryRun(output, value)
  if (response.status === 202 && options['wait'] === true)
    return watchJob(context, String(value['id'] ?? value['job_id']), all)
  if (Array.isArray(value.items) && operation.answer === 'items')
    await tableOf(context, operation, all)(value.items)
  else if (await show?.(value)) return undefined
  else output.thing(value)
  if (operation.id === 'getJob') noteFailures(context, value)
  for (const warning of warningsOf(operation.id, value)) output.note(warning)
  if (output.format === 'table' && operation.method === 'POST') noteSecrets(context, value)
  if (response.status === 202) output.note(`Follow it: authly jobs watch ${value['id'] ?? value['job_id']}`)
  return undefined
}

function noteSecrets({ output }: CommandContext, value: Item): void {
  const isOnce = (name: string) => isSecret(name) || /(invitation|reset|setup)_url$/.test(name)
  const shown = Object.entries(value).filter(([name, one]) => isOnce(name) && typeof one === 'string')
  if (shown.length > 0)
    output.note(`${shown.map(([name]) => name).join(', ')}: shown this once. Keep it now.`)
}
