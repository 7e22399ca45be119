/**
 * The step of a sign-in that sets up a factor, because more is demanded than the account can prove: a passkey, or a
 * generator of one-time passwords. Postgres has it already, and it was just used, so it counts as proven.
 */
import { acrMultiFactor, reachedClasses } from '../authentication/acr.ts'
import { otpProof, passkeyProof, passkeyProofs, provableBy } from '../authentication/factor-proofs.ts'
import { strongestClassOf } from '../authentication/fresh-sign-in.ts'
import type { PossibleProof, Proof } from '../authentication/proof.ts'
import type { AccountFactors, SignInPolicy, SignInState } from '../authentication/sign-in-state.ts'
import { unmetDemand } from '../authentication/unmet-demand.ts'
import type { CopiedPasskey } from '../passkeys/account-copy.ts'
import { type Advanced, advanceSignIn } from './advance-sign-in.ts'
import type { LostSignIn } from './continue-sign-in.ts'
import { factorsChanged } from './factors-changed.ts'
import { findKnownDevice } from './known-device.ts'
import { findPending, type PendingProof, type PendingSignIn, stateOf } from './pending-sign-in.ts'
import { learnPasskey } from './refuse-passkeys.ts'
import type { SignInAttempt } from './sign-in-attempt.ts'
import type { StoredDevice, StoredOtpUse, SubjectState } from './subject-state.ts'

/** The better one first. */
export type SetUpWay = 'passkey' | 'app'

interface SettingUp extends SignInAttempt {
  readonly pending: PendingProof
}

export interface SetUpFactor extends SettingUp {
  /** The code that confirmed the generator. */
  readonly used: Pick<StoredOtpUse, 'otp_id' | 'step'>
}

export interface SetUpPasskey extends SettingUp {
  readonly passkey: CopiedPasskey
  /** Whether its authenticator checked who made it. */
  readonly user_verified: boolean
}

/**
 * Whether a factor may be set up in this sign-in: all that the account has is proven in it, as on the account page.
 * Attack: who knows the password alone adds a factor of their own, instead of proving the owner's.
 */
const maySetUpFactor = (account: AccountFactors, proofs: readonly Proof[]): boolean =>
  proofs.length > 0 && reachedClasses(proofs).includes(strongestClassOf(account))

/** What may be set up, because it reaches what is demanded and the account has nothing to prove instead. */
export function setUpWays(state: SignInState, policy: SignInPolicy): readonly SetUpWay[] {
  const { account, proofs } = state
  if (!account || !maySetUpFactor(account, proofs)) return []
  const helps = (possible: readonly PossibleProof[]) =>
    possible.some((proof) => isEnough(state, policy, proof))
  const isPasskeyPossible = policy.passkeys === 'on' && !hasSetUpPasskey(state)
  return [
    ...(isPasskeyPossible && helps(passkeyProofs) ? ['passkey' as const] : []),
    ...(helps([otpProof]) ? ['app' as const] : []),
  ]
}

/** Whether a passkey must be one whose key cannot leave its authenticator. */
export const needsBoundPasskey = (state: SignInState, policy: SignInPolicy): boolean =>
  !isEnough(state, policy, passkeyProof(true, false))

function isEnough(state: SignInState, policy: SignInPolicy, proof: PossibleProof): boolean {
  const demanded = demandedOf(state, policy)
  return reachedClasses([...state.proofs, proof]).some((acr) => demanded.includes(acr))
}

/** The classes of which one would be enough. */
function demandedOf(state: SignInState, policy: SignInPolicy): readonly string[] {
  const unmet = unmetDemand(state, policy)
  if (unmet?.kind === 'factor') return unmet.acr_values
  return unmet?.kind === 'action' && unmet.step === 'set_up_factor' ? [acrMultiFactor] : []
}

/** One that did not reach what is demanded is not followed by the next one: the sign-in ends. */
const hasSetUpPasskey = ({ actions_done, proofs }: SignInState): boolean =>
  actions_done.includes('set_up_factor') && proofs.some(({ step }) => step === 'passkey')

export const setUpHelps = (state: SignInState, policy: SignInPolicy): boolean =>
  setUpWays(state, policy).length > 0

/** Whether a factor is set up next, or after the account's own is proven, whatever that proves. */
export const leadsToSetUp = (state: SignInState, policy: SignInPolicy): boolean =>
  setUpHelps(state, policy) ||
  [...(state.account ? provableBy(state.account) : [])].some(([step, possible]) =>
    possible.every((proof) =>
      setUpHelps({ ...state, proofs: [...state.proofs, { ...proof, step, at: 0 }] }, policy),
    ),
  )

export function setUpFactor(state: SubjectState, input: SetUpFactor): Advanced | LostSignIn {
  const found = findWhere(state, input, 'app')
  if (!found) return { status: 'lost' }
  factorsChanged(state, input)
  const { otp } = found.pending.account
  return complete(state, input, found, { otp: otp + 1 }, { ...otpProof, step: 'totp', at: input.now })
}

/** Also tells the object of the passkey. It is told last, so it learns of it even if the sign-in is over. */
export function setUpPasskey(state: SubjectState, input: SetUpPasskey): Advanced | LostSignIn {
  const found = findWhere(state, input, 'passkey')
  learnPasskey(state, input)
  if (!found) return { status: 'lost' }
  const { credential_id, backup_eligible } = input.passkey
  const proven = passkeyProof(input.user_verified, !backup_eligible)
  const { passkeys } = found.pending.account
  return complete(
    state,
    input,
    found,
    { passkeys: passkeys + 1 },
    { ...proven, step: 'passkey', at: input.now, credential_id },
  )
}

interface Found {
  readonly pending: PendingSignIn
  readonly device: StoredDevice | undefined
}

/** Before a change of factors ends the sign-ins in progress. */
function findWhere(state: SubjectState, input: SettingUp, way: SetUpWay): Found | undefined {
  const pending = findPending(state, input.pending, input.now)
  if (!pending || !setUpWays(stateOf(pending), pending.policy).includes(way)) return undefined
  return { pending, device: findKnownDevice(state, input) }
}

function complete(
  state: SubjectState,
  input: SettingUp,
  { pending, device }: Found,
  more: Partial<AccountFactors>,
  proof: Proof,
): Advanced {
  const account = { ...pending.account, ...more }
  return advanceSignIn(state, input, { ...pending, account }, { proof, action: 'set_up_factor' }, device)
}
