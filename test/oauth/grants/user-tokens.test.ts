import {
  compactDecrypt,
  decodeJwt,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  type JSONWebKeySet,
  type JWTPayload,
} from 'jose'
import { describe, expect, it } from 'vitest'
import type { Client } from '../../../src/clients/client.ts'
import { createPrepareEncryption } from '../../../src/clients/prepare-encryption.ts'
import { baseRules } from '../../../src/clients/profile.ts'
import { parseConfig } from '../../../src/config.ts'
import { createSignJwt } from '../../../src/keys/sign-jwt.ts'
import { sha256 } from '../../../src/kit/hash.ts'
import { createRootSecret } from '../../../src/kit/root-secret.ts'
import { authorizationCode } from '../../../src/oauth/grants/authorization-code-grant.ts'
import type { GrantNeeds, GrantType, TokenResponse } from '../../../src/oauth/grants/define-grant.ts'
import { refreshToken } from '../../../src/oauth/grants/refresh-token-grant.ts'
import { bearer } from '../../../src/oauth/sender-constraints/prove-sender.ts'
import { parseParameters } from '../../../src/protocol/parameters.ts'
import type { ScopeCatalog } from '../../../src/scopes/scope.ts'
import type { Grant } from '../../../src/sessions/grant.ts'
import { sealCode } from '../../../src/tokens/authorization-code.ts'
import { grantReference } from '../../../src/tokens/grant-reference.ts'
import type { User } from '../../../src/users/user.ts'
import { aClient } from '../../fakes/client.ts'
import { createFakeSessionsOf } from '../../fakes/fake-user-sessions.ts'
import { createFakeKeyring } from '../../fakes/keyring.ts'
import { grant as aGrant, login, origin, start, userId } from '../../sessions/examples.ts'

const secret = Buffer.alloc(32, 1).toString('base64url')
const config = parseConfig({
  AUTHLY_ISSUER: 'https://auth.example',
  AUTHLY_ROOT_SECRET: secret,
  DATABASE_URL: 'postgres://localhost/x',
})
const root = createRootSecret(secret)
const signJwt = createSignJwt({ keyring: await createFakeKeyring() })
const prepareEncryption = createPrepareEncryption({
  fetchClientJwks: async ({ jwks }) => jwks as JSONWebKeySet | undefined,
})
const verifier = 'v'.repeat(43)

const [orders = '', files = ''] = aGrant().resources
/** `orders` and `files` are scopes of the API of that name; `read` is of none. */
const catalog: ScopeCatalog = {
  scopes: [
    { name: 'orders', description: 'Orders', resource: orders },
    { name: 'files', description: 'Files', resource: files },
    { name: 'read', description: 'Read', resource: undefined },
  ],
  resource_servers: [],
}

/** A person signed in, and an application that redeems a code and refreshes. */
async function setUp(
  findUser: GrantNeeds['findUser'],
  more: Partial<Grant> = {},
  metadata: Partial<Client> = {},
) {
  const { sessionsOf } = createFakeSessionsOf()
  const needs: GrantNeeds = {
    config,
    root,
    now: () => start,
    signJwt,
    prepareEncryption,
    sessionsOf,
    findUser,
    recordEvent() {},
    loadScopeCatalog: async () => catalog,
    spendOnce: async () => true,
  }
  const { scopes, resources } = aGrant('g-1', more)
  let client = aClient({ client_id: 'web', scopes, resources, ...metadata })
  const ask = async (type: GrantType, fields: Record<string, string>): Promise<TokenResponse> => {
    const form = parseParameters(new URLSearchParams(fields).toString())
    if (!form.ok) throw new Error(form.error)
    const answer = await type.exchange(needs, { client, form: form.value, origin, sender: bearer })
    if (!answer.ok) throw new Error(answer.error.error)
    return answer.value
  }
  await sessionsOf(userId).recordLogin(login())
  const redirect_uri = 'https://app.example/callback'
  const code = await sealCode(root, {
    grant: aGrant('g-1', more),
    redirect_uri,
    code_challenge: await sha256(verifier),
    expires_at: start + 60_000,
  })
  return {
    redeem: (fields: Record<string, string> = {}) =>
      ask(authorizationCode, { code, redirect_uri, code_verifier: verifier, ...fields }),
    refresh: (refresh_token = '', fields: Record<string, string> = {}) =>
      ask(refreshToken, { refresh_token, ...fields }),
    withdraw(scope: string) {
      client = { ...client, scopes: client.scopes.filter((name) => name !== scope) }
    },
    register(resources: readonly string[]) {
      client = { ...client, resources }
    },
  }
}

