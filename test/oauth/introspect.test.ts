import { createLocalJWKSet, jwtVerify } from 'jose'
import { describe, expect, it } from 'vitest'
import type { Client } from '../../src/clients/client.ts'
import { baseRules } from '../../src/clients/profile.ts'
import { createSignJwt } from '../../src/keys/sign-jwt.ts'
import { createVerifyJwt } from '../../src/keys/verify-jwt.ts'
import { ok } from '../../src/kit/result.ts'
import { createRootSecret } from '../../src/kit/root-secret.ts'
import { introspect } from '../../src/oauth/introspect.ts'
import { introspectionJwt } from '../../src/oauth/introspection-response.ts'
import { wantsJwt } from '../../src/oauth/introspection-type.ts'
import { issueAccessToken } from '../../src/tokens/access-token.ts'
import { serviceTokenId } from '../../src/tokens/token-id.ts'
import { aClient } from '../fakes/client.ts'
import { createFakeSessionsOf } from '../fakes/fake-user-sessions.ts'
import { createFakeKeyring } from '../fakes/keyring.ts'

const now = 1_800_000_000_000
const api = 'https://api.example'
const config = { issuer: 'https://auth.example', accessTokenTtlSeconds: 600 }
const keyring = await createFakeKeyring()
const verifyJwt = createVerifyJwt({ keyring, issuer: config.issuer, now: () => now })
const service = aClient({ client_id: 'service' })
const resourceServer = aClient({ client_id: 'api', serves_resources: [api] })

/** What `caller` learns about a service's token for the API, while these clients are enabled. */
async function ask(caller: Client, enabled: readonly Client[]) {
  const token = await issueAccessToken(
    { config, signJwt: createSignJwt({ keyring }) },
    {
      ...{ client: service, sub: 'service', jti: serviceTokenId() },
      ...{ scopes: ['read'], resources: [api], iat: now / 1000 },
    },
  )
  const { sessionsOf } = createFakeSessionsOf()
  const findClient = async (clientId: string) => enabled.find(({ client_id }) => client_id === clientId)
  const root = createRootSecret(Buffer.alloc(32, 1).toString('base64url'))
  return introspect({ config, root, now: () => now, verifyJwt, sessionsOf, findClient }, caller, token)
}

describe('introspection of an access token (RFC 7662)', () => {
  it('tells the API it is meant for, and the client it belongs to', async () => {
    const expected = { active: true, client_id: 'service', aud: api, scope: 'read', token_type: 'Bearer' }
    expect(await ask(resourceServer, [service, resourceServer])).toMatchObject(expected)
    expect(await ask(service, [service, resourceServer])).toMatchObject(expected)
  })

  it('tells nobody else anything (§2.2)', async () => {
    expect(await ask(aClient({ client_id: 'other' }), [service])).toEqual({ active: false })
  })

  it('says inactive once the client was switched off', async () => {
    expect(await ask(resourceServer, [resourceServer])).toEqual({ active: false })
  })
})

describe('introspection as a JWT (RFC 9701)', () => {
  const registered = aClient({ client_id: 'api', introspection_signed_response_alg: 'PS256' })
  const encrypted = aClient({ client_id: 'api', introspection_encrypted_response_alg: 'ECDH-ES' })

  it.each([
    ['application/token-introspection+jwt', service, true],
    ['Application/Token-Introspection+JWT;q=0.9, */*', service, true],
    ['application/json', service, false],
    ['application/jwt', service, false],
    ['*/*', service, false],
    [null, service, false],
    [null, registered, true],
    ['*/*', registered, true],
    ['application/json', registered, false],
    ['', encrypted, true],
  ])('Accept %s (§4)', (accept, caller, expected) => {
    expect(wantsJwt(accept, caller)).toBe(expected)
  })

  const needs = {
    config,
    now: () => now,
    signJwt: createSignJwt({ keyring }),
    prepareEncryption: async () => ok(undefined),
  }
  const answered = async (caller: Client, enabled = [service, resourceServer]) => {
    const jwt = await introspectionJwt(needs, caller, await ask(caller, enabled))
    if (!jwt.ok) throw new Error(jwt.error.error)
    return jwt.value
  }

  it('is for the caller and nobody else, and has what the token says in a member of its own (§5)', async () => {
    const { payload, protectedHeader } = await jwtVerify(
      await answered(resourceServer),
      createLocalJWKSet(await keyring.jwks()),
    )
    expect(protectedHeader).toMatchObject({ typ: 'token-introspection+jwt', alg: 'RS256' })
    const { token_introspection, ...rest } = payload
    expect(rest).toEqual({ iss: config.issuer, aud: 'api', iat: now / 1000 })
    expect(token_introspection).toMatchObject({ active: true, client_id: 'service', aud: api })
  })

  it('tells of a token that is not for the caller only that it is inactive', async () => {
    const jwt = await answered(aClient({ client_id: 'other' }))
    const { payload } = await jwtVerify(jwt, createLocalJWKSet(await keyring.jwks()))
    expect(payload['token_introspection']).toEqual({ active: false })
  })

  it('is no token: neither access token nor ID token (§8.1)', async () => {
    const jwt = await answered(resourceServer)
    for (const typ of ['at+jwt', 'JWT']) {
      expect(await verifyJwt(jwt, { typ, acceptExpired: true })).toBeUndefined()
    }
    expect(await ask(resourceServer, [resourceServer])).toEqual({ active: false })
  })

  it.each([
    [registered, 'PS256'],
    [aClient({ client_id: 'api', rules: { ...baseRules, signing_algs: ['PS256', 'ES256'] } }), 'ES256'],
  ])('is signed as the client registered, or as its profile allows', async (caller, alg) => {
    const { protectedHeader } = await jwtVerify(
      await answered(caller),
      createLocalJWKSet(await keyring.jwks()),
    )
    expect(protectedHeader.alg).toBe(alg)
  })
})
