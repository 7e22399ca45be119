/** The port to accounts that people make for themselves. */
import type { Origin } from '../audit/event.ts'
import type { NewPasskey } from '../passkeys/passkey.ts'

/** With a password, or with a passkey. */
export interface NewAccount {
  readonly user_id: string
  /** Proven. */
  readonly email: string
  readonly username: string | undefined
  /** Claims. */
  readonly profile: Readonly<Record<string, string>>
  readonly password_hash: string | undefined
  readonly passkey: NewPasskey | undefined
  /** The terms that its owner accepted. */
  readonly terms_version: string | undefined
  /** The application that they came from. */
  readonly client_id: string | undefined
  /** Milliseconds since the Unix epoch. */
  readonly now: number
  readonly origin: Origin
}

/**
 * Makes the account with its credential and event in one statement.
 * @returns `taken`: another account has the address or the username, maybe made a moment ago
 */
export type RegisterAccount = (account: NewAccount) => Promise<'registered' | 'taken'>
