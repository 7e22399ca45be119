/** Accounts on their way into Postgres (write-accounts.store.ts), and what comes back for each. */
import type { RefusalCode } from './refusals.ts'

/** One account of a write; what is random in it was made before. */
export interface AccountRow {
  /** Of the account, or of the new one. */
  readonly id: string
  readonly event_id: string
  /** Line of an upload: such a row meets an account by its names, too. */
  readonly line?: number
  /** Columns as a merge patch (RFC 7396), see `withForms`; absent for a deletion. */
  readonly patch?: object
  /** Password hash, and whether the password must be changed at sign-in. */
  readonly hash?: string | undefined
  readonly must_change?: boolean | undefined
  /** Hash of an invitation's secret, and until when it is good (milliseconds since the Unix epoch). */
  readonly link_hash?: string | undefined
  readonly link_expires_at?: number | undefined
  /** For a deletion: the event of the erasure, and its `erasureProof`. */
  readonly erasure_id?: string
  readonly proof?: string
}

export const accountOutcomes = ['created', 'updated', 'unchanged', 'skipped', 'deleted', 'failed'] as const

export interface AccountOutcome {
  readonly line: number | null
  readonly user_id: string | null
  readonly outcome: (typeof accountOutcomes)[number]
  /** Why it failed. */
  readonly code: RefusalCode | null
  /** Before the write. */
  readonly version: number | null
  /** Why the person's sessions must end. */
  readonly signs_out: 'account_disabled' | 'account_deleted' | 'credentials_reset' | null
}
