import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { CompactEncrypt, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Client } from '../../../src/clients/client.ts'
import { termsOf } from '../../../src/clients/profiles/index.ts'
import type { ClientAuthNeeds } from '../../../src/oauth/client-auth/define-method.ts'
import { readClientCredentials } from '../../../src/oauth/client-auth/presented-credentials.ts'
import { privateKeyJwt } from '../../../src/oauth/client-auth/private-key-jwt.ts'
import { parseParameters } from '../../../src/protocol/parameters.ts'
import { aClient } from '../../fakes/client.ts'
import { hostileObjects } from '../authorize/request-sources/hostile-objects.ts'

const issuer = 'https://auth.example'
const now = Date.UTC(2026, 0, 1)
const nowSeconds = now / 1000

type Alg = 'ES256' | 'RS256' | 'PS256' | 'EdDSA' | 'ES384'
const algs: readonly Alg[] = ['ES256', 'RS256', 'PS256', 'EdDSA', 'ES384']
const keys = new Map<Alg, Awaited<ReturnType<typeof generateKeyPair>>>()
let jwks: { keys: Record<string, unknown>[] }

beforeAll(async () => {
  for (const alg of algs) keys.set(alg, await generateKeyPair(alg, { extractable: true }))
  const publics = algs.map(async (alg) => ({
    ...(await exportJWK((keys.get(alg) as { publicKey: CryptoKey }).publicKey)),
    ...{ kid: alg, alg },
  }))
  jwks = { keys: await Promise.all(publics) }
})

const of = (profile: 'oidc' | 'fapi2-security', overrides: Partial<Client> = {}): Client =>
  aClient({ token_endpoint_auth_method: 'private_key_jwt', rules: termsOf(profile).rules, ...overrides })

const needs = (): ClientAuthNeeds => {
  const spent = new Set<string>()
  return {
    config: { issuer, mtls: undefined },
    now: () => now,
    fetchClientJwks: async () => jwks,
    spendOnce: async (_space, jti) => !spent.has(jti) && spent.add(jti) !== undefined,
  } as ClientAuthNeeds
}

async function assert(client: Client, claims: object, alg: Alg = 'ES256', path = '/oauth/token') {
  const { privateKey } = keys.get(alg) as { privateKey: CryptoKey }
  const all = { iss: 'app', sub: 'app', aud: issuer, jti: 'one', exp: nowSeconds + 60, ...claims }
  const assertion = await new SignJWT(all).setProtectedHeader({ alg, kid: alg }).sign(privateKey)
  return privateKeyJwt.verify(needs(), client, assertion, new Request(`${issuer}${path}`))
}

describe('the audience of an assertion', () => {
  const tokenEndpoint = `${issuer}/oauth/token`
  it.each([
    [issuer, true, true],
    [tokenEndpoint, true, false],
    [[issuer], true, false],
    [[issuer, tokenEndpoint], true, false],
    [[issuer, 'https://other.example'], true, false],
    ['https://other.example', false, false],
    [undefined, false, false],
  ])('%j: by OpenID Connect Core §9 %s, by FAPI 2.0 §5.3.2.1 %s', async (aud, oidc, fapi) => {
    expect((await assert(of('oidc'), { aud })) === undefined).toBe(oidc)
    expect((await assert(of('fapi2-security'), { aud })) === undefined).toBe(fapi)
  })
})

describe('the endpoint that is called, as audience (RFC 7523 §3)', () => {
  const introspection = { aud: `${issuer}/oauth/introspect` }
  it('names this server at that endpoint, and at no other', async () => {
    expect(await assert(of('oidc'), introspection, 'ES256', '/oauth/introspect')).toBeUndefined()
    expect(await assert(of('oidc'), introspection, 'ES256', '/oauth/revoke')).toBeDefined()
    expect(await assert(of('oidc'), introspection)).toBeDefined()
  })

  it('does not, where the issuer alone does, nor on another server', async () => {
    expect(await assert(of('fapi2-security'), introspection, 'ES256', '/oauth/introspect')).toBeDefined()
    const elsewhere = { aud: 'https://other.example/oauth/introspect' }
    expect(await assert(of('oidc'), elsewhere, 'ES256', '/oauth/introspect')).toBeDefined()
  })
})

