/** Input rows of an account write (write-accounts.store.ts) and the outcome of each. */
import { z } from 'zod'
import type { StoredGenerator } from '../one-time-passwords/seal-imported.ts'
import type { NewPasskey } from '../passkeys/passkey.ts'
import { refusalCodes } from './refusals.ts'

/** One account of a write; random values in it are generated beforehand. */
export interface AccountRow {
  /** Id of the existing or the new account. */
  readonly id: string
  readonly event_id: string
  /** Line of the upload: such a row is matched by identifiers, too. */
  readonly line?: number
  /** Columns as a merge patch (RFC 7396), see `withForms`; absent for a deletion. */
  readonly patch?: object
  /** Password hash, and whether the password must be changed at sign-in. */
  readonly hash?: string | undefined
  readonly must_change?: boolean | undefined
  /** Hash of an invitation's secret, and when it expires (milliseconds since the Unix epoch). */
  readonly link_hash?: string | undefined
  readonly link_expires_at?: number | undefined
  /** The address that the invitation is sent to, and nobody else sees it. */
  readonly link_sent_to?: string | undefined
  /** Generators of one-time passwords of another system. */
  readonly otp?: readonly StoredGenerator[] | undefined
  /** Made by its owner together with the account. */
  readonly passkey?: NewPasskey | undefined
  /** For a deletion: the event of the erasure, and its `erasureProof`. */
  readonly erasure_id?: string
  readonly proof?: string
}

/** Credentials of a row as they are stored. */
export type StoredCredentials = Pick<
  AccountRow,
  'hash' | 'must_change' | 'link_hash' | 'link_expires_at' | 'otp'
>

/** The outcome as Postgres returns it. */
export const accountOutcome = z.object({
  line: z.number().nullable(),
  user_id: z.string().nullable(),
  outcome: z.enum(['created', 'updated', 'unchanged', 'skipped', 'deleted', 'failed']),
  /** Why it failed. */
  code: z.enum(refusalCodes).nullable(),
  /** Before the write. */
  version: z.number().nullable(),
  /** Why the user's sessions must end. */
  signs_out: z.enum(['account_disabled', 'account_deleted', 'credentials_reset']).nullable(),
  /** Whether the user's second factors are others than before. */
  changes_factors: z.boolean().nullable(),
})

export type AccountOutcome = z.output<typeof accountOutcome>
