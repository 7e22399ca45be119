/**
 * The decision to record, made once per request, at its head. Callers decide nothing: anyone may send `traceparent`
 * with the sampled flag, or choose a trace id, and would make us export everything.
 */
import type { TraceContext } from '../../kit/trace-context.ts'
import { createRateGate } from './rate-gate.ts'

export interface SamplerSettings {
  /** Share of the requests that are recorded, 0 to 1. */
  readonly ratio: number
  /** How many more requests a second are recorded because their caller records them. */
  readonly callersPerSecond: number
}

export type Sample = (parent: Pick<TraceContext, 'sampled'>) => boolean

/** Builds the sampler of one isolate. @param random 0 to 1, for tests */
export function createSampler(
  { ratio, callersPerSecond }: SamplerSettings,
  now: () => number = Date.now,
  random: () => number = Math.random,
): Sample {
  const callers = createRateGate(callersPerSecond, now)
  // Not by the trace id, which the caller chooses.
  return ({ sampled }) => random() < ratio || (sampled === true && callers())
}
