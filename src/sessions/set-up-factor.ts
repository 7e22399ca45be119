/**
 * The step of a sign-in that sets up a generator of one-time passwords, because more is demanded than the account can
 * prove. Postgres has it already; a code of it was entered, so it counts as proven.
 */
import { acrMultiFactor, reachedClasses } from '../authentication/acr.ts'
import { otpProof } from '../authentication/factor-proofs.ts'
import type { SignInPolicy, SignInState } from '../authentication/sign-in-state.ts'
import { unmetDemand } from '../authentication/unmet-demand.ts'
import { type Advanced, advanceSignIn } from './advance-sign-in.ts'
import type { LostSignIn } from './continue-sign-in.ts'
import { factorsChanged } from './factors-changed.ts'
import { findKnownDevice } from './known-device.ts'
import { findPending, type PendingProof, type PendingView } from './pending-sign-in.ts'
import type { SignInAttempt } from './sign-in-attempt.ts'
import type { StoredOtpUse, SubjectState } from './subject-state.ts'

export interface SetUpFactor extends SignInAttempt {
  readonly pending: PendingProof
  /** The code that confirmed the generator. */
  readonly used: Pick<StoredOtpUse, 'otp_id' | 'step'>
}

/**
 * Whether a factor may be set up in this sign-in.
 * Attack: who knows the password alone adds a factor of their own, instead of proving the owner's.
 */
export const maySetUpFactor = ({ account, proofs }: Pick<PendingView, 'account' | 'proofs'>): boolean =>
  proofs.length > 0 &&
  account.otp + account.passkeys === 0 &&
  !reachedClasses(proofs).includes(acrMultiFactor)

/** Where an authenticator app helps: it reaches what is demanded, and the account has nothing to prove instead. */
export function setUpHelps(state: SignInState, policy: SignInPolicy): boolean {
  const { account, proofs } = state
  if (!account || !maySetUpFactor({ account, proofs })) return false
  const unmet = unmetDemand(state, policy)
  if (unmet?.kind === 'action') return unmet.step === 'set_up_factor'
  const reachable = reachedClasses([...proofs, otpProof])
  return unmet?.kind === 'factor' && unmet.acr_values.some((acr) => reachable.includes(acr))
}

export function setUpFactor(state: SubjectState, input: SetUpFactor): Advanced | LostSignIn {
  const pending = findPending(state, input.pending, input.now)
  if (!pending || !maySetUpFactor(pending)) return { status: 'lost' }
  const device = findKnownDevice(state, input)
  factorsChanged(state, input)
  const account = { ...pending.account, otp: pending.account.otp + 1 }
  const proof = { ...otpProof, step: 'totp', at: input.now }
  return advanceSignIn(state, input, { ...pending, account }, { proof, action: 'set_up_factor' }, device)
}
