/**
 * Begins a sign-in with what a live session has proven: only what is missing is asked. The session itself stays as it is
 * until then.
 */
import { isFresh } from '../authentication/fresh-sign-in.ts'
import { unmetDemand } from '../authentication/unmet-demand.ts'
import { beginPending, type NewPending } from './advance-sign-in.ts'
import { decideSession } from './decide-session.ts'
import { findKnownDevice } from './known-device.ts'
import { type PendingSignIn, type PendingView, stateOf, viewOf } from './pending-sign-in.ts'
import { leadsToSetUp } from './set-up-factor.ts'
import type { SignInAttempt } from './sign-in-attempt.ts'
import type { SubjectState } from './subject-state.ts'

export interface StepUpSession
  extends Pick<SignInAttempt, 'now' | 'user_id' | 'device' | 'remembered' | 'origin'> {
  readonly session_id: string
  readonly secret_hash: string
  readonly pending: NewPending
  /** How old a sign-in may be for a change of factors, as on the account page. */
  readonly factor_change_max_age_seconds: number
}

export type SteppedUp =
  | { readonly status: 'pending'; readonly pending: PendingView }
  /** Nothing more is demanded that this account can reach; nothing is stored. */
  | { readonly status: 'enough' }
  /** The session has ended, or is too old for what would come next: all is asked anew. */
  | { readonly status: 'none' }

export function stepUpSession(state: SubjectState, input: StepUpSession): SteppedUp {
  const session = state.sessions.find(input.session_id)
  if (!session || decideSession(session, input.secret_hash, input.now) === 'none') return { status: 'none' }
  const begun = beginPending(state, input, input.pending, findKnownDevice(state, input))
  const pending: PendingSignIn = {
    ...begun,
    from_session_id: session.session_id,
    proofs: session.proofs,
    // Nobody has typed the password now: it is changed where somebody does.
    actions_done: ['change_password'],
  }
  const sessionState = stateOf(pending)
  if (!unmetDemand(sessionState, pending.policy)) return { status: 'enough' }
  // Attack: a thief of an open session sets up a factor of their own.
  const { now, factor_change_max_age_seconds: maxAgeSeconds } = input
  if (!isFresh(session, { now, maxAgeSeconds }) && leadsToSetUp(sessionState, pending.policy)) {
    return { status: 'none' }
  }
  state.pendingSignIns.put(pending)
  return { status: 'pending', pending: viewOf(pending) }
}