const idToken = ({ id_token = '' }: TokenResponse): JWTPayload => decodeJwt(id_token)
const ada: User = {
  id: userId,
  version: 1,
  username: 'ada',
  email: 'ada@example.com',
  email_verified: true,
  phone_number: undefined,
  phone_number_verified: false,
  profile: { name: 'Ada' },
  roles: [],
  status: 'active',
  updated_at: start,
}
const nobody = async () => undefined
const outage = Object.assign(new Error('fetch failed'), { name: 'NeonDbError' })

describe('encrypted ID tokens (OpenID Connect Core §16.14)', () => {
  const registered = {
    id_token_encrypted_response_alg: 'RSA-OAEP-256',
    id_token_encrypted_response_enc: 'A256GCM',
  } as const

  it('are signed, then encrypted to the key of the client, at redemption and refresh', async () => {
    const pair = await generateKeyPair('RSA-OAEP-256', { extractable: true })
    const jwks = { keys: [{ ...(await exportJWK(pair.publicKey)), use: 'enc', kid: 'enc' }] }
    const { redeem, refresh } = await setUp(nobody, {}, { ...registered, jwks })
    const first = await redeem()
    for (const { id_token = '', access_token } of [first, await refresh(first.refresh_token)]) {
      const { plaintext, protectedHeader } = await compactDecrypt(id_token, pair.privateKey)
      expect(protectedHeader).toEqual({ alg: 'RSA-OAEP-256', enc: 'A256GCM', kid: 'enc', cty: 'JWT' })
      expect(decodeJwt(new TextDecoder().decode(plaintext))).toMatchObject({
        aud: 'web',
        sub: expect.any(String),
      })
      expect(decodeJwt(access_token)).toMatchObject({ client_id: 'web' })
    }
  })

  it('that cannot be encrypted are not issued, and the code and the refresh token are not spent', async () => {
    const pair = await generateKeyPair('RSA-OAEP-256', { extractable: true })
    const keys = [{ ...(await exportJWK(pair.publicKey)), use: 'enc' }]
    const jwks: { keys: Record<string, unknown>[] } = { keys: [] }
    const { redeem, refresh } = await setUp(nobody, {}, { ...registered, jwks })
    await expect(redeem()).rejects.toThrow('temporarily_unavailable')
    jwks.keys.push(...keys)
    const first = await redeem()
    expect(first.id_token?.split('.')).toHaveLength(5)
    jwks.keys.length = 0
    await expect(refresh(first.refresh_token)).rejects.toThrow('temporarily_unavailable')
    jwks.keys.push(...keys)
    expect((await refresh(first.refresh_token)).id_token?.split('.')).toHaveLength(5)
  })
})

describe('what a profile lets JWTs be signed with', () => {
  const registered = {
    id_token_signed_response_alg: 'RS256',
    access_token_signed_response_alg: 'EdDSA',
  } as const

  it.each([
    [undefined, 'RS256', 'EdDSA'],
    [['RS256', 'EdDSA'], 'RS256', 'EdDSA'],
    [['PS256', 'ES256', 'EdDSA'], 'ES256', 'EdDSA'],
    [['HS256', 'PS256'], 'PS256', 'PS256'],
  ])('%j: ID tokens with %s, access tokens with %s', async (signing_algs, ofId, ofAccess) => {
    const rules = { ...baseRules, signing_algs }
    const { redeem } = await setUp(nobody, {}, { ...registered, rules })
    const { id_token = '', access_token } = await redeem()
    expect(decodeProtectedHeader(id_token).alg).toBe(ofId)
    expect(decodeProtectedHeader(access_token).alg).toBe(ofAccess)
  })
})

