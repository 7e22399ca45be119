import fc from 'fast-check'
import { base64url } from 'jose'
import { describe, expect, it } from 'vitest'
import { encodeBase64Url, isBase64Url, isCompactJws } from '../../src/kit/base64url.ts'

describe('base64url (RFC 7515 §2)', () => {
  it('is whatever the encoder writes', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => isBase64Url(encodeBase64Url(bytes))))
  })

  it('has one spelling: what a lenient decoder takes besides is none', () => {
    const text = fc.string({ unit: fc.constantFrom(...'AQgwEM019_-+/= \n'), maxLength: 12 })
    fc.assert(
      fc.property(text, (spelled) => {
        const written = decoded(spelled)
        expect(isBase64Url(spelled)).toBe(written !== undefined && encodeBase64Url(written) === spelled)
      }),
      { numRuns: 2000 },
    )
  })

  it.each(['AA==', 'AA=', 'AB', 'AAB', 'A', 'AAAAA', 'A+AA', 'A/AA', ' AA', 'AA\n', 'A A', 'ÄA'])(
    'is not %j',
    (text) => {
      expect(isBase64Url(text)).toBe(false)
    },
  )

  it('makes a signed JWS of exactly three parts that hold something', () => {
    expect(isCompactJws('e30.e30.AA')).toBe(true)
    for (const text of ['e30.e30.', 'e30..AA', '.e30.AA', 'e30.e30', 'e30.e30.AA.AA', 'e30.e30.AB']) {
      expect(isCompactJws(text), text).toBe(false)
    }
  })
})

function decoded(text: string): Uint8Array | undefined {
  try {
    return base64url.decode(text)
  } catch {
    return undefined
  }
}
