/** What came of the people of a page, for jobs over a filter. */

import type { JobWork, Settled } from '../../jobs/job-kind.ts'
import type { PageOutcome } from './page-outcome.ts'
import { type RowResult, resultLines } from './row-results.ts'

type Rows = PageOutcome['rows']

const details: Readonly<Record<NonNullable<Rows[number]['code']>, string>> = {
  more_privileged: 'the account has permissions that you do not have',
  administrator: 'administrators are disabled and deleted one at a time',
  yourself: 'this is your own account',
  changed: 'the account has gone, or does not match the filter any more',
}

/** Results and counts of a page. */
export function settlePage<Cursor>(cursor: Cursor, rows: Rows, done: boolean): Settled<Cursor> {
  const results: RowResult[] = rows.map(({ user_id, outcome, code }) => ({
    user_id,
    outcome,
    ...(code === null ? {} : { errors: [{ field: '', detail: details[code] }] }),
  }))
  const failed = rows.filter(({ outcome }) => outcome === 'failed').length
  return {
    ...{ cursor, done, processed: rows.length, succeeded: rows.length - failed, failed },
    append: { results: resultLines(results) },
  }
}

/** Ends the sessions of those whom the page disabled or deleted. */
export async function endSessionsOf(work: JobWork<unknown>, rows: Rows): Promise<void> {
  await Promise.all(
    rows.map(({ user_id, signs_out }) => (signs_out ? work.endSessions(user_id, signs_out) : undefined)),
  )
}
