/** The step of a sign-in that takes a code of a text message. The object of its number has counted and used it up before. */
import { smsCodeProof } from '../authentication/factor-proofs.ts'
import { type Advanced, advanceSignIn } from './advance-sign-in.ts'
import type { LostSignIn } from './continue-sign-in.ts'
import { countWrongCode } from './count-wrong-code.ts'
import { findKnownDevice } from './known-device.ts'
import { findPending, type PendingProof } from './pending-sign-in.ts'
import type { SignInAttempt } from './sign-in-attempt.ts'
import type { SubjectState } from './subject-state.ts'

const step = 'sms_code'

export interface ProveSmsCode extends SignInAttempt {
  readonly pending: PendingProof
  readonly is_right: boolean
}

export type ProvenSmsCode = Advanced | LostSignIn | { readonly status: 'refused' }

export function proveSmsCode(state: SubjectState, input: ProveSmsCode): ProvenSmsCode {
  const { now, is_right } = input
  const pending = findPending(state, input.pending, now)
  if (!pending) return { status: 'lost' }
  if (!is_right) return { status: countWrongCode(state, input, pending, step) }
  const proof = { ...smsCodeProof, step, at: now }
  return advanceSignIn(state, input, pending, { proof }, findKnownDevice(state, input))
}
