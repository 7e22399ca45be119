import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseParameters } from '../../src/protocol/parameters.ts'

describe('OAuth parameters', () => {
  it('reads what a form encoder writes, for any well-formed text (RFC 6749 appendix B)', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 60 }).filter((value) => !/\p{Cc}/u.test(value))
    const name = fc.stringMatching(/^[a-z_]{1,20}$/)
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(name, text), { selector: ([key]) => key, maxLength: 20 }),
        (pairs) => {
          const parsed = parseParameters(new URLSearchParams(pairs).toString())
          expect(parsed.ok).toBe(true)
          if (!parsed.ok) return
          for (const [key, value] of pairs)
            expect(parsed.value.get(key)).toBe(value === '' ? undefined : value)
          expect(parsed.value.duplicates.size).toBe(0)
        },
      ),
    )
  })

  it('never throws, whatever arrives', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 500 }), (text) => {
        expect(typeof parseParameters(text).ok).toBe('boolean')
      }),
    )
  })

  it('reports a parameter sent twice, against parameter pollution (RFC 6749 §3.1)', () => {
    const parsed = parseParameters('scope=a&client_id=x&scope=b')
    expect(parsed.ok && [...parsed.value.duplicates]).toEqual(['scope'])
  })

  it('lets resource repeat (RFC 8707 §2)', () => {
    const parsed = parseParameters('resource=https%3A%2F%2Fa&resource=https%3A%2F%2Fb')
    expect(parsed.ok && parsed.value.duplicates.size).toBe(0)
    expect(parsed.ok && parsed.value.all('resource')).toEqual(['https://a', 'https://b'])
  })

  it.each([
    ['truncated escape', 'a=%2'],
    ['bad UTF-8', 'a=%ff'],
    ['overlong UTF-8', 'a=%c0%af'],
    ['NUL', 'a=%00'],
    ['line break', 'a=x%0d%0aSet-Cookie:y'],
    ['raw control character', 'a=\u0001'],
    ['bad UTF-8 in the name', '%ff=a'],
    ['a name of 65 characters', `${'n'.repeat(65)}=1`],
    ['65 parameters', Array.from({ length: 65 }, (_, index) => `p${index}=1`).join('&')],
  ])('refuses %s', (_case, encoded) => {
    expect(parseParameters(encoded).ok).toBe(false)
  })

  it.each(['\n', '\r\n', '\t', ' '])('takes JSON with %j between its tokens (RFC 8259 §2)', (space) => {
    const written = `{${space}"userinfo":${space}{ "email": null${space}}${space}}`
    const parsed = parseParameters(new URLSearchParams({ claims: written }).toString())
    expect(parsed.ok && parsed.value.get('claims')).toBe(written)
  })

  it('treats an empty value as omitted (RFC 6749 §3.1)', () => {
    const parsed = parseParameters('scope=&state')
    expect(parsed.ok && [parsed.value.get('scope'), parsed.value.get('state')]).toEqual([
      undefined,
      undefined,
    ])
  })
})
