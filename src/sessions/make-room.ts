/** The person ends the session used longest ago, so that the sign-in that waits for it may begin. */
import { type Advanced, advanceSignIn } from './advance-sign-in.ts'
import { findKnownDevice } from './known-device.ts'
import { findPending, type PendingProof } from './pending-sign-in.ts'
import type { SignInAttempt } from './record-login-types.ts'
import type { SubjectState } from './subject-state.ts'

export interface MakeRoom extends SignInAttempt {
  readonly pending: PendingProof
}

/** `lost`: the sign-in is gone or expired; it starts over. */
export function makeRoom(state: SubjectState, input: MakeRoom): Advanced | { readonly status: 'lost' } {
  const pending = findPending(state, input.pending, input.now)
  if (!pending?.is_full) return { status: 'lost' }
  return advanceSignIn(state, input, pending, { action: 'make_room' }, findKnownDevice(state, input))
}