describe('the clock of a client (FAPI 2.0 §5.3.2.1)', () => {
  it.each([
    [{ iat: nowSeconds + 10 }, true],
    [{ nbf: nowSeconds + 10 }, true],
    [{ iat: nowSeconds + 10, nbf: nowSeconds + 8 }, true],
    [{ iat: nowSeconds + 61 }, false],
    [{ nbf: nowSeconds + 61 }, false],
  ])('%j is accepted: %s', async (claims, isAccepted) => {
    expect((await assert(of('fapi2-security'), claims)) === undefined).toBe(isAccepted)
  })
})

describe('the algorithm of an assertion (FAPI 2.0 §5.4.1)', () => {
  it.each([
    ['ES256', true],
    ['PS256', true],
    ['EdDSA', true],
    ['RS256', false],
    ['ES384', false],
  ] as const)('%s is accepted: %s', async (alg, isAccepted) => {
    expect((await assert(of('fapi2-security'), {}, alg)) === undefined).toBe(isAccepted)
    expect(await assert(of('oidc'), {}, alg)).toBeUndefined()
  })

  it('that was registered before the profile forbade it is refused, and no other takes its place', async () => {
    const client = of('fapi2-security', { token_endpoint_auth_signing_alg: 'RS256' })
    expect(await assert(client, {}, 'RS256')).toBe('the registered algorithm is not one of the profile')
    expect(await assert(client, {}, 'ES256')).toBe('the registered algorithm is not one of the profile')
  })
})

describe('an assertion without kid', () => {
  it('is verified with each key that fits: clients publish the next one beside the one they use', async () => {
    const [one, other] = await Promise.all(
      ['one', 'other'].map(() => generateKeyPair('ES256', { extractable: true })),
    )
    const published = await Promise.all(
      [one, other].map(async (pair) => exportJWK(pair?.publicKey as CryptoKey)),
    )
    const sign = (privateKey: CryptoKey, jti: string) =>
      new SignJWT({ iss: 'app', sub: 'app', aud: issuer, jti, exp: nowSeconds + 60 })
        .setProtectedHeader({ alg: 'ES256' })
        .sign(privateKey)
    const both = { ...needs(), fetchClientJwks: async () => ({ keys: published }) }
    const verify = (assertion: string) =>
      privateKeyJwt.verify(both, of('oidc'), assertion, new Request(`${issuer}/oauth/token`))
    expect(await verify(await sign(other?.privateKey as CryptoKey, 'a'))).toBeUndefined()
    expect(await verify(await sign(one?.privateKey as CryptoKey, 'b'))).toBeUndefined()
    const stranger = await generateKeyPair('ES256')
    expect(await verify(await sign(stranger.privateKey, 'c'))).toBe('ERR_JWS_SIGNATURE_VERIFICATION_FAILED')
  })
})

/** As at an endpoint: form, then signature. @returns a reason for the log; undefined: accepted */
async function present(assertion: string): Promise<string | undefined> {
  const form = parseParameters(
    String(
      new URLSearchParams({
        client_assertion: assertion,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      }),
    ),
  )
  if (!form.ok) return form.error
  const read = readClientCredentials(null, form.value)
  if (!read.ok) return read.error.description
  const request = new Request(`${issuer}/oauth/token`)
  return privateKeyJwt.verify(needs(), of('oidc'), read.value.proof, request)
}

const right = { iss: 'app', sub: 'app', aud: issuer, jti: 'one', exp: nowSeconds + 60 }
const encode = (value: string | Uint8Array) => Buffer.from(value).toString('base64url')
const keyOf = (alg: Alg) => keys.get(alg) as Awaited<ReturnType<typeof generateKeyPair>>

/** Signed whatever it says. */
async function signText(header: string, payload = JSON.stringify(right), alg: 'ES256' | 'ES384' = 'ES256') {
  const input = `${encode(header)}.${encode(payload)}`
  const algorithm = { name: 'ECDSA', hash: alg === 'ES256' ? 'SHA-256' : 'SHA-384' }
  const signature = await crypto.subtle.sign(
    algorithm,
    keyOf(alg).privateKey as CryptoKey,
    new TextEncoder().encode(input),
  )
  return `${input}.${encode(new Uint8Array(signature))}`
}
const es256 = (more: object = {}) => JSON.stringify({ alg: 'ES256', kid: 'ES256', ...more })

