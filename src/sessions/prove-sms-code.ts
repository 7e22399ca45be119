/** The step of a sign-in that takes a code of a text message. The object of its number has counted and used it up before. */
import { createEvent } from '../audit/create-event.ts'
import { smsCodeProof } from '../authentication/factor-proofs.ts'
import { type Advanced, advanceSignIn, countStepFailure } from './advance-sign-in.ts'
import type { LostSignIn } from './continue-sign-in.ts'
import { findKnownDevice } from './known-device.ts'
import { findPending, maxStepFailures, type PendingProof } from './pending-sign-in.ts'
import type { SignInAttempt } from './sign-in-attempt.ts'
import type { SubjectState } from './subject-state.ts'

const step = 'sms_code'

export interface ProveSmsCode extends SignInAttempt {
  readonly pending: PendingProof
  readonly is_right: boolean
}

export type ProvenSmsCode = Advanced | LostSignIn | { readonly status: 'refused' }

export function proveSmsCode(state: SubjectState, input: ProveSmsCode): ProvenSmsCode {
  const { now, origin, user_id, is_right } = input
  const pending = findPending(state, input.pending, now)
  if (!pending) return { status: 'lost' }
  if (is_right) {
    const proof = { ...smsCodeProof, step, at: now }
    return advanceSignIn(state, input, pending, { proof }, findKnownDevice(state, input))
  }
  const goesOn = countStepFailure(state, pending, step, maxStepFailures)
  state.record(
    createEvent('login.failed', now, origin, {
      ...{ outcome: 'failure', actor_type: 'anonymous', user_id },
      data: { method: step, failures: (pending.failures[step] ?? 0) + 1 },
    }),
  )
  return { status: goesOn ? 'refused' : 'lost' }
}
