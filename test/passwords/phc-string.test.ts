import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { currentCost, needsRehash, parsePhc } from '../../src/passwords/phc-string.ts'

const phc = (parameters: string, type = 'argon2id', version = '19') =>
  `$${type}$v=${version}$${parameters}$MDEyMzQ1Njc4OWFiY2RlZg$gy5SuVm5Z7Vw7keB9se9p87QGcomaseB/S2U1OhTsM0`

describe('PHC strings', () => {
  test('today’s hashes parse and need no renewal', () => {
    const today = phc('m=19456,t=2,p=1')
    expect(parsePhc(today)).toEqual({ type: 'argon2id', cost: currentCost })
    expect(needsRehash(today)).toBe(false)
  })

  test.each([phc('m=65536,t=3,p=4'), phc('m=12288,t=3,p=1'), phc('m=19456,t=2,p=1', 'argon2i')])(
    '%s is usable and renewed at the next sign-in',
    (text) => {
      expect(parsePhc(text)).toBeDefined()
      expect(needsRehash(text)).toBe(true)
    },
  )

  test.each([
    phc('m=9999999,t=2,p=1'),
    phc('m=65537,t=1,p=1'),
    phc('m=65536,t=5,p=1'),
    phc('m=19456,t=11,p=1'),
    phc('m=19456,t=2,p=9'),
    phc('m=19456,t=0,p=1'),
    phc('m=19456,t=2,p=0'),
    phc('m=7,t=2,p=1'),
    phc('m=19456,t=2,p=1', 'argon2id', '16'),
    phc('m=19456,t=2,p=1', 'scrypt'),
    phc('t=2,m=19456,p=1'),
    `${phc('m=19456,t=2,p=1')}\n`,
    `${phc('m=19456,t=2,p=1')}\0`,
    '$2b$10$abcdefghijklmnopqrstuv',
    '',
  ])('%j is not verified: foreign, or too costly for one request', (text) => {
    expect(parsePhc(text)).toBeUndefined()
  })

  test('whatever parses is bounded in memory and passes', () => {
    const number = fc.integer({ min: 0, max: 10_000_000 })
    fc.assert(
      fc.property(number, fc.nat(200), fc.nat(200), (m, t, p) => {
        const parsed = parsePhc(phc(`m=${m},t=${t},p=${p}`))
        if (parsed) expect(parsed.cost.memoryKib * parsed.cost.passes).toBeLessThanOrEqual(262_144)
      }),
    )
  })
})
