/**
 * A rule of the user's object is a pure function over its state, with an effect that says how the object runs it. Each
 * rule has its own file with its input and result, both plain data because they cross an RPC boundary; `rules.ts` lists
 * it.
 */
import type { RootSecret } from '../kit/root-secret.ts'
import type { CopiedAccount, PasskeyUsage } from '../passkeys/account-copy.ts'
import type { SubjectState } from './subject-state.ts'

export type RuleRun<Input extends readonly unknown[], Answer> = (
  state: SubjectState,
  ...input: Input
) => Answer

/**
 * `read`: outside a transaction, records nothing. `write`: rows and audit events of one call are committed together.
 * `forwarded`: a write whose routine events are returned with the result, for the caller's isolate to forward:
 * delivering them per user would cost more than the request. `unrecorded`: a write without an event, whose delivery
 * would set the alarm that prunes; the object sets it when the result is true. `expiring`: the same, always.
 */
export type RuleEffect = 'read' | 'write' | 'forwarded' | 'unrecorded' | 'expiring'

export interface Rule<
  Input extends readonly unknown[] = readonly never[],
  Answer = unknown,
  Effect extends RuleEffect = RuleEffect,
> {
  readonly effect: Effect
  readonly run: RuleRun<Input, Answer>
}

/** What a rule may need before it decides; the object has it at hand. */
export interface VerifyNeeds {
  readonly root: RootSecret
  /**
   * Tells Postgres about uses of passkeys and reads the account: one round trip. `undefined` when there is no such
   * account; rejects while Postgres is unavailable.
   */
  readonly exchangeAccount: (
    userId: string,
    uses: readonly PasskeyUsage[],
    /** Audit events that are stored with them. */
    eventsJson?: string,
  ) => Promise<CopiedAccount | undefined>
}

/**
 * A rule that must compute asynchronously, or ask Postgres, before it can decide. `verify` reads; other calls may
 * change the state while it waits. What it returns is the decision, made in one transaction on the state of then. Its
 * routine events are forwarded.
 */
export interface VerifiedRule<Input extends readonly unknown[] = readonly never[], Answer = unknown> {
  readonly effect: 'verified'
  readonly verify: (
    state: SubjectState,
    needs: VerifyNeeds,
    ...input: Input
  ) => Promise<(state: SubjectState) => Answer>
}

export const verified = <Input extends readonly unknown[], Answer>(
  verify: VerifiedRule<Input, Answer>['verify'],
): VerifiedRule<Input, Answer> => ({ effect: 'verified', verify })

const defineAs =
  <const Effect extends RuleEffect>(effect: Effect) =>
  <Input extends readonly unknown[], Answer>(run: RuleRun<Input, Answer>): Rule<Input, Answer, Effect> => ({
    effect,
    run,
  })

export const read = defineAs('read')
export const write = defineAs('write')
export const forwarded = defineAs('forwarded')
export const unrecorded = defineAs('unrecorded')
export const expiring = defineAs('expiring')
