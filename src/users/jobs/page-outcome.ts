/** What came of a page of people that a filter found. */
import type { SignOutReason } from '../../jobs/job-kind.ts'

export interface PageOutcome {
  readonly last: string | null
  readonly total: number | null
  readonly rows: readonly {
    readonly user_id: string
    readonly outcome: 'updated' | 'unchanged' | 'deleted' | 'failed'
    readonly code: 'more_privileged' | 'administrator' | 'yourself' | 'changed' | null
    readonly signs_out?: SignOutReason | null
  }[]
}
