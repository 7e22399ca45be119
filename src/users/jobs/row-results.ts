/** The result of each account: a line of the results file and, for failed rows, the row itself for resubmission. */
import type { InputRow } from '../../jobs/formats/input-row.ts'
import { cellOf, csvLine } from '../../jobs/formats/row-writers.ts'
import type { JobInput, JobWork, StepResult } from '../../jobs/job-kind.ts'
import { sealUpload } from '../../jobs/sealed-upload.ts'
import { jsonLine } from '../../kit/json-line.ts'
import { refusalOf } from '../refusals.ts'
import type { AccountOutcome } from '../written-row.ts'
import { inputOf, type RowStep } from './plan-rows.ts'
import { type RowCursor, rowsOf } from './take-rows.ts'
import type { RowError } from './upload-row.ts'

interface RowResult {
  /** Line of the upload; absent for jobs over a filter. */
  readonly line?: number
  readonly user_id?: string
  readonly outcome: AccountOutcome['outcome']
  readonly errors?: readonly RowError[]
}

const toResult = ({ line, user_id, outcome, code }: AccountOutcome): RowResult => ({
  ...(line === null ? {} : { line }),
  outcome,
  ...(user_id === null ? {} : { user_id }),
  ...(code === null ? {} : { errors: [{ field: '', detail: refusalOf(code).row ?? code }] }),
})

/** What to keep of a page selected by a filter. */
export const recordPage = <Cursor>(
  cursor: Cursor,
  outcomes: readonly AccountOutcome[],
  done: boolean,
): StepResult<Cursor> => {
  const results = outcomes.map(toResult)
  return { cursor, done, ...countsOf(results), append: { results: resultLines(results) } }
}

/** What to keep of a step of an upload: results and failures in input order. */
export async function recordRows(
  work: JobWork<unknown>,
  step: RowStep,
  outcomes: readonly AccountOutcome[],
  credentials = '',
): Promise<StepResult<RowCursor>> {
  const input = inputOf(work)
  const results: RowResult[] = [
    ...step.invalid.map(({ line, errors }) => ({ line, outcome: 'failed' as const, errors })),
    ...outcomes.map(toResult),
  ].sort((left, right) => (left.line ?? 0) - (right.line ?? 0))
  const failures = failureLines(input, await rowsOf(input, step.from, step.count), results)
  const sealed = async (text: string) => `${await sealUpload(work.root, work.order.job_id, text)}\n`
  const isFirst = failures !== '' && !step.from.hasFailures
  return {
    cursor: { ...step.next, hasFailures: step.from.hasFailures || failures !== '' },
    done: step.done,
    ...countsOf(results),
    append: {
      results: resultLines(results),
      failures: failures && (await sealed((isFirst ? failureHeader(input) : '') + failures)),
      credentials,
    },
  }
}

/** Ends the sessions of users who were disabled, deleted or given a new password; tells of other second factors. */
export async function endSessions(
  work: JobWork<unknown>,
  outcomes: readonly AccountOutcome[],
): Promise<void> {
  await Promise.all(
    outcomes.map(async ({ signs_out, changes_factors, user_id }) => {
      if (signs_out && user_id) await work.endSessions(user_id, signs_out)
      if (changes_factors && user_id) await work.factorsChanged(user_id)
    }),
  )
}

/** Media types of the files of an upload: failures come back in the format of the upload. */
export const rowFiles = (format: 'csv' | 'ndjson') =>
  ({
    ...(format === 'csv'
      ? { failures: { content_type: 'text/csv; charset=utf-8; header=present', extension: 'csv' } }
      : {}),
    credentials: { content_type: 'application/x-ndjson', extension: 'ndjson' },
  }) as const

function countsOf(results: readonly RowResult[]) {
  const failed = results.filter(({ outcome }) => outcome === 'failed').length
  return { processed: results.length, succeeded: results.length - failed, failed }
}

const resultLines = (results: readonly RowResult[]): string =>
  results.map((result) => `${jsonLine(result)}\n`).join('')

/** The failed rows in their original format, with `_line` and `_errors`, which the readers skip. */
function failureLines(input: JobInput, rows: readonly InputRow[], results: readonly RowResult[]): string {
  const failed = new Map(
    results.flatMap(({ line, outcome, errors = [] }) =>
      line !== undefined && outcome === 'failed' ? [[line, errors] as const] : [],
    ),
  )
  if (failed.size === 0) return ''
  const columns = input.columns.filter((name) => !name.startsWith('_'))
  return rows
    .filter(({ line }) => failed.has(line))
    .map(({ line, values }) => {
      const errors = (failed.get(line) ?? []).map(({ field, detail }) => `${field} ${detail}`.trim())
      if (input.format === 'ndjson') return `${jsonLine({ ...values, _line: line, _errors: errors })}\n`
      return csvLine([...columns.map((name) => cellOf(values[name])), String(line), errors.join('; ')])
    })
    .join('')
}

/** The header of a CSV of failures. */
const failureHeader = (input: JobInput): string =>
  input.format === 'csv'
    ? csvLine([...input.columns.filter((name) => !name.startsWith('_')), '_line', '_errors'])
    : ''
