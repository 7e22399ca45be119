/**
 * Decides the next step of a sign-in. Pure, over the list of steps, so that every combination is a row in a test
 * table.
 */
import type { SignInPolicy, SignInState } from './sign-in-state.ts'
import type { PossibleProof } from './proof.ts'

/** What the decision needs of a step; the steps themselves are in `src/login/steps/`. */
export interface OfferedStep {
  readonly id: string
  /**
   * `identify`: who it may be. `factor`: proves one or more factors. `action`: what the person must or may do before
   * the sign-in ends.
   */
  readonly kind: 'identify' | 'factor' | 'action'
  /** What completing it can prove, one entry per way; empty for what proves nothing. */
  readonly proves: readonly PossibleProof[]
  /** Pure. The list's order is the order of preference among steps of one kind. */
  readonly offered: (state: SignInState, policy: SignInPolicy) => boolean
}

export type NextStep =
  | { readonly status: 'step'; readonly step: string; readonly alternatives: readonly string[] }
  | { readonly status: 'done'; readonly acr: string; readonly amr: readonly string[] }
  /** What is demanded cannot be reached by this account (`unmet_authentication_requirements`). */
  | { readonly status: 'unreachable' }
