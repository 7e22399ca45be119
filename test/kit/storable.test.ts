import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isStorable, storableJson } from '../../src/kit/storable.ts'

describe('what Postgres can keep', () => {
  it.each([
    ['NUL', '\0'],
    ['NUL after a backslash', '\\\0'],
    ['NUL after two backslashes', '\\\\\0'],
    ['a high surrogate alone', '\ud800'],
    ['a low surrogate alone', 'a\udfff'],
    ['a pair the wrong way round', '\udc00\ud800'],
  ])('is not %s', (_, text) => {
    for (const value of [text, [text], { name: text }, { [text]: 1 }]) {
      expect(isStorable(value)).toBe(false)
      expect(isStorable(JSON.parse(storableJson(value)))).toBe(true)
    }
  })

  it.each([
    ['a backslash and u0000', '\\u0000'],
    ['two backslashes and u0000', '\\\\u0000'],
    ['a backslash and ud800', 'C:\\ud800'],
    ['a whole pair', '😀'],
    ['other control characters', '\u0001\u001f\u007f'],
    ['the escape of a letter', '\u0041'],
  ])('is %s', (_, text) => {
    for (const value of [text, [text], { name: text }, { [text]: 1 }]) {
      expect(isStorable(value)).toBe(true)
      expect(JSON.parse(storableJson(value))).toEqual(value)
    }
  })

  it('is all well-formed text without NUL, and nothing else', () => {
    const pieces = fc.constantFrom('\\', 'u', '0', '0000', 'd800', '\0', '\ud83d', '\ude00', '"', 'a')
    fc.assert(
      fc.property(
        fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join('')),
        (text) => {
          expect(isStorable(text)).toBe(!/[\0\p{Cs}]/u.test(text))
          expect(JSON.parse(storableJson(text))).toBe(text.replaceAll(/[\0\p{Cs}]/gu, '\ufffd'))
        },
      ),
      { numRuns: 2000 },
    )
  })
})
