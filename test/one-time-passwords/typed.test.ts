import { describe, expect, it } from 'vitest'
import { createRootSecret } from '../../src/kit/root-secret.ts'
import {
  generateRecoveryCodes,
  hashRecoveryCode,
  hashRecoveryCodes,
  readRecoveryCode,
} from '../../src/one-time-passwords/recovery-codes.ts'
import { readTypedCode } from '../../src/one-time-passwords/typed-code.ts'

describe('a typed code', () => {
  it.each([
    ['123456', '123456'],
    [' 123 456 ', '123456'],
    ['123-456', '123456'],
    ['1234 5678', '12345678'],
    ['123\u00a0456', '123456'],
    ['\u2066123456\u2069', '123456'],
    ['١٢٣٤٥٦', '123456'],
    ['۱۲۳۴۵۶', '123456'],
    ['１２３４５６', '123456'],
    ['१२३४५६', '123456'],
    ['𝟏𝟐𝟑𝟒𝟓𝟔', '123456'],
    ['𝟘𝟙𝟚𝟛𝟜𝟝', '012345'],
    ['𝟿𝟾𝟽𝟼𝟻𝟺', '987654'],
  ])('%j is read as %j', (typed, code) => {
    expect(readTypedCode(typed)).toBe(code)
  })

  it.each(['', '12345', '123456789', '12345a', '1e5000', '½23456', '²²²²²²', '九九九九九九', '1'.repeat(80)])(
    '%j is none',
    (typed) => {
      expect(readTypedCode(typed)).toBeUndefined()
    },
  )
})

describe('recovery codes', () => {
  const root = createRootSecret('A'.repeat(43))

  it('are ten different ones of 60 bits, in groups', () => {
    const codes = generateRecoveryCodes()
    expect(new Set(codes).size).toBe(10)
    for (const code of codes) expect(code).toMatch(/^(?:[0-9A-HJKMNP-TV-Z]{4}-){2}[0-9A-HJKMNP-TV-Z]{4}$/)
    expect(codes.map(readRecoveryCode)).toEqual(codes.map((code) => code.replaceAll('-', '')))
  })

  it('use every letter of the alphabet equally often', () => {
    const counts = new Map<string, number>()
    for (let round = 0; round < 400; round++) {
      for (const letter of generateRecoveryCodes().join('').replaceAll('-', '')) {
        counts.set(letter, (counts.get(letter) ?? 0) + 1)
      }
    }
    // 48,000 letters, 1,500 expected of each with a standard deviation of 38.
    expect(counts.size).toBe(32)
    for (const count of counts.values()) expect(Math.abs(count - 1500)).toBeLessThan(38 * 7)
  })

  it.each([
    ['0123-4567-89AB', '0123456789AB'],
    ['0123 4567 89ab', '0123456789AB'],
    ['oi23-4567-89ab', '0123456789AB'],
    ['OL23–4567—89AB', '0123456789AB'],
    ['０１２３４５６７８９ＡＢ', '0123456789AB'],
    ['UVWX-YZ01-2345', 'VVWXYZ012345'],
  ])('%j is read as %j', (typed, code) => {
    expect(readRecoveryCode(typed)).toBe(code)
  })

  it.each(['', '0123-4567-89A', '0123-4567-89ABC', '0123-4567-89A!', 'ß'.repeat(6), '9'.repeat(80)])(
    '%j is none',
    (typed) => {
      expect(readRecoveryCode(typed)).toBeUndefined()
    },
  )

  it('are stored under a key that survives a change of the root secret, and for one account', async () => {
    const rotated = createRootSecret('B'.repeat(43), ['A'.repeat(43)])
    const closed = createRootSecret('B'.repeat(43), [`closed:${'A'.repeat(43)}`])
    const other = createRootSecret('C'.repeat(43))
    const stored = await hashRecoveryCode(root, 'one', '0123456789AB')
    expect(await hashRecoveryCodes(rotated, 'one', ['0123-4567-89AB'])).toEqual([stored])
    expect(await hashRecoveryCode(closed, 'one', '0123456789AB')).toBe(stored)
    expect(await hashRecoveryCode(root, 'two', '0123456789AB')).not.toBe(stored)
    expect(await hashRecoveryCode(other, 'one', '0123456789AB')).not.toBe(stored)
  })
})
