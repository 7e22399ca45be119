/** The storage of a job object. Rows and file parts are far below the limit of 2 MB per row. */
import type { AuditEvent } from '../audit/event.ts'
import { encodeBase64Url } from '../kit/base64url.ts'
import { createCsvReader } from './formats/csv-reader.ts'
import { type InputFormat, InputRefusal, type InputRow } from './formats/input-row.ts'
import { createNdjsonReader } from './formats/ndjson-reader.ts'
import type { JobCounts, JobFile, JobFileName, JobOrder, JobStatus } from './job.ts'
import type { JobFileType, JobInput } from './job-kind.ts'

/** A multipart upload to R2 in progress. */
export interface BegunUpload {
  readonly key: string
  readonly uploadId: string
  readonly parts: readonly { readonly partNumber: number; readonly etag: string }[]
}

export const jobTables = `
  CREATE TABLE input (chunk INTEGER PRIMARY KEY, rows TEXT NOT NULL);
  CREATE TABLE files (name TEXT NOT NULL, part INTEGER NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (name, part));
`

/** What happens next: `publishing` copies the output to R2, `finishing` records the end in Postgres. */
export type JobPhase = 'offered' | 'stepping' | 'publishing' | 'finishing' | 'finished'

/** The small state of the object, under one key, so that a step updates it in one write. */
export interface JobState {
  readonly order: JobOrder
  readonly phase: JobPhase
  readonly status: JobStatus
  readonly counts: JobCounts
  readonly cursor?: unknown
  /** Ordinal of the next step: its idempotency key in Postgres. */
  readonly step: number
  readonly input?: InputFacts | undefined
  readonly cancelRequested: boolean
  readonly detail: string | null
  readonly revision: number
  /** Attempts of the current step that failed because of an outage. */
  readonly failures: number
  readonly started_at: number | null
  readonly finished_at: number | null
  readonly upload?: BegunUpload
  readonly endEvent?: AuditEvent
}

export interface InputFacts {
  readonly format: InputFormat
  readonly columns: readonly string[]
  readonly rows: number
  readonly chunks: number
  /** base64url(SHA-256) of the upload. */
  readonly digest: string
  /** Whether its chunks are sealed; absent in jobs that began before they were. */
  readonly sealed?: true
}

/** Rows of one stored chunk, and so of one step at most. */
export const chunkRows = 500
const chunkLength = 256 * 1024
const filePartBytes = 512 * 1024

/**
 * Reads an upload into chunks of rows as it arrives, holding only one chunk in memory.
 * @param seal what is stored of a chunk
 * @throws InputRefusal when it cannot be read, breaks off or has no rows
 */
export async function storeInput(
  sql: SqlStorage,
  body: ReadableStream<Uint8Array>,
  format: InputFormat,
  known: ReadonlySet<string>,
  seal: (rows: string) => Promise<string>,
): Promise<InputFacts> {
  const csv = format === 'csv' ? createCsvReader(known) : undefined
  const reader = csv ?? createNdjsonReader()
  let pending: string[] = []
  let length = 0
  let chunks = 0
  let rows = 0
  /** Of the last complete row. */
  let line = 1
  const flush = async () => {
    if (pending.length === 0) return
    const sealed = await seal(`[${pending.join(',')}]`)
    sql.exec('INSERT INTO input (chunk, rows) VALUES (?, ?)', chunks++, sealed)
    pending = []
    length = 0
  }
  const store = async (read: readonly InputRow[]) => {
    for (const row of read) {
      const text = JSON.stringify(row)
      if (pending.length === chunkRows || length + text.length > chunkLength) await flush()
      pending.push(text)
      length += text.length
      line = row.line
      rows++
    }
  }
  const digest = new crypto.DigestStream('SHA-256')
  const hashed = digest.getWriter()
  for await (const bytes of untilCut(body, () => line)) {
    await hashed.write(bytes)
    await store(reader.push(bytes))
  }
  await hashed.close()
  await store(reader.end())
  await flush()
  if (rows === 0) throw new InputRefusal('empty', 1, 'the upload has no rows')
  return {
    format,
    columns: csv?.columns ?? [],
    rows,
    chunks,
    digest: encodeBase64Url(new Uint8Array(await digest.digest)),
    sealed: true,
  }
}

/** A sender who hangs up is told so, if they still listen, and is no error of ours in the log. */
async function* untilCut(body: ReadableStream<Uint8Array>, line: () => number): AsyncGenerator<Uint8Array> {
  try {
    yield* body
  } catch {
    throw new InputRefusal('cut_off', line(), 'the upload broke off after this line; nothing of it was used')
  }
}

/** @param open the rows of a sealed chunk */
export const readInput = (
  sql: SqlStorage,
  facts: InputFacts,
  open: (sealed: string) => Promise<string>,
): JobInput => ({
  ...facts,
  async read(chunk) {
    const { rows } = sql.exec<{ rows: string }>('SELECT rows FROM input WHERE chunk = ?', chunk).one()
    return JSON.parse(facts.sealed ? await open(rows) : rows)
  },
})

/** Appends text to a file of the job, in parts of bounded size. */
export function appendFile(sql: SqlStorage, name: JobFileName, text: string): void {
  const bytes = new TextEncoder().encode(text)
  for (let at = 0; at < bytes.length; at += filePartBytes) {
    sql.exec(
      `INSERT INTO files (name, part, bytes)
       VALUES (?1, (SELECT coalesce(max(part), -1) + 1 FROM files WHERE name = ?1), ?2)`,
      name,
      bytes.slice(at, at + filePartBytes).buffer,
    )
  }
}

export function readFilePart(sql: SqlStorage, name: JobFileName, part: number): Uint8Array | undefined {
  const [row] = sql
    .exec<{ bytes: ArrayBuffer }>('SELECT bytes FROM files WHERE name = ? AND part = ?', name, part)
    .toArray()
  return row && new Uint8Array(row.bytes)
}

export const deleteFile = (sql: SqlStorage, name: JobFileName): void => {
  sql.exec('DELETE FROM files WHERE name = ?', name)
}

const ndjson = { content_type: 'application/x-ndjson', extension: 'ndjson' } as const

/** The files of the job with their sizes. */
export const listFiles = (
  sql: SqlStorage,
  types: Partial<Record<JobFileName, JobFileType>>,
): readonly JobFile[] =>
  sql
    .exec<{ name: JobFileName; size_bytes: number }>(
      'SELECT name, sum(length(bytes)) AS size_bytes FROM files GROUP BY name ORDER BY name',
    )
    .toArray()
    .map(({ name, size_bytes }) => ({ name, size_bytes, ...(types[name] ?? ndjson) }))
