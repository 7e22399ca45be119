/**
 * Picks the load generator: wrk, or autocannon (slower, pure npm) where wrk is not installed. Neither knows which answer
 * belongs to which flow; those are played by our own.
 */
import type { LoadResult, RequestPlan, SinglePlan } from '../target.ts'
import { runAutocannon } from './autocannon.ts'
import { runFlows } from './flows.ts'
import type { LoadOptions } from './load-options.ts'
import { hasWrk, runWrk } from './wrk.ts'

export type LoadGenerator = (plan: RequestPlan, options: LoadOptions) => Promise<LoadResult>

type SingleGenerator = (plan: SinglePlan, options: LoadOptions) => Promise<LoadResult>

const withFlows =
  (runSingle: SingleGenerator): LoadGenerator =>
  (plan, options) =>
    plan.kind === 'flow' ? runFlows(plan, options) : runSingle(plan, options)

export function pickLoadGenerator(): { readonly name: string; readonly run: LoadGenerator } {
  return hasWrk()
    ? { name: 'wrk', run: withFlows(runWrk) }
    : { name: 'autocannon', run: withFlows(runAutocannon) }
}
