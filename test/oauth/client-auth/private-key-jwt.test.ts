import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Client } from '../../../src/clients/client.ts'
import { termsOf } from '../../../src/clients/profiles/index.ts'
import type { ClientAuthNeeds } from '../../../src/oauth/client-auth/define-method.ts'
import { privateKeyJwt } from '../../../src/oauth/client-auth/private-key-jwt.ts'
import { aClient } from '../../fakes/client.ts'

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
