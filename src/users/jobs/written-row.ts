/** Rows of accounts on their way into Postgres, and what comes back for each. */
import type { SignOutReason } from '../../jobs/job-kind.ts'
import type { StoredForms } from '../normal-form.ts'

/** A row as it is sent; its random parts were made before and kept. */
export interface WrittenRow extends StoredForms {
  readonly line: number
  readonly id: string
  readonly event_id: string
  readonly username?: string | undefined
  readonly email?: string | undefined
  readonly email_verified?: boolean | undefined
  readonly phone_number?: string | undefined
  readonly phone_number_verified?: boolean | undefined
  readonly profile?: object | undefined
  readonly status?: string | undefined
  /** Password hash. */
  readonly hash?: string | undefined
  readonly must_change?: boolean | undefined
  /** Hash of an invitation's secret, and until when it is good (milliseconds since the Unix epoch). */
  readonly link_hash?: string | undefined
  readonly link_expires_at?: number | undefined
}

export interface WrittenOutcome {
  readonly line: number
  readonly outcome: 'created' | 'updated' | 'unchanged' | 'skipped' | 'failed'
  readonly code:
    | 'exists'
    | 'username_taken'
    | 'email_taken'
    | 'ambiguous'
    | 'more_privileged'
    | 'yourself'
    | 'administrator'
    | 'erased'
    | null
  readonly user_id: string | null
  /** Why the person's sessions must end. */
  readonly signs_out?: SignOutReason | null
}
