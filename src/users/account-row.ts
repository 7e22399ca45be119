/** Accounts on their way into Postgres (write-accounts.store.ts), and what comes back for each. */
import { z } from 'zod'
import { refusalCodes } from './refusals.ts'

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

/** As Postgres answers it. */
export const accountOutcome = z.object({
  line: z.number().nullable(),
  user_id: z.string().nullable(),
  outcome: z.enum(['created', 'updated', 'unchanged', 'skipped', 'deleted', 'failed']),
  /** Why it failed. */
  code: z.enum(refusalCodes).nullable(),
  /** Before the write. */
  version: z.number().nullable(),
  /** Why the person's sessions must end. */
  signs_out: z.enum(['account_disabled', 'account_deleted', 'credentials_reset']).nullable(),
})

export type AccountOutcome = z.output<typeof accountOutcome>