describe('at_hash (OpenID Connect Core §3.1.3.6)', () => {
  it.each([
    ['ES256', 'SHA-256'],
    ['RS256', 'SHA-256'],
    ['PS256', 'SHA-256'],
    ['ES384', 'SHA-384'],
    ['EdDSA', 'SHA-512'],
  ] as const)('of %s is half of %s', async (alg, hash) => {
    const { redeem } = await setUp(nobody, {}, { id_token_signed_response_alg: alg })
    const tokens = await redeem()
    const digest = Buffer.from(
      await crypto.subtle.digest(hash, new TextEncoder().encode(tokens.access_token)),
    )
    expect(idToken(tokens)['at_hash']).toBe(digest.subarray(0, digest.length / 2).toString('base64url'))
    expect(decodeProtectedHeader(tokens.id_token ?? '').alg).toBe(alg)
  })
})

describe('ID tokens of a grant', () => {
  it('carry the nonce of the authorization request; refreshed ones do not (OpenID Connect Core §12.2)', async () => {
    const { redeem, refresh } = await setUp(nobody)
    const first = await redeem()
    expect(idToken(first)['nonce']).toBe('n-1')
    const second = idToken(await refresh(first.refresh_token))
    expect(second).not.toHaveProperty('nonce')
    const { sub, aud, auth_time, azp } = idToken(first)
    expect(second).toMatchObject({ sub, aud, auth_time, azp })
  })

  it('carry the claims of granted scopes for a client that is registered so, and of no other scope (§5.4)', async () => {
    const scopes = ['openid', 'profile', 'offline_access']
    const metadata = { scope_claims_in_id_token: true }
    const { redeem, refresh } = await setUp(async () => ada, { scopes }, metadata)
    const first = await redeem()
    expect(idToken(first)).toMatchObject({ name: 'Ada', preferred_username: 'ada', sub: expect.any(String) })
    expect(idToken(first)).not.toHaveProperty('email')
    expect(idToken(await refresh(first.refresh_token))).toMatchObject({ name: 'Ada' })
  })

  it('leave out what a narrower refresh, or the client itself, no longer may see', async () => {
    const scopes = ['openid', 'profile', 'email']
    const { redeem, refresh, withdraw } = await setUp(
      async () => ada,
      { scopes },
      { scope_claims_in_id_token: true },
    )
    const first = await redeem()
    expect(idToken(first)).toMatchObject({ name: 'Ada', email: 'ada@example.com' })
    const narrow = await refresh(first.refresh_token, { scope: 'openid profile' })
    expect(idToken(narrow)).toMatchObject({ name: 'Ada' })
    expect(idToken(narrow)).not.toHaveProperty('email')
    withdraw('profile')
    const withdrawn = idToken(await refresh(narrow.refresh_token))
    expect(withdrawn).toMatchObject({ email: 'ada@example.com' })
    expect(withdrawn).not.toHaveProperty('name')
  })

  it('carry claims asked for by name beside those of scopes (§5.5)', async () => {
    const more = { scopes: ['openid', 'profile'], claims: { userinfo: [], id_token: ['email'] } }
    const { redeem } = await setUp(async () => ada, more, { scope_claims_in_id_token: true })
    expect(idToken(await redeem())).toMatchObject({ name: 'Ada', email: 'ada@example.com' })
  })

  it('read nobody from Postgres unless there is a claim to carry', async () => {
    const never = () => Promise.reject(new Error('read'))
    const scopes = ['openid', 'profile', 'email']
    await (await setUp(never, { scopes })).redeem()
    await (await setUp(never, { scopes: ['openid'] }, { scope_claims_in_id_token: true })).redeem()
  })

  it('come without the claims of scopes while Postgres is away', async () => {
    const scopes = ['openid', 'profile', 'email']
    const { redeem } = await setUp(
      () => Promise.reject(outage),
      { scopes },
      { scope_claims_in_id_token: true },
    )
    expect(idToken(await redeem())).not.toHaveProperty('email')
  })

  it('come without requested claims while Postgres is away: no code is spent for an error (§5.5.1)', async () => {
    const { redeem, refresh } = await setUp(() => Promise.reject(outage), {
      claims: { userinfo: [], id_token: ['email'] },
    })
    const first = await redeem()
    expect(idToken(first)).not.toHaveProperty('email')
    expect(idToken(await refresh(first.refresh_token))).not.toHaveProperty('email')
  })

  it('do not hide a bug', async () => {
    const { redeem } = await setUp(() => Promise.reject(new TypeError('bug')), {
      claims: { userinfo: [], id_token: ['email'] },
    })
    await expect(redeem()).rejects.toThrow('bug')
  })
})

