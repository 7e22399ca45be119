/** Checks a typed code against all generators of an account. Reads only: who accepts it makes it single use. */
import type { RootSecret } from '../kit/root-secret.ts'
import type { SealedGenerator } from './generator.ts'
import { importSeed } from './hotp.ts'
import { acceptedCounters, matchCode, type OtpTolerance } from './match-code.ts'
import { openSeed } from './seal-seed.ts'

export interface MatchedCode {
  readonly generator: SealedGenerator
  /** The time step, or the counter, of the code. */
  readonly counter: number
}

/**
 * @param typed as `readTypedCode` returns it
 * @param now milliseconds since the Unix epoch
 */
export async function checkCode(
  root: Pick<RootSecret, 'open'>,
  generators: readonly SealedGenerator[],
  {
    typed,
    now,
    tolerance,
  }: { readonly typed: string; readonly now: number; readonly tolerance: OtpTolerance },
): Promise<readonly MatchedCode[]> {
  const tried = await Promise.all(
    generators.map(async (generator) => {
      const seed = await openSeed(root, generator)
      if (!seed || typed.length !== generator.digits) return undefined
      const key = await importSeed(seed, generator.algorithm)
      const counters = acceptedCounters(generator, now, tolerance)
      const counter = await matchCode(key, generator.digits, counters, typed)
      return counter === undefined ? undefined : { generator, counter }
    }),
  )
  return tried.filter((matched) => matched !== undefined)
}
