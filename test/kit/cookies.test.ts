import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readCookie, writeCookie } from '../../src/kit/cookies.ts'

const https = { secureCookies: true }
const loopback = { secureCookies: false }

describe('cookies (RFC 6265bis)', () => {
  test('an https issuer uses the __Host- prefix and Secure (§4.1.3.2)', () => {
    expect(writeCookie(https, 'authly_session', 'v', 60)).toBe(
      '__Host-authly_session=v; Path=/; HttpOnly; SameSite=Lax; Max-Age=60; Secure',
    )
  })

  test('loopback http works without Secure, which the prefix would need', () => {
    expect(writeCookie(loopback, 'authly_session', 'v', undefined)).toBe(
      'authly_session=v; Path=/; HttpOnly; SameSite=Lax',
    )
  })

  test('an https issuer ignores a cookie without the prefix: a subdomain could have set it', () => {
    expect(readCookie(https, 'authly_session=planted', 'authly_session')).toBeUndefined()
    expect(readCookie(https, 'authly_session=planted; __Host-authly_session=own', 'authly_session')).toBe(
      'own',
    )
  })

  test('two different values of one name are both refused (cookie tossing)', () => {
    expect(readCookie(loopback, 'a=1; a=2', 'a')).toBeUndefined()
    expect(readCookie(loopback, 'a=1; a=1', 'a')).toBe('1')
  })

  test('a value that could end the cookie early is a bug and throws', () => {
    expect(() => writeCookie(https, 'a', 'x; Domain=evil.test', undefined)).toThrow()
    expect(() => writeCookie(https, 'a', 'x\r\nSet-Cookie: b=1', undefined)).toThrow()
  })

  test('reads back what it wrote among any other cookies', () => {
    const value = fc.stringMatching(/^[\w.-]{1,80}$/)
    const others = fc.array(fc.stringMatching(/^[b-z]{1,8}=[\w "]{0,20}$/), { maxLength: 8 })
    fc.assert(
      fc.property(value, others, others, (own, before, after) => {
        const pair = writeCookie(loopback, 'a', own, undefined).split(';')[0] as string
        expect(readCookie(loopback, [...before, pair, ...after].join('; '), 'a')).toBe(own)
      }),
    )
  })

  test('any header at all is read without throwing', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (header) => void readCookie(https, header, 'a')))
    expect(readCookie(https, `__Host-a=1;${' '.repeat(20_000)}`, 'a')).toBeUndefined()
  })
})
