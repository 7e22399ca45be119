/** What the two kinds that take uploaded accounts have in common: which rows a step takes, and what came of them. */

import type { JobInput, JobWork, Settled } from '../../jobs/job-kind.ts'
import { failureHeader, failureLines, type RowOutcome, type RowResult, resultLines } from './row-results.ts'
import { firstRows, type RowCursor, rowsOf, type TakenRows, takeRows } from './take-rows.ts'
import type { RowError, UserRow } from './user-row.ts'
import type { WrittenOutcome, WrittenRow } from './written-row.ts'

/** What a step keeps before it is sent. */
export interface RowStep {
  readonly from: RowCursor
  readonly count: number
  readonly next: TakenRows['next']
  readonly done: boolean
  readonly invalid: readonly { readonly line: number; readonly errors: readonly RowError[] }[]
  readonly rows: readonly WrittenRow[]
  /** Generated secrets by line, as they will stand in the file; sealed. */
  readonly secrets?: string | undefined
}

/** Makes one row ready to send, or says what is wrong with it. */
export type PrepareRow = (line: number, row: UserRow) => Promise<WrittenRow | readonly RowError[]>

export const inputOf = (work: JobWork<unknown>): JobInput => {
  if (!work.input) throw new Error('this kind of job takes an upload')
  return work.input
}

/** Takes and prepares the rows of the next step. */
export async function planRows(
  work: JobWork<unknown>,
  cursor: RowCursor | undefined,
  costly: (row: UserRow) => boolean,
  prepare: PrepareRow,
): Promise<RowStep> {
  const from = cursor ?? firstRows
  const taken = takeRows(inputOf(work), from, costly)
  const invalid = [...taken.invalid]
  const rows: WrittenRow[] = []
  for (const { line, row } of taken.valid) {
    const prepared = await prepare(line, row)
    if ('line' in prepared) rows.push(prepared)
    else invalid.push({ line, errors: prepared })
  }
  const { count, next, done } = taken
  return { from, count, next, done, invalid, rows }
}

const details: Readonly<Record<NonNullable<WrittenOutcome['code']>, string>> = {
  exists: 'an account with this id, username or email exists',
  username_taken: 'the username is the e-mail address of another account',
  email_taken: 'the e-mail address is the username of another account',
  ambiguous: 'username and email belong to different accounts',
  more_privileged: 'the account has permissions that you do not have',
  yourself: 'this is your own account',
  administrator: 'administrators are disabled one at a time',
  erased: 'the account of this id was erased',
}

/** What to keep of a step: results in the order of the upload, failures as they came, counts. */
export function settleRows(
  work: JobWork<unknown>,
  step: RowStep,
  outcomes: readonly WrittenOutcome[],
  credentials = '',
): Settled<RowCursor> {
  const input = inputOf(work)
  const results: RowResult[] = [
    ...step.invalid.map(({ line, errors }) => ({ line, outcome: 'failed' as RowOutcome, errors })),
    ...outcomes.map(({ line, outcome, user_id, code }) => ({
      line,
      outcome: outcome as RowOutcome,
      ...(user_id === null ? {} : { user_id }),
      ...(code === null ? {} : { errors: [{ field: '', detail: details[code] }] }),
    })),
  ].sort((left, right) => left.line - right.line)
  const failures = failureLines(input, rowsOf(input, step.from, step.count), results)
  const isFirst = failures !== '' && !step.from.hasFailures
  const failed = results.filter(({ outcome }) => outcome === 'failed').length
  return {
    cursor: { ...step.next, hasFailures: step.from.hasFailures || failures !== '' },
    done: step.done,
    processed: results.length,
    succeeded: results.length - failed,
    failed,
    append: {
      results: resultLines(results),
      failures: (isFirst ? failureHeader(input) : '') + failures,
      credentials,
    },
  }
}

/** People whose sessions must end because of what the step did to them. */
export async function endTheirSessions(
  work: JobWork<unknown>,
  outcomes: readonly WrittenOutcome[],
): Promise<void> {
  await Promise.all(
    outcomes.map(({ signs_out, user_id }) =>
      signs_out && user_id ? work.endSessions(user_id, signs_out) : undefined,
    ),
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
