import fc from 'fast-check'
import { base64url, exportSPKI, SignJWT, UnsecuredJWT } from 'jose'
import { beforeAll, describe, expect, test } from 'vitest'
import { signingAlgs } from '../../src/keys/algorithms.ts'
import { createSignJwt } from '../../src/keys/sign-jwt.ts'
import { createVerifyJwt, type VerifyJwt } from '../../src/keys/verify-jwt.ts'
import { respellingsOf } from '../conformance/respellings.ts'
import { createFakeKeyring, type FakeKeyring } from '../fakes/keyring.ts'

const issuer = 'https://auth.test'
let keyring: FakeKeyring
let verifyJwt: VerifyJwt
let now = Date.UTC(2027, 0, 1)
const seconds = () => Math.floor(now / 1000)
const claims = () => ({ iss: issuer, sub: 'someone', jti: crypto.randomUUID(), exp: seconds() + 600 })
const sign = (alg: (typeof signingAlgs)[number], typ: string, payload: Record<string, unknown>) =>
  createSignJwt({ keyring })(alg, typ, payload)

beforeAll(async () => {
  keyring = await createFakeKeyring()
  verifyJwt = createVerifyJwt({ keyring, issuer, now: () => now })
})

describe('verifyJwt', () => {
  test.each(signingAlgs)('gives the claims of a token we signed: %s', async (alg) => {
    const payload = { ...claims(), name: 'Zoë 日本' }
    const token = await sign(alg, 'at+jwt', payload)
    expect(await verifyJwt(token, { typ: 'at+jwt' })).toEqual(payload)
    expect(await verifyJwt(token, { typ: 'at+jwt' })).toEqual(payload)
  })

  test('an ID token is no access token, remembered or not (RFC 8725 §3.11)', async () => {
    const token = await sign('ES256', 'JWT', claims())
    expect(await verifyJwt(token, { typ: 'JWT' })).toBeDefined()
    expect(await verifyJwt(token, { typ: 'at+jwt' })).toBeUndefined()
  })

  test('a token ends at its exp even when its signature is remembered', async () => {
    const before = now
    const token = await sign('ES256', 'at+jwt', claims())
    expect(await verifyJwt(token, { typ: 'at+jwt' })).toBeDefined()
    now += 600_000
    expect(await verifyJwt(token, { typ: 'at+jwt' })).toBeUndefined()
    expect(await verifyJwt(token, { typ: 'at+jwt', acceptExpired: true })).toBeDefined()
    now = before
  })

  test('a token without exp, not yet valid, or of another issuer is refused', async () => {
    const { exp: _, ...endless } = claims()
    for (const payload of [
      endless,
      { ...claims(), nbf: seconds() + 60 },
      { ...claims(), iss: 'https://evil.test' },
    ]) {
      expect(await verifyJwt(await sign('ES256', 'at+jwt', payload), { typ: 'at+jwt' })).toBeUndefined()
    }
  })

  test('alg none is refused (RFC 8725 §3.1)', async () => {
    const unsecured = new UnsecuredJWT(claims()).encode()
    const header = base64url.encode(JSON.stringify({ alg: 'none', typ: 'at+jwt', kid: 'ES256-key' }))
    const [, payload] = unsecured.split('.')
    for (const token of [unsecured, `${header}.${payload}.`, `${header}.${payload}.AA`]) {
      expect(await verifyJwt(token, { typ: 'at+jwt' })).toBeUndefined()
    }
  })

  test.each(['RS256-key', 'ES256-key'])(
    'HS256 with our public key as the secret is refused: %s (RFC 8725 §2.1)',
    async (kid) => {
      const key = await keyring.verificationKey(kid)
      if (!key) throw new Error('the key must exist')
      const secret = new TextEncoder().encode(await exportSPKI(key.key))
      const token = await new SignJWT(claims())
        .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid })
        .sign(secret)
      expect(await verifyJwt(token, { typ: 'at+jwt' })).toBeUndefined()
    },
  )

  test('a header that names another algorithm than its key is refused', async () => {
    const token = await sign('ES256', 'at+jwt', claims())
    const [, payload, signature] = token.split('.')
    const header = base64url.encode(JSON.stringify({ alg: 'EdDSA', typ: 'at+jwt', kid: 'ES256-key' }))
    expect(await verifyJwt(`${header}.${payload}.${signature}`, { typ: 'at+jwt' })).toBeUndefined()
  })

  test('crit is refused: we never write it (RFC 7515 §4.1.11)', async () => {
    const { key } = await keyring.signingKey('ES256')
    const token = await new SignJWT(claims())
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'ES256-key', crit: ['b64'], b64: true })
      .sign(key)
    expect(await verifyJwt(token, { typ: 'at+jwt' })).toBeUndefined()
  })

  test('another spelling of the same token is refused: padding, spaces, spare bits (RFC 7515 §2)', async () => {
    const token = await sign('ES256', 'at+jwt', claims())
    for (const [name, text] of respellingsOf(token)) {
      if (text !== token) expect(await verifyJwt(text, { typ: 'at+jwt' }), name).toBeUndefined()
    }
    expect(await verifyJwt(token, { typ: 'at+jwt' })).toBeDefined()
  })

  test('a token of a key that left the keyring is refused, remembered or not', async () => {
    const ring = await createFakeKeyring()
    const verify = createVerifyJwt({ keyring: ring, issuer, now: () => now })
    const token = await createSignJwt({ keyring: ring })('ES256', 'at+jwt', claims())
    expect(await verify(token, { typ: 'at+jwt' })).toBeDefined()
    ring.remove('ES256')
    expect(await verify(token, { typ: 'at+jwt' })).toBeUndefined()
  })

  test('any change of one character is refused, and no text throws', async () => {
    const token = await sign('ES256', 'at+jwt', claims())
    await verifyJwt(token, { typ: 'at+jwt' })
    const changed = fc
      .tuple(fc.nat(token.length - 1), fc.constantFrom(...'ABCdef019-_.= '))
      .map(([at, character]) => token.slice(0, at) + character + token.slice(at + 1))
      .filter((text) => text !== token)
    await fc.assert(
      fc.asyncProperty(changed, async (text) => {
        expect(await verifyJwt(text, { typ: 'at+jwt' })).toBeUndefined()
      }),
      { numRuns: 300 },
    )
    await fc.assert(
      fc.asyncProperty(fc.string(), async (text) => {
        expect(await verifyJwt(text, { typ: 'at+jwt' })).toBeUndefined()
      }),
    )
    expect(await verifyJwt(`${'a'.repeat(20_000)}.b.c`, { typ: 'at+jwt' })).toBeUndefined()
  })
})
