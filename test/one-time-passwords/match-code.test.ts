import { describe, expect, it } from 'vitest'
import { enrolledParameters } from '../../src/one-time-passwords/generator.ts'
import { computeCode, importSeed } from '../../src/one-time-passwords/hotp.ts'
import { acceptedCounters, matchCode } from '../../src/one-time-passwords/match-code.ts'

const tolerance = { drift_steps: 1, look_ahead: 3 }
const key = await importSeed(Uint8Array.from(new TextEncoder().encode('12345678901234567890')), 'SHA1')

describe('accepted codes', () => {
  it('are those of the current step and as many around it as the setting allows (RFC 6238 §5.2)', () => {
    expect(acceptedCounters(enrolledParameters, 3_000_000, tolerance)).toEqual([99, 100, 101])
    expect(acceptedCounters(enrolledParameters, 3_000_000, { ...tolerance, drift_steps: 0 })).toEqual([100])
    expect(acceptedCounters(enrolledParameters, 1000, { ...tolerance, drift_steps: 2 })).toEqual([0, 1, 2])
  })

  it('of a counter are the next ones up to the look-ahead (RFC 4226 §7.4), never an earlier one', () => {
    const hotp = { ...enrolledParameters, kind: 'hotp', period_seconds: null, counter: 7 } as const
    expect(acceptedCounters(hotp, 0, tolerance)).toEqual([7, 8, 9, 10])
  })

  it('match their counter, and no code outside', async () => {
    const code = await computeCode(key, 5, 6)
    expect(await matchCode(key, 6, [4, 5, 6], code)).toBe(5)
    expect(await matchCode(key, 6, [6, 7, 8], code)).toBeUndefined()
    expect(await matchCode(key, 6, [], code)).toBeUndefined()
    expect(await matchCode(key, 6, [4, 5, 6], code.slice(1))).toBeUndefined()
    expect(await matchCode(key, 6, [4, 5, 6], `${code}0`)).toBeUndefined()
  })

  it('that belong to two counters count as the later one, so that nothing remains to be used', async () => {
    const codes = await Promise.all(
      Array.from({ length: 6000 }, (_, counter) => computeCode(key, counter, 6)),
    )
    const later = codes.findIndex((code, counter) => codes.indexOf(code) < counter)
    const code = codes[later] as string
    expect(await matchCode(key, 6, [codes.indexOf(code), later, later + 1], code)).toBe(later)
  })
})
