/**
 * What a sign-in still lacks. Pure: the person's object uses it to decide whether a session begins, and the pages to
 * decide which step is next, so that both agree.
 */

import { acrMultiFactor, reachedClasses } from './acr.ts'
import { hasSmsAlone, isLeft, provableBy } from './factor-proofs.ts'
import { needsNewPassword } from './needs-new-password.ts'
import type { AccountFactors, SignInPolicy, SignInState } from './sign-in-state.ts'

export type UnmetDemand =
  | { readonly kind: 'first_factor' }
  /** Another factor; with it one of these classes is reached. */
  | { readonly kind: 'factor'; readonly acr_values: readonly string[] }
  | { readonly kind: 'action'; readonly step: 'change_password' | 'set_up_factor' | 'keep_account' }

/** The first unmet demand; undefined when the sign-in is complete. */
export function unmetDemand(state: SignInState, policy: SignInPolicy): UnmetDemand | undefined {
  const { account, proofs } = state
  if (proofs.length === 0 || account === undefined) return { kind: 'first_factor' }
  // Before a factor is set up, because those of the account are removed with the change.
  if (policy.lost_factors !== undefined && mustChangePassword(state, policy)) {
    return { kind: 'action', step: 'change_password' }
  }
  const reached = reachedClasses(proofs)
  const isReached = (classes: readonly string[]) => classes.some((acr) => reached.includes(acr))
  const required = [...policy.required_acr_values, ...account.required_acr_values]
  const unmet = required.find((classes) => !isReached(classes))
  if (unmet)
    return { kind: 'factor', acr_values: mustProveFirst(state, policy, unmet) ? [acrMultiFactor] : unmet }
  const { wanted_acr_values: wanted } = policy
  if (wanted.length > 0 && !isReached(wanted) && canReach(state, policy, wanted, isUntaken)) {
    return { kind: 'factor', acr_values: wanted }
  }
  if (lacksSecondFactor(state, policy)) {
    return account.passkeys + account.otp > 0 || takesSms(account, policy)
      ? { kind: 'factor', acr_values: [acrMultiFactor] }
      : { kind: 'action', step: mustDecideToStay(state) ? 'keep_account' : 'set_up_factor' }
  }
  if (mustDecideToStay(state)) return { kind: 'action', step: 'keep_account' }
  return mustChangePassword(state, policy) ? { kind: 'action', step: 'change_password' } : undefined
}

/**
 * What is demanded can be reached only by setting up a factor: whoever has a second one proves it before.
 * Attack: who knows the password alone adds a factor of their own.
 */
const mustProveFirst = (state: SignInState, policy: SignInPolicy, classes: readonly string[]): boolean =>
  !canReach(state, policy, classes) &&
  canReach(state, policy, [acrMultiFactor]) &&
  !reachedClasses(state.proofs).includes(acrMultiFactor)

const takesSms = (account: AccountFactors, { sms_codes }: SignInPolicy): boolean =>
  sms_codes === 'second_factor' && hasSmsAlone(account)

/** For what is only wished: nobody is asked for one passkey after the other, and gives up. */
const isUntaken: typeof isLeft = (step, { proofs }) => !proofs.some((proof) => proof.step === step)

/** Whether one more factor of this account reaches one of the classes. */
function canReach(
  state: SignInState,
  policy: SignInPolicy,
  classes: readonly string[],
  isAvailable: typeof isLeft = isLeft,
): boolean {
  const { account, proofs } = state
  if (!account) return false
  for (const [step, possible] of provableBy(account, policy)) {
    if (!isAvailable(step, state)) continue
    if (possible.some((proof) => reachedClasses([...proofs, proof]).some((acr) => classes.includes(acr)))) {
      return true
    }
  }
  return false
}

/**
 * A generator of one-time passwords is set up to be asked for. A passkey is set up to make sign-in easier: by itself it
 * does not make the password insufficient.
 */
function lacksSecondFactor({ account, proofs, browser }: SignInState, policy: SignInPolicy): boolean {
  if (reachedClasses(proofs).includes(acrMultiFactor)) return false
  // Attack: whoever reads the mailbox takes over an account that a passkey protects.
  if (policy.recovers && (account?.passkeys ?? 0) > 0) return true
  if (browser.is_remembered && policy.accepts_remembered) return false
  return policy.second_factor === 'required' || (account?.otp ?? 0) > 0
}

/**
 * Whoever has asked for the deletion of the account is asked before anything else that costs effort; after every factor.
 * Attack: whoever knows the password alone keeps an account whose owner has left it.
 */
const mustDecideToStay = ({ account, actions_done }: SignInState): boolean =>
  isToBeDeleted(account) && !actions_done.includes('keep_account')

/** Whether its owner has asked for the deletion of the account. */
export const isToBeDeleted = (account: Pick<AccountFactors, 'deletion_due_at'> | undefined): boolean =>
  account?.deletion_due_at != null

/**
 * Only who typed the password is asked to change it: the others do not use it. A recovery ends with another password, but
 * where there is none to forget and a passkey to sign in with.
 */
export function mustChangePassword(
  { account, proofs, actions_done }: SignInState,
  { recovers }: Pick<SignInPolicy, 'recovers'>,
): boolean {
  if (account === undefined || actions_done.includes('change_password')) return false
  if (recovers) return account.password !== 'none' || account.passkeys === 0
  return needsNewPassword(account) && proofs.some(({ step }) => step === 'password')
}
