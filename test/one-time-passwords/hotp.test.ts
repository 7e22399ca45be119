import { HOTP, Secret, TOTP } from 'otpauth'
import { describe, expect, it } from 'vitest'
import { type OtpAlgorithm, otpAlgorithms } from '../../src/one-time-passwords/generator.ts'
import { computeCode, importSeed, timeStepOf } from '../../src/one-time-passwords/hotp.ts'

const ascii = (text: string) => Uint8Array.from(new TextEncoder().encode(text))

/** RFC 4226, appendix D. */
const hotpValues = [
  '755224',
  '287082',
  '359152',
  '969429',
  '338314',
  '254676',
  '287922',
  '162583',
  '399871',
  '520489',
]

/** RFC 6238, appendix B: seconds, then the codes of SHA1, SHA256, SHA512. */
const totpValues: readonly (readonly [number, string, string, string])[] = [
  [59, '94287082', '46119246', '90693936'],
  [1111111109, '07081804', '68084774', '25091201'],
  [1111111111, '14050471', '67062674', '99943326'],
  [1234567890, '89005924', '91819424', '93441116'],
  [2000000000, '69279037', '90698825', '38618901'],
  [20000000000, '65353130', '77737706', '47863826'],
]

/** Errata 2866 of RFC 6238: each hash has a seed of its own length. */
const seeds: Readonly<Record<OtpAlgorithm, string>> = {
  SHA1: '12345678901234567890',
  SHA256: '12345678901234567890123456789012',
  SHA512: '1234567890123456789012345678901234567890123456789012345678901234',
}

describe('one-time passwords', () => {
  it('are those of RFC 4226, appendix D', async () => {
    const key = await importSeed(ascii(seeds.SHA1), 'SHA1')
    expect(await Promise.all(hotpValues.map((_, counter) => computeCode(key, counter, 6)))).toEqual(
      hotpValues,
    )
  })

  it.each(totpValues)('are those of RFC 6238, appendix B, at %i s', async (seconds, ...expected) => {
    const codes = otpAlgorithms.map(async (algorithm) =>
      computeCode(await importSeed(ascii(seeds[algorithm]), algorithm), timeStepOf(seconds * 1000, 30), 8),
    )
    expect(await Promise.all(codes)).toEqual(expected)
  })

  it('are those of another implementation, for random seeds, counters, digits and hashes', async () => {
    for (let round = 0; round < 60; round++) {
      const seed = crypto.getRandomValues(new Uint8Array(10 + (round % 55)))
      const algorithm = otpAlgorithms[round % 3] as OtpAlgorithm
      const digits = 6 + (round % 3)
      const counter = round < 3 ? Number.MAX_SAFE_INTEGER - round : Math.floor(Math.random() * 2 ** 40)
      const other = new HOTP({ secret: new Secret({ buffer: seed.buffer }), algorithm, digits })
      const key = await importSeed(seed, algorithm)
      expect(await computeCode(key, counter, digits)).toBe(other.generate({ counter }))
      const at = Math.floor(Math.random() * 4e12)
      const timed = new TOTP({ secret: other.secret, algorithm, digits, period: 45 })
      expect(await computeCode(key, timeStepOf(at, 45), digits)).toBe(timed.generate({ timestamp: at }))
    }
  })
})
