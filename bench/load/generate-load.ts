/** Picks the load generator: wrk, or autocannon (slower, pure npm) where wrk is not installed. */
import type { LoadResult, RequestPlan } from '../target.ts'
import { runAutocannon } from './autocannon.ts'
import type { LoadOptions } from './load-options.ts'
import { hasWrk, runWrk } from './wrk.ts'

export type LoadGenerator = (plan: RequestPlan, options: LoadOptions) => Promise<LoadResult>

export function pickLoadGenerator(): { readonly name: string; readonly run: LoadGenerator } {
  return hasWrk() ? { name: 'wrk', run: runWrk } : { name: 'autocannon', run: runAutocannon }
}
