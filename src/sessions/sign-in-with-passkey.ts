/** A sign-in whose first factor is a passkey: one call, and no database while the object has its copy. */
import { type Advanced, advanceSignIn, beginPending, type NewPending } from './advance-sign-in.ts'
import type { VerifyNeeds } from './define-rule.ts'
import { findKnownDevice } from './known-device.ts'
import {
  type AttemptedPasskey,
  attemptPasskey,
  type PasskeyAttempt,
  preparePasskey,
} from './passkey-attempt.ts'
import type { SignInAttempt } from './sign-in-attempt.ts'
import type { SubjectState } from './subject-state.ts'

export interface SignInWithPasskey extends SignInAttempt, PasskeyAttempt {
  /** What the sign-in begins with; what the account has is in the object's copy. */
  readonly pending: Omit<NewPending, 'account' | 'identifier_macs' | 'otp_seeds' | 'password_hash_digest'>
}

export type SignedInWithPasskey =
  | (Advanced & {
      /** MACs of the account's identifiers, for the device cookie. */
      readonly identifier_macs: readonly string[]
    })
  | Extract<AttemptedPasskey, { readonly status: 'refused' }>

export async function signInWithPasskey(
  state: SubjectState,
  needs: Pick<VerifyNeeds, 'exchangeAccount'>,
  input: SignInWithPasskey,
): Promise<(state: SubjectState) => SignedInWithPasskey> {
  const prepared = await preparePasskey(state, needs, input)
  return (now) => {
    const attempted = attemptPasskey(now, input, prepared, 'first_factor')
    return attempted.status === 'refused' ? attempted : begin(now, input, attempted)
  }
}

function begin(
  state: SubjectState,
  input: SignInWithPasskey,
  { copy, proof }: Extract<AttemptedPasskey, { readonly status: 'proven' }>,
): SignedInWithPasskey {
  const device = findKnownDevice(state, input)
  // Whoever has proven a passkey has nothing to add with a one-time password: no class of sign-ins asks for one then.
  const unused = { otp_seeds: [], password_hash_digest: undefined }
  const { factors, identifier_macs } = copy
  const pending = { ...input.pending, ...unused, account: factors, identifier_macs }
  const begun = beginPending(state, input, pending, device)
  const advanced = advanceSignIn(state, input, begun, { proof }, device)
  return { ...advanced, identifier_macs }
}
