/** What a pending sign-in consists of. Times are milliseconds since the Unix epoch. */

import type { Proof } from '../authentication/proof.ts'
import type { AccountFactors, SignInPolicy } from '../authentication/sign-in-state.ts'
import type { SealedGenerator } from '../one-time-passwords/generator.ts'

/** What a risk engine may want to know of a sign-in. It is kept as long as the row, and in the event of its session. */
export interface SignInSignals {
  /** The address, or the /64 of one of IPv6. */
  readonly network: string | undefined
  /** ISO 3166-1 alpha-2, as Cloudflare says. */
  readonly country: string | undefined
  /** In English, as Cloudflare says. */
  readonly city?: string | undefined
  /** Of the device cookie, if it was known. */
  readonly device_id: string | undefined
  /** Of the TCP or QUIC connection. */
  readonly round_trip_ms: number | undefined
}

/** A generator of one-time passwords whose codes this sign-in accepts. */
export type SealedSeed = SealedGenerator

/** What one step has led to; the reader of a page gets no more. */
export interface PendingView {
  readonly pending_id: string
  readonly user_id: string
  readonly started_at: number
  readonly expires_at: number
  readonly proofs: readonly Proof[]
  readonly policy: SignInPolicy
  readonly account: AccountFactors
  /** MACs of the account's identifiers, for the device cookie. */
  readonly identifier_macs: readonly string[]
  /** SHA-256 of the password hash that was verified: `change_password` replaces that one only. */
  readonly password_hash_digest: string | undefined
  readonly is_remembered: boolean
  readonly actions_done: readonly string[]
}

export interface PendingSignIn extends PendingView {
  readonly secret_hash: string
  /** Wrong attempts by step. */
  readonly failures: Readonly<Record<string, number>>
  readonly signals: SignInSignals
  readonly otp_seeds: readonly SealedSeed[]
  /** The session whose proofs it began with, if any: it ends with that session. */
  readonly from_session_id?: string | undefined
}

/** Names a pending sign-in and proves the right to continue it. */
export interface PendingProof {
  readonly pending_id: string
  readonly secret_hash: string
}
