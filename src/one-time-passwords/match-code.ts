/** Which counter of a generator a typed code belongs to. */
import { constantTimeEqual } from '../kit/hash.ts'
import type { OtpParameters } from './generator.ts'
import { computeCode, timeStepOf } from './hotp.ts'

/** How far a generator may be from this server (RFC 6238 §5.2, §6; RFC 4226 §7.4). */
export interface OtpTolerance {
  /** Time steps before and after the current one. */
  readonly drift_steps: number
  /** Codes of a counter that may have been made without being used here. */
  readonly look_ahead: number
}

/** The counters whose codes are accepted at `now` (milliseconds), in ascending order. */
export function acceptedCounters(
  { kind, period_seconds, counter }: OtpParameters,
  now: number,
  { drift_steps, look_ahead }: OtpTolerance,
): readonly number[] {
  if (kind === 'hotp') return Array.from({ length: look_ahead + 1 }, (_, ahead) => (counter ?? 0) + ahead)
  const current = timeStepOf(now, period_seconds ?? 30)
  const steps = Array.from({ length: 2 * drift_steps + 1 }, (_, index) => current - drift_steps + index)
  return steps.filter((step) => step >= 0)
}

/**
 * The highest of `counters` whose code was typed, so that no earlier one remains to be used. All are computed and
 * compared, whichever matches: the time reveals nothing.
 */
export async function matchCode(
  key: CryptoKey,
  digits: number,
  counters: readonly number[],
  typed: string,
): Promise<number | undefined> {
  const codes = await Promise.all(counters.map((counter) => computeCode(key, counter, digits)))
  let matched: number | undefined
  codes.forEach((code, index) => {
    if (constantTimeEqual(code, typed)) matched = counters[index]
  })
  return matched
}
