/**
 * A sign-in whose first factor is a code that was sent. The object of its destination has counted and used it up; here the
 * session begins.
 */
import { emailCodeProof } from '../authentication/factor-proofs.ts'
import { type Advanced, advanceSignIn, beginPending, type NewPending } from './advance-sign-in.ts'
import { findKnownDevice } from './known-device.ts'
import { withoutLostFactors } from './recovery-wait.ts'
import type { SignInAttempt } from './sign-in-attempt.ts'
import type { SubjectState } from './subject-state.ts'

export interface SignInWithCode extends SignInAttempt {
  readonly read_at: number
  readonly pending: NewPending
  /** Of a waiting period that is over, says Postgres. */
  readonly recovery_hash?: string | undefined
}

/** `over`: the account is not what it was when it was read. */
export type SignedInWithCode = Advanced | { readonly status: 'over' }

export function signInWithCode(state: SubjectState, input: SignInWithCode): SignedInWithCode {
  if (input.read_at < state.allEnded.at) return { status: 'over' }
  const device = findKnownDevice(state, input)
  const begun = beginPending(state, input, input.pending, device)
  const { now, recovery_hash } = input
  const pending = withoutLostFactors(state, begun, { now, recovery_hash })
  const proof = { ...emailCodeProof, step: 'email_code', at: input.now }
  return advanceSignIn(state, input, pending, { proof }, device)
}
