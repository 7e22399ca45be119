/**
 * A sign-in whose first factor is proven and that is not complete: a row in the person's object. Only who holds its
 * secret continues it. Times are milliseconds since the Unix epoch.
 */
import type { Proof } from '../authentication/proof.ts'
import type { AccountFactors, SignInPolicy, SignInState } from '../authentication/sign-in-state.ts'
import { constantTimeEqual } from '../kit/hash.ts'
import type { SealedGenerator } from '../one-time-passwords/generator.ts'
import type { SubjectState } from './subject-state.ts'

/** What a risk engine may want to know of a sign-in. It is kept as long as the row, and in the event of its session. */
export interface SignInSignals {
  /** The address, or the /64 of one of IPv6. */
  readonly network: string | undefined
  /** ISO 3166-1 alpha-2, as Cloudflare says. */
  readonly country: string | undefined
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
}

export const pendingLifetimeSeconds = 600
/** Wrong attempts at one step; then the sign-in starts over. */
export const maxStepFailures = 5
/** At a time; the oldest is dropped. */
export const maxPendingSignIns = 20

/** Names a pending sign-in and proves the right to continue it. */
export interface PendingProof {
  readonly pending_id: string
  readonly secret_hash: string
}

/** The pending sign-in that `proof` names; undefined for anything else, expired ones included. */
export function findPending(
  state: SubjectState,
  { pending_id, secret_hash }: PendingProof,
  now: number,
): PendingSignIn | undefined {
  const pending = state.pendingSignIns.find(pending_id)
  if (!pending || now >= pending.expires_at) return undefined
  return constantTimeEqual(pending.secret_hash, secret_hash) ? pending : undefined
}

/** For the page of the next step. */
export function readPending(
  state: SubjectState,
  { now, ...proof }: PendingProof & { readonly now: number },
): PendingView | undefined {
  const pending = findPending(state, proof, now)
  return pending && viewOf(pending)
}

export const viewOf = (pending: PendingSignIn): PendingView => ({
  pending_id: pending.pending_id,
  user_id: pending.user_id,
  started_at: pending.started_at,
  expires_at: pending.expires_at,
  proofs: pending.proofs,
  policy: pending.policy,
  account: pending.account,
  identifier_macs: pending.identifier_macs,
  password_hash_digest: pending.password_hash_digest,
  is_remembered: pending.is_remembered,
  actions_done: pending.actions_done,
})

/** The state that the decision about the next step is made from. */
export const stateOf = (pending: PendingView): SignInState => ({
  identifier: undefined,
  proofs: pending.proofs,
  account: pending.account,
  browser: { used_passkey: false, is_remembered: pending.is_remembered },
  actions_done: pending.actions_done,
  risk: undefined,
})