describe('a scope that was taken from the client', () => {
  it('is in no token made since, however long the grant lives', async () => {
    const { redeem, refresh, withdraw } = await setUp(nobody)
    const first = await redeem()
    const [kept = '', withdrawn = ''] = (first.scope ?? '').split(' ')
    withdraw(withdrawn)
    const second = await refresh(first.refresh_token)
    expect(first.scope).toContain(withdrawn)
    expect(second.scope).toContain(kept)
    expect(second.scope).not.toContain(withdrawn)
    expect(decodeJwt(second.access_token)['scope']).toBe(second.scope)
  })
})

describe('an API that was taken from the client', () => {
  const [api = '', files = ''] = aGrant().resources
  const audience = ({ access_token }: TokenResponse) => [decodeJwt(access_token).aud].flat()

  it('is in no token made since, and comes back with its registration (RFC 8707 §2.2)', async () => {
    const { redeem, refresh, register } = await setUp(nobody)
    const first = await redeem()
    expect(audience(first)).toEqual([api, files, config.issuer])
    register([files])
    const second = await refresh(first.refresh_token)
    expect(audience(second)).toEqual([files, config.issuer])
    await expect(refresh(second.refresh_token, { resource: api })).rejects.toThrow('invalid_target')
    register([api, files])
    expect(audience(await refresh(second.refresh_token))).toContain(api)
  })

  it('leaves no token for this server behind when it was the last one, and costs no refresh token', async () => {
    const { redeem, refresh, register } = await setUp(nobody)
    const { refresh_token } = await redeem()
    register(['https://another.example.test'])
    await expect(refresh(refresh_token)).rejects.toThrow('invalid_target')
    await expect(refresh(refresh_token, { resource: api })).rejects.toThrow('invalid_target')
    register([files])
    expect(audience(await refresh(refresh_token))).toEqual([files, config.issuer])
  })

  it('is not in the answer that a lost one is repeated with', async () => {
    const { redeem, refresh, register } = await setUp(nobody)
    const { refresh_token } = await redeem()
    await refresh(refresh_token)
    register([files])
    expect(audience(await refresh(refresh_token))).toEqual([files, config.issuer])
    register([])
    await expect(refresh(refresh_token)).rejects.toThrow('invalid_target')
  })

  it('is not redeemed from a code of before', async () => {
    const { redeem, register } = await setUp(nobody)
    register([files])
    await expect(redeem({ resource: api })).rejects.toThrow('invalid_target')
    register([])
    await expect(redeem()).rejects.toThrow('invalid_target')
    register([files])
    expect(audience(await redeem())).toEqual([files, config.issuer])
  })
})

