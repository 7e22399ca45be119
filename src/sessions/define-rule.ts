/**
 * What a rule of the user's object is: a pure function over its state, and what the object does around it. A rule stands in
 * a file of its own with its input and its answer, both plain data because they cross an RPC boundary; `rules.ts` lists it.
 */
import type { SubjectState } from './subject-state.ts'

export type RuleRun<Input extends readonly unknown[], Answer> = (
  state: SubjectState,
  ...input: Input
) => Answer

/**
 * `read`: outside a transaction, records nothing. `write`: rows and audit events of one call together, or none of them.
 * `token`: a write whose routine events go back with the answer, for the caller's isolate to forward: a delivery of their
 * own per user would cost more than the request. `unrecorded`: a write without an event, whose delivery would set the alarm
 * that prunes; the object sets it when the answer is true.
 */
export type RuleEffect = 'read' | 'write' | 'token' | 'unrecorded'

export interface Rule<
  Input extends readonly unknown[] = readonly never[],
  Answer = unknown,
  Effect extends RuleEffect = RuleEffect,
> {
  readonly effect: Effect
  readonly run: RuleRun<Input, Answer>
}

const defineAs =
  <const Effect extends RuleEffect>(effect: Effect) =>
  <Input extends readonly unknown[], Answer>(run: RuleRun<Input, Answer>): Rule<Input, Answer, Effect> => ({
    effect,
    run,
  })

export const read = defineAs('read')
export const write = defineAs('write')
export const token = defineAs('token')
export const unrecorded = defineAs('unrecorded')
