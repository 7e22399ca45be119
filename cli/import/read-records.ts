/** The records of an export, JSON or CSV, one at a time. */
import { createCsvReader } from '../../src/jobs/formats/csv-reader.ts'
import { InputRefusal } from '../../src/jobs/formats/input-row.ts'
import { usage } from '../failure.ts'
import type { Source } from './source.ts'
import { createRecordSplitter, maxRecord } from './split-records.ts'

export interface SourceRecord {
  /** Line of a CSV, number of the record in JSON; from 1. */
  readonly at: number
  readonly values: Readonly<Record<string, unknown>>
}

/** A CSV may have any column; which system it is from is seen by their names. */
const anyColumn: ReadonlySet<string> = new Set<string>()
anyColumn.has = () => true
const bounds = {
  ...{ totalBytes: Number.MAX_SAFE_INTEGER, rows: Number.MAX_SAFE_INTEGER },
  ...{ rowLength: maxRecord, fieldLength: maxRecord, columns: 500, depth: 64 },
}

/** @throws Failure for a file that cannot be read as a whole */
export async function* readRecords(
  source: Source,
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<SourceRecord, void, undefined> {
  const all = chunks[Symbol.asyncIterator]()
  const start = await readStart(all)
  if (/^[{[]/.test(start.text)) yield* readJson(start.bytes, all)
  else yield* readCsv(source, start.bytes, all)
}

/** The first bytes, enough to see what the file is. */
async function readStart(chunks: AsyncIterator<Uint8Array>): Promise<{ bytes: Uint8Array; text: string }> {
  let bytes: Uint8Array = new Uint8Array()
  for (;;) {
    const text = new TextDecoder().decode(bytes).trimStart()
    const isEnough = text.length > 0 && (/^[{[]/.test(text) || text.includes('\n'))
    if (isEnough || bytes.length > maxRecord) return { bytes, text: explain(bytes, text) }
    const { done, value } = await chunks.next()
    if (done) return { bytes, text: explain(bytes, text) }
    bytes = Buffer.concat([bytes, value])
  }
}

function explain(bytes: Uint8Array, text: string): string {
  if (text === '') throw usage('The file is empty.')
  if (bytes[0] === 0x1f && bytes[1] === 0x8b)
    throw usage('The file is compressed.', 'gunzip it first, or: gunzip -c FILE | authly import --from … -')
  if (bytes[0] === 0x50 && bytes[1] === 0x4b)
    throw usage('The file is an archive or a spreadsheet.', 'Unpack it, or save it as CSV.')
  if (/^(?:--|COPY |INSERT |SET |CREATE )/.test(text))
    throw usage(
      'The file is a dump in SQL.',
      'Save the table as CSV: \\copy (select * from auth.users) to users.csv csv header',
    )
  return text
}

async function* readJson(
  start: Uint8Array,
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<SourceRecord, void, undefined> {
  const splitter = createRecordSplitter()
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const decode = (bytes?: Uint8Array): string => {
    try {
      return bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode()
    } catch {
      throw usage('The file has bytes that are not UTF-8.')
    }
  }
  let at = 0
  for (let next: IteratorResult<Uint8Array> = { value: start }; !next.done; next = await rest.next()) {
    for (const json of splitter.push(decode(next.value))) yield { at: ++at, values: parseRecord(json, at) }
  }
  for (const json of splitter.push(decode())) yield { at: ++at, values: parseRecord(json, at) }
  splitter.end()
}

function parseRecord(json: string, at: number): SourceRecord['values'] {
  try {
    return JSON.parse(json) as SourceRecord['values']
  } catch {
    throw usage(`Record ${at} of the file is not JSON.`)
  }
}

async function* readCsv(
  source: Source,
  start: Uint8Array,
  rest: AsyncIterator<Uint8Array>,
): AsyncGenerator<SourceRecord, void, undefined> {
  const reader = createCsvReader(anyColumn, bounds)
  const header = headerFor(source, start)
  const shift = header === undefined ? 0 : 1
  // A row has all columns, also those without a value: by them it is recognised.
  const record = (line: number, values: SourceRecord['values']): SourceRecord => ({
    at: line - shift,
    values: { ...Object.fromEntries(reader.columns.map((column) => [column, ''])), ...values },
  })
  try {
    if (header !== undefined) reader.push(new TextEncoder().encode(`${header}\n`))
    for (let next: IteratorResult<Uint8Array> = { value: start }; !next.done; next = await rest.next()) {
      for (const { line, values } of reader.push(next.value)) yield record(line, values)
    }
    for (const { line, values } of reader.end()) yield record(line, values)
  } catch (error) {
    if (!(error instanceof InputRefusal)) throw error
    throw usage(
      `The file is no CSV that can be read (line ${error.line - shift}): ${error.message}.`,
      source.columns
        ? `${source.title} does not quote all cells of its CSV that need it. Export JSON instead.`
        : undefined,
    )
  }
}

/** Names for the columns of a CSV that has no header; columns behind the last known one are skipped. */
function headerFor({ columns }: Source, start: Uint8Array): string | undefined {
  const line =
    new TextDecoder()
      .decode(start)
      .replace(/^\uFEFF/, '')
      .split(/\r?\n/, 1)[0] ?? ''
  if (!columns) return undefined
  const count = line.replaceAll(/"(?:[^"]|"")*"/g, '').split(',').length
  if (count < columns.length - 1) return undefined
  return Array.from({ length: count }, (_, index) => columns[index] ?? `_${index}`).join(',')
}
