/**
 * Decides the next step of a sign-in. Pure, over the list of steps, so that every combination is a row in a test
 * table.
 */
import { acrOf, reachedClasses } from './acr.ts'
import { isLeft } from './factor-proofs.ts'
import { amrOf, type PossibleProof } from './proof.ts'
import type { SignInPolicy, SignInState } from './sign-in-state.ts'
import { unmetDemand } from './unmet-demand.ts'

/** What the decision needs of a step; the steps themselves are in `src/login/steps/`. */
export interface OfferedStep {
  readonly id: string
  /**
   * `identify`: who it may be. `factor`: proves something. `action`: what the person must do before the sign-in ends.
   * `offer`: what they may do after it.
   */
  readonly kind: 'identify' | 'factor' | 'action' | 'offer'
  /** What completing it can prove, one entry per way; empty for what proves nothing. */
  readonly proves: readonly PossibleProof[]
  /** Pure. Of several factors, those listed first are preferred. */
  readonly offered: (state: SignInState, policy: SignInPolicy) => boolean
}

export type NextStep =
  | { readonly status: 'step'; readonly step: string; readonly alternatives: readonly string[] }
  | { readonly status: 'done'; readonly acr: string; readonly amr: readonly string[] }
  /** What is demanded cannot be reached by this account (`unmet_authentication_requirements`). */
  | { readonly status: 'unreachable' }

/** The next step, and what may be done instead. */
export function decideNextStep(
  steps: readonly OfferedStep[],
  state: SignInState,
  policy: SignInPolicy,
): NextStep {
  const unmet = unmetDemand(state, policy)
  // User enumeration: before the first factor no step can see what the account has.
  const known = state.proofs.length > 0 ? state : { ...state, account: undefined }
  const offered = steps.filter((step) => step.offered(known, policy))
  switch (unmet?.kind) {
    case undefined:
      return { status: 'done', acr: acrOf(state.proofs) as string, amr: amrOf(state.proofs) }
    case 'action':
      return oneOf(offered.filter(({ id }) => id === unmet.step))
    case 'first_factor':
      return oneOf(firstFactors(offered, state))
    case 'factor': {
      const helpful = offered.filter((step) => isHelpful(step, state, unmet.acr_values))
      const others = offered.filter(({ id }) => id === 'lost_factors')
      const ways = [...helpful, ...others]
      return ways.length > 0 ? oneOf(ways) : oneOf(offered.filter(({ id }) => id === 'set_up_factor'))
    }
  }
}

const oneOf = ([first, ...others]: readonly OfferedStep[]): NextStep =>
  first
    ? { status: 'step', step: first.id, alternatives: others.map(({ id }) => id) }
    : { status: 'unreachable' }

/** Whoever has used a passkey in this browser is asked for one before the password. */
function firstFactors(offered: readonly OfferedStep[], { browser }: SignInState): readonly OfferedStep[] {
  const order = ({ id, kind }: OfferedStep) =>
    kind === 'identify' ? 0 : id === 'passkey' && browser.used_passkey ? 1 : 2
  return offered
    .filter(({ kind }) => kind === 'identify' || kind === 'factor')
    .toSorted((left, right) => order(left) - order(right))
}

/** Whether the step can lead to one of the classes. */
const isHelpful = (
  { id, kind, proves }: OfferedStep,
  state: SignInState,
  classes: readonly string[],
): boolean =>
  kind === 'factor' &&
  isLeft(id, state) &&
  proves.some((proof) => reachedClasses([...state.proofs, proof]).some((acr) => classes.includes(acr)))

/** What is offered after a sign-in: the first of the list. */
export const decideOffer = (
  steps: readonly OfferedStep[],
  state: SignInState,
  policy: SignInPolicy,
): string | undefined => steps.find((step) => step.kind === 'offer' && step.offered(state, policy))?.id
