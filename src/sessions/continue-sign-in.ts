/** Goes on with a sign-in in which everything is proven: the person decided that another session ends for it. */
import { type Advanced, advanceSignIn } from './advance-sign-in.ts'
import { findKnownDevice } from './known-device.ts'
import { findPending, type PendingProof } from './pending-sign-in.ts'
import type { SignInAttempt } from './sign-in-attempt.ts'
import type { SubjectState } from './subject-state.ts'

export interface ContinueSignIn extends SignInAttempt {
  readonly pending: PendingProof
}

/** There is no such sign-in any more. */
export interface LostSignIn {
  readonly status: 'lost'
}

export function continueSignIn(state: SubjectState, input: ContinueSignIn): Advanced | LostSignIn {
  const pending = findPending(state, input.pending, input.now)
  if (!pending) return { status: 'lost' }
  return advanceSignIn(state, input, pending, {}, findKnownDevice(state, input))
}
