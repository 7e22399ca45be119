/**
 * The step of a sign-in that takes a recovery code. Postgres has used it up before, once however often it was sent;
 * here the result is recorded.
 */
import { createEvent } from '../audit/create-event.ts'
import { recoveryCodeProof } from '../authentication/factor-proofs.ts'
import { type Advanced, advanceSignIn } from './advance-sign-in.ts'
import type { LostSignIn } from './continue-sign-in.ts'
import { countWrongCode } from './count-wrong-code.ts'
import { findKnownDevice } from './known-device.ts'
import { findPending, type PendingProof } from './pending-sign-in.ts'
import type { SignInAttempt } from './sign-in-attempt.ts'
import type { SubjectState } from './subject-state.ts'

const step = 'recovery_code'

export interface TakeRecoveryCode extends SignInAttempt {
  readonly pending: PendingProof
  /** How many are left after this one; undefined when it was none, or was used before. */
  readonly unused: number | undefined
}

export type TakenRecoveryCode = Advanced | LostSignIn | { readonly status: 'refused' }

export function takeRecoveryCode(state: SubjectState, input: TakeRecoveryCode): TakenRecoveryCode {
  const { now, origin, user_id, unused } = input
  const pending = findPending(state, input.pending, now)
  if (!pending) return { status: 'lost' }
  if (unused === undefined) return { status: countWrongCode(state, input, pending, step) }
  state.record(
    createEvent('recovery_code.used', now, origin, {
      ...{ outcome: 'success', actor_type: 'user', actor_id: user_id, user_id, data: { unused } },
    }),
  )
  const account = { ...pending.account, recovery_codes: unused }
  const proof = { ...recoveryCodeProof, step, at: now }
  return advanceSignIn(state, input, { ...pending, account }, { proof }, findKnownDevice(state, input))
}
