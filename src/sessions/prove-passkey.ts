/** A passkey within a sign-in that has begun: as its second factor, or to reach a stronger class. */
import { type Advanced, advanceSignIn, countStepFailure } from './advance-sign-in.ts'
import type { LostSignIn } from './continue-sign-in.ts'
import type { VerifyNeeds } from './define-rule.ts'
import { findKnownDevice } from './known-device.ts'
import {
  type AttemptedPasskey,
  attemptPasskey,
  type PasskeyAttempt,
  preparePasskey,
} from './passkey-attempt.ts'
import { findPending, type OwnerOfPending, type PendingProof } from './pending-sign-in.ts'
import type { SignInAttempt } from './sign-in-attempt.ts'
import type { SubjectState } from './subject-state.ts'

export interface ProvePasskey extends SignInAttempt, PasskeyAttempt {
  readonly pending: PendingProof
}

export type ProvenPasskey =
  | (Advanced & OwnerOfPending)
  | Extract<AttemptedPasskey, { readonly status: 'refused' }>
  /** Also after the last wrong attempt: start over. */
  | LostSignIn

export async function provePasskey(
  state: SubjectState,
  needs: Pick<VerifyNeeds, 'exchangeAccount'>,
  input: ProvePasskey,
): Promise<(state: SubjectState) => ProvenPasskey> {
  // Nothing is computed for who has no such sign-in.
  if (!findPending(state, input.pending, input.now)) return () => ({ status: 'lost' })
  const prepared = await preparePasskey(state, needs, input)
  return (now) => {
    const pending = findPending(now, input.pending, input.now)
    if (!pending) return { status: 'lost' }
    const attempted = attemptPasskey(now, input, prepared, 'second_factor')
    if (attempted.status === 'refused') {
      return countStepFailure(now, pending, 'passkey') ? attempted : { status: 'lost' }
    }
    const { copy, proof } = attempted
    const advanced = advanceSignIn(now, input, pending, { proof }, findKnownDevice(now, input))
    return { ...advanced, account: pending.account, identifier_macs: copy.identifier_macs }
  }
}