describe('a resource named at the token endpoint (RFC 8707 §2.2)', () => {
  const scopes = ['openid', 'profile', 'offline_access', 'orders', 'files', 'read']
  const claims = ({ access_token }: TokenResponse) => {
    const { aud, scope, grant_ref } = decodeJwt(access_token)
    return { aud, scope, grant_ref }
  }

  it('is the whole audience, and the token has its scopes alone; the ID token comes all the same', async () => {
    const { redeem, refresh } = await setUp(nobody, { scopes })
    const first = await redeem({ resource: orders })
    expect(claims(first)).toMatchObject({ aud: orders, scope: 'orders read' })
    expect(first.scope).toBe('orders read')
    expect(idToken(first)).toMatchObject({ aud: 'web' })
    const second = await refresh(first.refresh_token, { resource: files })
    expect(claims(second)).toMatchObject({ aud: files, scope: 'files read' })
  })

  it('may be this server: then the token is for userinfo alone', async () => {
    const { redeem, refresh } = await setUp(nobody, { scopes })
    const first = await redeem({ resource: config.issuer })
    expect(claims(first)).toMatchObject({ aud: config.issuer, scope: 'openid profile offline_access read' })
    const { refresh: refreshOther, redeem: redeemOther } = await setUp(nobody, { scopes: ['orders'] })
    const { refresh_token } = await redeemOther()
    await expect(refreshOther(refresh_token, { resource: config.issuer })).rejects.toThrow('invalid_target')
    expect((await refresh(first.refresh_token)).scope).toBe(scopes.join(' '))
  })

  it('without any, the token is for all that was granted, and with openid for userinfo', async () => {
    const { redeem } = await setUp(nobody, { scopes })
    expect(claims(await redeem())).toMatchObject({
      aud: [orders, files, config.issuer],
      scope: scopes.join(' '),
    })
    const { redeem: redeemOther } = await setUp(nobody, { scopes: ['orders', 'read'], resources: [orders] })
    expect(claims(await redeemOther())).toMatchObject({ aud: orders, scope: 'orders read' })
  })

  it('each audience knows the grant by another reference, which refreshing and rotating secrets leave as it is', async () => {
    const { redeem, refresh } = await setUp(nobody, { scopes })
    const first = await redeem()
    const references = claims(first).grant_ref as string[]
    expect(new Set(references).size).toBe(3)
    const second = await refresh(first.refresh_token, { resource: files })
    expect(claims(second).grant_ref).toBe(references[1])
    const newer = createRootSecret(Buffer.alloc(32, 2).toString('base64url'), [secret])
    expect(await grantReference(newer, files, 'g-1')).toBe(references[1])
  })
})

describe('a grant of before that holds admin scopes and an API', () => {
  const scopes = ['openid', 'orders', 'admin:users:write']

  it('gives tokens without admin scopes: the API would use them at the admin API', async () => {
    const { redeem, refresh } = await setUp(nobody, { scopes })
    const first = await redeem()
    const second = await refresh(first.refresh_token)
    for (const tokens of [first, second]) {
      expect(tokens.scope).toBe('openid orders')
      expect(decodeJwt(tokens.access_token)['scope']).toBe('openid orders')
    }
    const asked = await refresh(second.refresh_token, { scope: 'openid admin:users:write' })
    expect(decodeJwt(asked.access_token)['scope']).toBe('openid')
  })

  it('refuses both in one request', async () => {
    const { redeem, refresh } = await setUp(nobody, { scopes })
    const { refresh_token } = await redeem()
    const resource = aGrant().resources[0] ?? ''
    await expect(refresh(refresh_token, { scope: 'admin:users:write', resource })).rejects.toThrow(
      'invalid_target',
    )
  })

  it('keeps them where no API is named', async () => {
    const { redeem } = await setUp(nobody, { scopes, resources: [] })
    const { access_token } = await redeem()
    expect(decodeJwt(access_token)).toMatchObject({ aud: config.issuer, scope: scopes.join(' ') })
  })
})
