/**
 * A sign-in whose first factor is proven and that is not complete: a row in the person's object. Only who holds its
 * secret continues it. Times are milliseconds since the Unix epoch.
 */
import type { SignInState } from '../authentication/sign-in-state.ts'
import { constantTimeEqual } from '../kit/hash.ts'
import type { PendingProof, PendingSignIn, PendingView } from './pending-types.ts'
import type { SubjectState } from './subject-state.ts'

export type { PendingProof, PendingSignIn, PendingView, SealedSeed, SignInSignals } from './pending-types.ts'

export const pendingLifetimeSeconds = 600
/** Wrong attempts at one step; then the sign-in starts over. */
export const maxStepFailures = 5
/** At a time; the oldest is dropped. */
export const maxPendingSignIns = 20

/**
 * The pending sign-in that `proof` names; undefined for anything else, expired ones included.
 * Attack: a thief begins one with what a session has proven, and goes on when its owner has ended that session.
 */
export function findPending(
  state: SubjectState,
  { pending_id, secret_hash }: PendingProof,
  now: number,
): PendingSignIn | undefined {
  const pending = state.pendingSignIns.find(pending_id)
  if (!pending || now >= pending.expires_at) return undefined
  if (pending.from_session_id !== undefined && !state.sessions.find(pending.from_session_id)) return undefined
  return constantTimeEqual(pending.secret_hash, secret_hash) ? pending : undefined
}

/** Whose sign-in it was, for who did not read it before. */
export type OwnerOfPending = Pick<PendingView, 'account' | 'identifier_macs'>

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