describe('a trick instead of an assertion', () => {
  it('works with none of them, and the same without does', async () => {
    expect(await present(await signText(es256()))).toBeUndefined()
  })

  it.each<[string, () => Promise<string> | string]>([
    ['no signature', () => `${encode('{"alg":"none"}')}.${encode(JSON.stringify(right))}.AA`],
    [
      'an HMAC keyed with the public key (RFC 8725 §2.1)',
      () => {
        const input = `${encode('{"alg":"HS256","kid":"ES256"}')}.${encode(JSON.stringify(right))}`
        return `${input}.${createHmac('sha256', JSON.stringify(jwks.keys[0])).update(input).digest('base64url')}`
      },
    ],
    [
      'zeros as signature (CVE-2022-21449)',
      async () => (await signText(es256())).replace(/[^.]+$/, encode(new Uint8Array(64))),
    ],
    [
      'the order of the curve as signature',
      async () =>
        (await signText(es256())).replace(
          /[^.]+$/,
          encode(
            Buffer.from('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551'.repeat(2), 'hex'),
          ),
        ),
    ],
    ['the key of another curve (RFC 7518 §3.4)', () => signText(es256(), undefined, 'ES384')],
    ['the name of another curve', () => signText(es256({ alg: 'ES384' }))],
    ['an unencoded payload (RFC 7797)', () => signText(es256({ b64: false, crit: ['b64'] }))],
    ['an extension (RFC 7515 §4.1.11)', () => signText(es256({ crit: ['x'], x: 1 }))],
    ['an assertion within', async () => signText(es256({ cty: 'JWT' }), await signText(es256()))],
    ['a list as content', () => signText(es256(), '[]')],
    ['content nested a thousand deep', () => signText(es256(), '['.repeat(1000) + ']'.repeat(1000))],
    [
      'another client named by the last of two members (RFC 7519 §4)',
      () => signText(es256(), JSON.stringify(right).replace(/}$/, ',"sub":"other"}')),
    ],
    [
      'another algorithm named by the last of two members',
      () => signText('{"alg":"ES256","kid":"ES256","alg":"none"}'),
    ],
    [
      'something encrypted, which anybody can do',
      async () =>
        new CompactEncrypt(new TextEncoder().encode(await signText(es256())))
          .setProtectedHeader({ alg: 'RSA-OAEP-256', enc: 'A128GCM', kid: 'RS256' })
          .encrypt((await generateKeyPair('RSA-OAEP-256')).publicKey),
    ],
    ['the type of a request object (RFC 9101 §10.8)', () => signText(es256({ typ: 'oauth-authz-req+jwt' }))],
    ['the type of a DPoP proof (RFC 8725 §3.11)', () => signText(es256({ typ: 'dpop+jwt' }))],
    ['the type of an access token', () => signText(es256({ typ: 'application/at+jwt' }))],
    ['a type that is no text', () => signText(es256({ typ: 1 }))],
  ])('is refused: %s', async (_what, make) => {
    expect(await present(await make())).toBeTruthy()
  })

  it.each(['JWT', 'jwt', 'application/jwt', 'client-authentication+jwt'])(
    'the type %s is fine',
    async (typ) => {
      expect(await present(await signText(es256({ typ })))).toBeUndefined()
    },
  )

  it('whatever it is, is refused without breaking anything', () =>
    fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
        expect(await present(text || '.')).toBeTruthy()
      }),
      { examples: hostileObjects.map((text) => [text] as [string]) },
    ))

  it('whatever it says, well signed, is refused or names the client', () =>
    fc.assert(
      fc.asyncProperty(
        fc.dictionary(
          fc.constantFrom('iss', 'sub', 'aud', 'jti', 'exp', 'iat', 'nbf', 'x'),
          fc.jsonValue({ maxDepth: 2 }),
        ),
        async (claims) => {
          const said = { ...right, ...claims }
          const reason = await present(await signText(es256(), JSON.stringify(said)))
          if (reason === undefined) expect(said).toMatchObject({ iss: 'app', sub: 'app' })
        },
      ),
    ))
})
