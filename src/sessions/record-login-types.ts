/** A sign-in with a password, and its result. */
import type { Advanced, NewPending } from './advance-sign-in.ts'
import type { SignInAttempt } from './sign-in-attempt.ts'

export interface RecordLogin extends SignInAttempt {
  /** What the sign-in begins with if the password is correct. */
  readonly pending: NewPending
  /**
   * Hash of the typed identifier: attempts are counted per identifier, so that two identifiers of one account stay
   * unlinkable.
   */
  readonly identifier_hash: string
  readonly password_ok: boolean
}

export type RecordedLogin =
  | Advanced
  | { readonly status: 'refused' }
  /** Too many failures, and not a known device: refused whatever the password was. */
  | { readonly status: 'locked'; readonly retry_after_seconds: number }
