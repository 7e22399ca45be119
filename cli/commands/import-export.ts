/**
 * `authly import --from …`: takes the export of another system as it is. The whole file is read and judged before
 * anything is sent, so that a wrong or broken file imports nobody.
 */
import { createReadStream } from 'node:fs'
import { stat, writeFile } from 'node:fs/promises'
import type { CatalogueOperation } from '../api/catalogue.ts'
import { type Command, type CommandContext, defineCommand } from '../command.ts'
import { Failure, usage } from '../failure.ts'
import { readHash } from '../import/auth0.ts'
import type { ConversionReport } from '../import/convert-export.ts'
import { readHashConfig } from '../import/hash-config.ts'
import { explainReport } from '../import/report.ts'
import type { Source, SourceOptions } from '../import/source.ts'
import { sources } from '../import/sources.ts'
import type { Item } from '../output/table.ts'
import { readText } from '../read-value.ts'
import { optionOf } from './fields.ts'
import { watchJob } from './watch-job.ts'

/** One upload of the server has at most 100 MiB and 1,000,000 rows (docs/bulk.md). */
const maxPart = { bytes: 90 * 1024 * 1024, rows: 1_000_000 }

/** @param all operations */
export function importExport(all: readonly CatalogueOperation[]): readonly Command[] {
  const operation = all.find(({ id }) => id === 'importUsers')
  if (!operation) return []
  const onConflict = operation.query.find(({ name }) => name === 'on_conflict')
  const command = defineCommand({
    words: ['import'],
    summary: 'Import the accounts of another system from its own export',
    description:
      'Says what reaches the accounts here, what is lost, and who is left out and why; then asks, and imports as a job. With --dry-run it says this and sends nothing. A file that is not an export of that system, or is cut off, imports nobody. Large files become several jobs.',
    operations: [operation.id],
    positionals: [{ name: 'file', summary: 'The export; `-` is stdin' }],
    options: [
      {
        ...{ name: 'from', value: 'system', summary: 'The system the file comes from' },
        values: sources.map(({ name }) => name),
      },
      {
        ...{
          name: 'hash-config',
          value: 'file',
          summary: "Firebase: the project's password hash parameters",
        },
      },
      {
        ...{ name: 'password-hashes', value: 'file', summary: 'Auth0: the hashes its support exported' },
      },
      ...(onConflict ? [optionOf(onConflict, 'user')] : []),
      { name: 'save', value: 'file', summary: 'Keep the converted rows (JSON lines, with hashes)' },
      { name: 'wait', summary: 'Follow the job to its end' },
    ],
    examples: [
      'authly import --from keycloak realm-export.json --dry-run',
      'authly import --from firebase users.json --hash-config hash-config.txt --wait',
      'authly import --from auth0 users.ndjson --password-hashes hashes.ndjson --wait',
    ],
    run: (context) => run(context, operation, all),
  })
  return [command]
}

async function run(
  context: CommandContext,
  operation: CatalogueOperation,
  all: readonly CatalogueOperation[],
): Promise<number | undefined> {
  const { global, options, output } = context
  const name = options['from'] as string | undefined
  const source = sources.find((one) => one.name === name)
  if (!source) throw usage('--from is missing.', `One of ${sources.map((one) => one.name).join(', ')}.`)
  const { report, parts } = await convert(context, source)
  if (global.dryRun) {
    if (output.format === 'table') output.text(explainReport(source, report))
    else output.thing(report)
    output.note('Nothing was sent (--dry-run).')
    return undefined
  }
  output.note(explainReport(source, report))
  if (report.accounts === 0) throw new Failure('refused', 'Nobody in the file can be imported.')
  await context.confirm(`Import ${report.accounts} accounts from ${source.title}?`)
  return send(context, operation, all, parts)
}

async function convert(
  context: CommandContext,
  source: Source,
): Promise<{ report: ConversionReport; parts: readonly string[] }> {
  // Loaded here: the server's rules for rows need more than other commands do.
  const { convertExport } = await import('../import/convert-export.ts')
  const { readRecords } = await import('../import/read-records.ts')
  const parts: string[][] = [[]]
  let size = 0
  const take = (line: string): void => {
    const bytes = Buffer.byteLength(line)
    if (size + bytes > maxPart.bytes || (parts.at(-1)?.length ?? 0) >= maxPart.rows) {
      parts.push([])
      size = 0
    }
    parts.at(-1)?.push(line)
    size += bytes
  }
  const file = await openFile(context, context.positionals['file'] as string)
  const records = readRecords(source, file)
  const report = await convertExport(source, records, await readOptions(context, source), take)
  const texts = parts.map((lines) => lines.join(''))
  const save = context.options['save'] as string | undefined
  // Hashes are in it: nobody else on the machine may read it, and no other file is written over.
  if (save !== undefined)
    await writeFile(save, texts.join(''), { mode: 0o600, flag: 'wx' }).catch(
      (error: NodeJS.ErrnoException) => {
        throw usage(`${save} cannot be written (${error.code}).`)
      },
    )
  return { report, parts: texts }
}

async function readOptions(context: CommandContext, source: Source): Promise<SourceOptions> {
  const { options, terminal } = context
  const [hashConfig, hashes] = ['hash-config', 'password-hashes'].map(
    (name) => options[name] as string | undefined,
  )
  if (hashConfig !== undefined && source.name !== 'firebase') throw usage('--hash-config is for Firebase.')
  if (hashes !== undefined && source.name !== 'auth0') throw usage('--password-hashes is for Auth0.')
  return {
    now: terminal.now(),
    hashConfig: hashConfig === undefined ? undefined : readHashConfig(await readText(hashConfig)),
    hashes: hashes === undefined ? undefined : await readHashes(context, source, hashes),
  }
}

async function readHashes(
  context: CommandContext,
  source: Source,
  path: string,
): Promise<ReadonlyMap<string, unknown>> {
  const { readRecords } = await import('../import/read-records.ts')
  const hashes = new Map<string, unknown>()
  for await (const { values } of readRecords(source, await openFile(context, path))) {
    const id = source.idOf(values)
    const hash = readHash(values)
    if (id !== undefined && hash !== undefined) hashes.set(id, hash)
  }
  if (hashes.size === 0) throw usage(`${path} has no password hashes.`)
  return hashes
}

async function openFile({ terminal }: CommandContext, path: string): Promise<AsyncIterable<Uint8Array>> {
  if (path === '-') return terminal.stdin as AsyncIterable<Uint8Array>
  const found = await stat(path).catch(() => undefined)
  if (!found?.isFile()) throw usage(`${path} is no file.`)
  return createReadStream(path)
}

async function send(
  context: CommandContext,
  { method, path }: CatalogueOperation,
  all: readonly CatalogueOperation[],
  parts: readonly string[],
): Promise<number | undefined> {
  const { options, output } = context
  const conflict = options['on-conflict'] as string | undefined
  const api = await context.api()
  const jobs: Item[] = []
  for (const body of parts) {
    const response = await api.send({
      ...{ method, path: conflict === undefined ? path : `${path}?on_conflict=${conflict}`, body },
      headers: { 'content-type': 'application/x-ndjson' },
    })
    jobs.push((await response.json()) as Item)
  }
  const ids = jobs.map((job) => String(job['id'] ?? job['job_id']))
  if (options['wait'] !== true) {
    for (const job of jobs) output.thing(job)
    for (const id of ids) output.note(`Follow it: authly jobs watch ${id}`)
    return undefined
  }
  let worst = 0
  for (const id of ids) worst = Math.max(worst, await watchJob(context, id, all))
  return worst
}
