/** The first sign-in of an account that was made just now: by the password or passkey that it was made with. */
import type { Proof } from '../authentication/proof.ts'
import { type Advanced, advanceSignIn, beginPending, type NewPending } from './advance-sign-in.ts'
import type { SignInAttempt } from './sign-in-attempt.ts'
import type { SubjectState } from './subject-state.ts'

export interface SignInRegistered extends SignInAttempt {
  readonly pending: NewPending
  readonly proof: Proof
}

export function signInRegistered(state: SubjectState, input: SignInRegistered): Advanced {
  const pending = beginPending(state, input, input.pending, undefined)
  return advanceSignIn(state, input, pending, { proof: input.proof }, undefined)
}
