/**
 * What a step of an upload does: which rows it takes and what is written for each. Next come `writeAccounts` and
 * row-results.ts.
 */
import type { JobInput, JobWork } from '../../jobs/job-kind.ts'
import { uuidv7 } from '../../kit/ids.ts'
import { withForms } from '../account-normal-forms.ts'
import type { AccountRow, StoredCredentials } from '../written-row.ts'
import { firstRows, type RowCursor, type TakenRows, takeRows } from './take-rows.ts'
import type { RowError, UploadRow } from './upload-row.ts'

/** What a step stores before it is sent. */
export interface RowStep {
  readonly from: RowCursor
  readonly count: number
  readonly next: TakenRows['next']
  readonly done: boolean
  readonly invalid: readonly { readonly line: number; readonly errors: readonly RowError[] }[]
  readonly rows: readonly AccountRow[]
  /** Generated secrets by line, as they will appear in the credentials file; sealed. */
  readonly secrets?: string | undefined
}

/** Reads or creates the credentials of a row, or reports what is wrong with them. */
export type PrepareCredentials = (
  row: UploadRow,
  account: { readonly id: string; readonly line: number },
) => Promise<StoredCredentials | readonly RowError[]>

export const inputOf = (work: JobWork<unknown>): JobInput => {
  if (!work.input) throw new Error('this kind of job takes an upload')
  return work.input
}

/**
 * Takes and prepares the rows of the next step.
 * @param isCostly whether a row needs a new password hash
 */
export async function planRows(
  work: JobWork<unknown>,
  from: RowCursor = firstRows,
  prepare: PrepareCredentials,
  isCostly: (row: UploadRow) => boolean = () => false,
): Promise<RowStep> {
  const { valid, invalid, count, next, done } = await takeRows(inputOf(work), from, isCostly)
  const refused = [...invalid]
  const rows: AccountRow[] = []
  for (const { line, row } of valid) {
    const { id = uuidv7(work.now()), password, password_hash, password_must_change, otp, ...columns } = row
    const credentials = await prepare(row, { id, line })
    if (isRefused(credentials)) refused.push({ line, errors: credentials })
    else rows.push({ line, id, event_id: uuidv7(work.now()), patch: withForms(columns), ...credentials })
  }
  return { from, count, next, done, invalid: refused, rows }
}

const isRefused = (prepared: StoredCredentials | readonly RowError[]): prepared is readonly RowError[] =>
  Array.isArray(prepared)
