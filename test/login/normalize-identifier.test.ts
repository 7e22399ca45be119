import fc from 'fast-check'
import { expect, test } from 'vitest'
import { normalizeIdentifier } from '../../src/login/normalize-identifier.ts'

test.each([
  [' Ada@Example.TEST ', 'ada@example.test'],
  ['Zoe\u0308', 'zoë'],
])('%j becomes %j', (typed, normalized) => {
  expect(normalizeIdentifier(typed)).toBe(normalized)
})

test('every spelling of one account shares one counter: ASCII case and surrounding space never matter', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[!-~]{1,40}$/), (text) => {
      expect(normalizeIdentifier(` ${text.toUpperCase()}\t`)).toBe(normalizeIdentifier(text.toLowerCase()))
      expect(normalizeIdentifier(normalizeIdentifier(text))).toBe(normalizeIdentifier(text))
    }),
  )
})
