/** Chooses the rows of the next step, bounded in number and cost, without two that might concern the same user. */
import type { InputRow } from '../../jobs/formats/input-row.ts'
import type { JobInput } from '../../jobs/job-kind.ts'
import { identifierForm } from '../normal-form.ts'
import { type ReadRow, readUploadRow, type UploadRow } from './upload-row.ts'

export interface RowCursor {
  readonly chunk: number
  /** Rows of the chunk that are already processed. */
  readonly offset: number
  /** Whether the header of the failures file has been written. */
  readonly hasFailures: boolean
}

export interface TakenRows {
  readonly valid: readonly { readonly line: number; readonly row: UploadRow }[]
  readonly invalid: readonly {
    readonly line: number
    readonly errors: Extract<ReadRow, { ok: false }>['errors']
  }[]
  readonly count: number
  readonly next: Omit<RowCursor, 'hasFailures'>
  readonly done: boolean
}

export const firstRows: RowCursor = { chunk: 0, offset: 0, hasFailures: false }

/**
 * Takes rows from `cursor` on. A row with an identifier that this step already contains starts the next step, so that
 * rows about one user are applied in order, as separate requests would be.
 * @param costly whether a row needs a new password hash (about 26 ms of CPU)
 */
export async function takeRows(
  input: JobInput,
  cursor: RowCursor,
  costly: (row: UploadRow) => boolean,
  maxCostly = 40,
): Promise<TakenRows> {
  const rows = await input.read(cursor.chunk)
  const valid: { line: number; row: UploadRow }[] = []
  const invalid: { line: number; errors: Extract<ReadRow, { ok: false }>['errors'] }[] = []
  const seen = new Set<string>()
  let hashes = 0
  let at = cursor.offset
  for (; at < rows.length; at++) {
    const { line } = rows[at] as InputRow
    const read = readUploadRow(rows[at] as InputRow, input.format)
    if (!read.ok) {
      invalid.push({ line, errors: read.errors })
      continue
    }
    const names = identifiersOf(read.row)
    if (names.some((name) => seen.has(name))) break
    if (costly(read.row) && ++hashes > maxCostly) break
    for (const name of names) seen.add(name)
    valid.push({ line, row: read.row })
  }
  const isChunkDone = at === rows.length
  const next = isChunkDone ? { chunk: cursor.chunk + 1, offset: 0 } : { chunk: cursor.chunk, offset: at }
  return { valid, invalid, count: at - cursor.offset, next, done: isChunkDone && next.chunk === input.chunks }
}

/** The rows a step took, in input order. */
export const rowsOf = async (
  input: JobInput,
  cursor: RowCursor,
  count: number,
): Promise<readonly InputRow[]> =>
  (await input.read(cursor.chunk)).slice(cursor.offset, cursor.offset + count)

const identifiersOf = ({ id, email, username }: UploadRow): readonly string[] =>
  [id, email, username].flatMap((name) => (name === undefined ? [] : [identifierForm(name)]))
