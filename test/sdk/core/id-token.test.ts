import { checkIdTokenClaims, decodeIdToken, type IdTokenClaims, toBase64url, utf8 } from '@authly-server/core'
import { describe, expect, it } from 'vitest'
import { issuer } from './authorization-server.ts'

const now = Math.floor(Date.now() / 1000)
const good = { iss: issuer, sub: 'ada', aud: 'garden', exp: now + 60, iat: now, nonce: 'n', auth_time: now }
const transaction = { nonce: 'n' }
const expected = { issuer, clientId: 'garden', transaction }
const check = (changes: object, more: object = {}) =>
  checkIdTokenClaims({ ...good, ...changes } as unknown as IdTokenClaims, { ...expected, ...more })

describe('the claims of an ID token (OpenID Connect Core §3.1.3.7)', () => {
  it.each([
    ['as they should be', {}, {}],
    ['for several, with azp', { aud: ['other', 'garden'], azp: 'garden' }, {}],
    ['of a clock that differs a little', { iat: now + 50, exp: now - 50 }, {}],
    [
      'of a clock that differs much, and it is known',
      { iat: now + 3600, exp: now + 3660 },
      { clockOffsetSeconds: 3600 },
    ],
    ['of a refresh, without nonce (§12.2)', { nonce: undefined }, { transaction: undefined, sub: 'ada' }],
    ['of a sign-in that is new enough', {}, { transaction: { nonce: 'n', maxAge: 0 } }],
  ])('%s are good', (_, changes, more) => {
    expect(check(changes, more)).toMatchObject({ sub: 'ada' })
  })

  it.each([
    ['iss', { iss: 'https://evil.example' }, {}],
    ['aud', { aud: 'other' }, {}],
    ['aud', { aud: [] }, {}],
    ['aud', { aud: undefined }, {}],
    ['azp', { aud: ['garden', 'other'] }, {}],
    ['azp', { azp: 'other' }, {}],
    ['exp', { exp: now - 61 }, {}],
    ['exp', { exp: String(now + 60) }, {}],
    ['iat', { iat: now + 70 }, {}],
    ['iat', { iat: undefined }, {}],
    ['sub', { sub: '' }, {}],
    ['sub', { sub: 7 }, {}],
    ['sub', {}, { sub: 'bob' }],
    ['nonce', { nonce: 'other' }, {}],
    ['nonce', { nonce: undefined }, {}],
    ['auth_time', { auth_time: now - 3600 }, { transaction: { nonce: 'n', maxAge: 60 } }],
    ['auth_time', { auth_time: undefined }, { transaction: { nonce: 'n', maxAge: 60 } }],
  ])('a wrong %s is refused: %j', (claim, changes, more) => {
    expect(() => check(changes, more)).toThrow(
      expect.objectContaining({ code: 'invalid_id_token', description: `${claim} is wrong` }),
    )
  })
})

describe('an ID token', () => {
  const of = (text: string) => `e30.${toBase64url(utf8(text))}.c2ln`

  it('is read as UTF-8', () => {
    expect(decodeIdToken(of('{"name":"Zoë 🌱"}'))).toEqual({ name: 'Zoë 🌱' })
  })

  it.each([
    ['no JSON', of('the-secret')],
    ['null', of('null')],
    ['a number', of('7')],
    ['two parts', of('{}').split('.').slice(0, 2).join('.')],
    ['encrypted', 'a.b.c.d.e'],
    ['base64 in place of base64url', `e30.${btoa('{"a":"??>"}')}.x`],
    ['with padding', `e30.${toBase64url(utf8('{}'))}=.x`],
    ['invalid UTF-8', 'e30.eyJhIjoi_yJ9.x'],
    ['empty', ''],
  ])('that is %s is refused, and the error repeats nothing of it', (_, token) => {
    let error: unknown
    try {
      decodeIdToken(token)
    } catch (thrown) {
      error = thrown
    }
    expect(error).toMatchObject({ code: 'invalid_id_token', cause: undefined })
    expect(String(error)).not.toContain('the-secret')
  })
})
