/**
 * The end of every call that proves something: the proof is added to the sign-in, and the session begins when nothing
 * more is demanded. Otherwise the sign-in waits for its next step, in the same transaction.
 */
import { acrMultiFactor, acrOf, reachedClasses } from '../authentication/acr.ts'
import { amrOf, type Proof } from '../authentication/proof.ts'
import type { AccountFactors, SignInPolicy } from '../authentication/sign-in-state.ts'
import { unmetDemand } from '../authentication/unmet-demand.ts'
import { count } from '../telemetry/count.ts'
import {
  maxStepFailures,
  type PendingProof,
  type PendingSignIn,
  type PendingView,
  pendingLifetimeSeconds,
  type SealedSeed,
  type SignInSignals,
  stateOf,
  viewOf,
} from './pending-sign-in.ts'
import { endWaitOf } from './recovery-wait.ts'
import { isRemembered } from './remembered-device.ts'
import { type BegunSession, signIn } from './sign-in.ts'
import type { SignInAttempt } from './sign-in-attempt.ts'
import type { StoredDevice, SubjectState } from './subject-state.ts'

export type Advanced =
  | Extract<BegunSession, { readonly status: 'signed_in' }>
  /** More is demanded; the holder of the secret goes on. */
  | { readonly status: 'pending'; readonly pending: PendingView }
  /** The person has as many sessions as are allowed. */
  | { readonly status: 'full'; readonly pending: PendingView }

/** What a sign-in begins with, once its first factor is proven. */
export interface NewPending extends PendingProof {
  readonly policy: SignInPolicy
  readonly account: AccountFactors
  /** MACs of the account's identifiers, for the device cookie. */
  readonly identifier_macs: readonly string[]
  readonly signals: SignInSignals
  readonly otp_seeds: readonly SealedSeed[]
  readonly password_hash_digest: string | undefined
}

/** A sign-in before anything is proven in it; nothing is stored. */
export function beginPending(
  _state: SubjectState,
  input: Pick<SignInAttempt, 'now' | 'user_id' | 'remembered'>,
  fresh: NewPending,
  device: StoredDevice | undefined,
): PendingSignIn {
  const { now, remembered } = input
  const days = fresh.policy.remember_device_days
  return {
    ...fresh,
    signals: { ...fresh.signals, device_id: device?.device_id },
    user_id: input.user_id,
    started_at: now,
    expires_at: now + pendingLifetimeSeconds * 1000,
    proofs: [],
    is_remembered: isRemembered(device, remembered, { now, days }),
    actions_done: [],
    failures: {},
  }
}

/** What a step has added. */
export interface Advance {
  readonly proof?: Proof | undefined
  /** Id of an action that is done. */
  readonly action?: string | undefined
}

/**
 * Adds what a step has proven or done.
 * @param pending the sign-in so far, stored or new
 * @param device the known device of the browser, if it is one
 */
export function advanceSignIn(
  state: SubjectState,
  input: SignInAttempt,
  pending: PendingSignIn,
  { proof, action }: Advance,
  device: StoredDevice | undefined,
): Advanced {
  const advanced: PendingSignIn = {
    ...pending,
    proofs: proof ? [...pending.proofs, proof] : pending.proofs,
    actions_done: action ? [...pending.actions_done, action] : pending.actions_done,
  }
  if (unmetDemand(stateOf(advanced), advanced.policy)) {
    state.pendingSignIns.put(advanced)
    return { status: 'pending', pending: viewOf(advanced) }
  }
  const begun = signIn(state, completed(input, advanced), device)
  if (begun.status === 'full') {
    // What was proven is kept, for the person's decision to end another session.
    state.pendingSignIns.put(advanced)
    return { status: 'full', pending: viewOf(advanced) }
  }
  endWaitOf(state, advanced, input)
  // Only what proved something before is stored.
  if (pending.proofs.length > 0) {
    state.pendingSignIns.delete(pending.pending_id)
    count('authly_pending_sign_ins_total', 1, 'success')
  }
  return begun
}

function completed(input: SignInAttempt, pending: PendingSignIn) {
  const { policy, signals } = pending
  const acr = acrOf(pending.proofs) as string
  // Attack: a browser that nobody has proven a second factor in is made one that is not asked for it.
  const isMultiFactor = reachedClasses(pending.proofs).includes(acrMultiFactor)
  const proofs =
    pending.is_remembered && policy.accepts_remembered && !isMultiFactor
      ? pending.proofs.map((proof) => ({ ...proof, second_factor_remembered: true as const }))
      : pending.proofs
  return {
    ...input,
    remember_second_factor: isMultiFactor ? input.remember_second_factor : undefined,
    session: { ...input.session, acr, amr: amrOf(proofs), proofs },
    signals,
  }
}

/**
 * Counts a wrong attempt at a step. After the last allowed one the sign-in is dropped: it starts over.
 * @returns whether the sign-in goes on
 */
export function countStepFailure(state: SubjectState, pending: PendingSignIn, step: string): boolean {
  const failures = (pending.failures[step] ?? 0) + 1
  if (failures >= maxStepFailures) {
    state.pendingSignIns.delete(pending.pending_id)
    count('authly_pending_sign_ins_total', 1, 'dropped')
    return false
  }
  state.pendingSignIns.put({ ...pending, failures: { ...pending.failures, [step]: failures } })
  return true
}
