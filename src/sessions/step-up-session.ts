/**
 * Begins a sign-in with what a live session has proven: only what is missing is asked. The session itself stays as it is
 * until then.
 */
import { unmetDemand } from '../authentication/unmet-demand.ts'
import { beginPending, type NewPending } from './advance-sign-in.ts'
import { decideSession } from './decide-session.ts'
import { findKnownDevice } from './known-device.ts'
import { type PendingView, stateOf, viewOf } from './pending-sign-in.ts'
import type { SignInAttempt } from './sign-in-attempt.ts'
import type { SubjectState } from './subject-state.ts'

export interface StepUpSession
  extends Pick<SignInAttempt, 'now' | 'user_id' | 'device' | 'remembered' | 'origin'> {
  readonly session_id: string
  readonly secret_hash: string
  readonly pending: NewPending
}

export type SteppedUp =
  | { readonly status: 'pending'; readonly pending: PendingView }
  /** Nothing more is demanded that this account can reach; nothing is stored. */
  | { readonly status: 'enough' }
  /** The session has ended. */
  | { readonly status: 'none' }

export function stepUpSession(state: SubjectState, input: StepUpSession): SteppedUp {
  const session = state.sessions.find(input.session_id)
  if (!session || decideSession(session, input.secret_hash, input.now) === 'none') return { status: 'none' }
  const begun = beginPending(state, input, input.pending, findKnownDevice(state, input))
  const pending = { ...begun, proofs: session.proofs }
  if (!unmetDemand(stateOf(pending), pending.policy)) return { status: 'enough' }
  state.pendingSignIns.put(pending)
  return { status: 'pending', pending: viewOf(pending) }
}
