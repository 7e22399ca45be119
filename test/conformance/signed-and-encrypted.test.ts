/** Signed authorization responses (JARM), encrypted tokens and introspection as a JWT, as two client libraries read them. */
import { exportJWK, generateKeyPair, jwtDecrypt } from 'jose'
import * as oauth from 'oauth4webapi'
import * as oidc from 'openid-client'
import { describe, expect, it } from 'vitest'
import { addClient, addUser, issuer } from './authly.ts'
import { serveJwks } from './client-keys.ts'
import type { ClientColumns, SeededClient, SeededUser } from './seed.ts'
import { signIn } from './sign-in.ts'
import { createUserAgent } from './user-agent.ts'

type Alg = 'RSA-OAEP-256' | 'ECDH-ES' | 'ECDH-ES+A128KW' | 'ECDH-ES+A256KW'

/** A key pair of the client, and the set in which it publishes the public half. */
async function encryptionKey(alg: Alg) {
  const pair = await generateKeyPair(alg, { extractable: true })
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'enc-1', use: 'enc', alg }
  return { privateKey: pair.privateKey, jwks: { keys: [jwk] } }
}

interface Party {
  readonly client: SeededClient
  readonly config: oidc.Configuration
}

async function party(columns: ClientColumns, metadata: Partial<oidc.ClientMetadata> = {}): Promise<Party> {
  const client = await addClient(columns)
  const auth = oidc.ClientSecretBasic(client.client_secret)
  const config = await oidc.discovery(new URL(issuer), client.client_id, metadata, auth, {
    execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks],
  })
  return { client, config }
}

/** The code flow, every check of the library switched on; `seen` is what came back to the client. */
async function obtainTokens({ client, config }: Party, user: SeededUser, more: Record<string, string> = {}) {
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier()
  const [expectedState, expectedNonce] = [oidc.randomState(), oidc.randomNonce()]
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: client.redirect_uri,
    scope: 'openid email offline_access',
    state: expectedState,
    nonce: expectedNonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    ...more,
  })
  const callback = await signIn(createUserAgent(), url, client.redirect_uri, { user })
  const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true }
  return { seen: callback, tokens: await oidc.authorizationCodeGrant(config, callback, checks) }
}

describe('discovery', () => {
  it('lists what responses are signed and encrypted with (JARM §4, RFC 9701 §7, OIDC Discovery §3)', async () => {
    const metadata = (await party({})).config.serverMetadata()
    expect(metadata.response_modes_supported).toEqual([
      'query',
      'form_post',
      'jwt',
      'query.jwt',
      'form_post.jwt',
    ])
    for (const response of ['id_token', 'userinfo', 'authorization', 'introspection']) {
      expect(metadata[`${response}_signing_alg_values_supported`]).toContain('PS256')
      const algs = metadata[`${response}_encryption_alg_values_supported`]
      expect(algs).toEqual(['RSA-OAEP-256', 'ECDH-ES', 'ECDH-ES+A128KW', 'ECDH-ES+A256KW'])
      expect(metadata[`${response}_encryption_enc_values_supported`]).toContain('A256GCM')
    }
  })
})

describe('a signed authorization response (JARM)', () => {
  it.each([undefined, 'RS256', 'ES256', 'EdDSA', 'PS256', 'ES384'])(
    'signed with what the client registered: %s',
    async (alg) => {
      const columns = alg === undefined ? {} : { authorization_signed_response_alg: alg }
      const one = await party(columns, { authorization_signed_response_alg: alg ?? 'RS256' })
      oidc.useJwtResponseMode(one.config)
      const user = await addUser()
      const { seen, tokens } = await obtainTokens(one, user)
      expect([...seen.searchParams.keys()]).toEqual(['response'])
      expect(tokens.claims()?.sub).toBe(user.id)
    },
  )

  it.each(['ECDH-ES+A256KW', 'RSA-OAEP-256'] as const)('encrypted with %s (§2.2)', async (alg) => {
    const { privateKey, jwks } = await encryptionKey(alg)
    const one = await party({ jwks, authorization_encrypted_response_alg: alg })
    oidc.useJwtResponseMode(one.config)
    oidc.enableDecryptingResponses(one.config, ['A128CBC-HS256'], { key: privateKey, kid: 'enc-1', alg })
    const { seen, tokens } = await obtainTokens(one, await addUser())
    expect(seen.searchParams.get('response')?.split('.')).toHaveLength(5)
    expect(tokens.access_token).toBeTruthy()
  })

  it('carries the refusal of the person, and of the request', async () => {
    const one = await party({ first_party: false })
    oidc.useJwtResponseMode(one.config)
    const url = (more: Record<string, string>) =>
      oidc.buildAuthorizationUrl(one.config, {
        redirect_uri: one.client.redirect_uri,
        scope: 'openid',
        code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
        code_challenge_method: 'S256',
        state: 'the state',
        ...more,
      })
    const refusals = {
      access_denied: {},
      login_required: { prompt: 'none' },
      invalid_scope: { scope: 'unknown' },
    }
    for (const [error, more] of Object.entries(refusals)) {
      const user = await addUser()
      const choices = { user, consent: 'deny' } as const
      const callback = await signIn(createUserAgent(), url(more), one.client.redirect_uri, choices)
      const checks = { expectedState: 'the state', pkceCodeVerifier: 'v'.repeat(43) }
      await expect(oidc.authorizationCodeGrant(one.config, callback, checks)).rejects.toMatchObject({ error })
    }
  })

  it('for one client is refused by another, and with another state (§4)', async () => {
    const as = await oauth.processDiscoveryResponse(
      new URL(issuer),
      await oauth.discoveryRequest(new URL(issuer), { [oauth.allowInsecureRequests]: true }),
    )
    const one = await party({})
    oidc.useJwtResponseMode(one.config)
    const { seen } = await obtainTokens(one, await addUser())
    const insecure = { [oauth.allowInsecureRequests]: true }
    const validate = (client_id: string) =>
      oauth.validateJwtAuthResponse(as, { client_id }, seen, oauth.skipStateCheck, insecure)
    expect((await validate(one.client.client_id)).get('code')).toBeTruthy()
    await expect(validate('another')).rejects.toThrow()
    await expect(
      oauth.validateJwtAuthResponse(as, { client_id: one.client.client_id }, seen, 'another', insecure),
    ).rejects.toThrow()
  })
})

describe('encrypted ID tokens and userinfo (OIDC Core §10.2, §16.14)', () => {
  const combinations = [
    ['RSA-OAEP-256', 'A128CBC-HS256', 'ES384'],
    ['ECDH-ES', 'A256GCM', 'PS256'],
    ['ECDH-ES+A128KW', 'A128GCM', 'RS256'],
    ['ECDH-ES+A256KW', 'A256CBC-HS512', 'EdDSA'],
  ] as const
  it.each(combinations)('%s with %s around %s, to a key at jwks_uri', async (alg, enc, signedWith) => {
    const { privateKey, jwks } = await encryptionKey(alg)
    const server = await serveJwks(() => jwks)
    try {
      const signed = {
        id_token_signed_response_alg: signedWith,
        userinfo_signed_response_alg: signedWith,
      }
      const columns = {
        ...{ id_token_encrypted_response_alg: alg, id_token_encrypted_response_enc: enc },
        ...{ userinfo_encrypted_response_alg: alg, userinfo_encrypted_response_enc: enc },
      }
      const one = await party({ ...signed, ...columns, jwks_uri: server.url }, signed)
      oidc.enableDecryptingResponses(one.config, [enc], { key: privateKey, kid: 'enc-1', alg })
      const user = await addUser({ email: `${alg.length}${enc}@example.test` })
      const { tokens } = await obtainTokens(one, user)
      expect(tokens.id_token?.split('.')).toHaveLength(5)
      expect(tokens.claims()).toMatchObject({ sub: user.id, at_hash: expect.any(String) })
      const refreshed = await oidc.refreshTokenGrant(one.config, tokens.refresh_token as string)
      expect(refreshed.claims()?.sub).toBe(user.id)
      const info = await oidc.fetchUserInfo(one.config, tokens.access_token, user.id)
      expect(info).toMatchObject({ sub: user.id, aud: one.client.client_id })
      expect(server.requests()).toBe(1)
    } finally {
      await server.close()
    }
  })

  it('userinfo that is only encrypted has its claims in the JWE itself (OIDC Core §5.3.2)', async () => {
    const { privateKey, jwks } = await encryptionKey('ECDH-ES')
    const one = await party({ jwks, userinfo_encrypted_response_alg: 'ECDH-ES' })
    const user = await addUser()
    const { tokens } = await obtainTokens(one, user)
    const headers = { authorization: `Bearer ${tokens.access_token}` }
    const response = await fetch(`${issuer}/oidc/userinfo`, { headers })
    expect(response.headers.get('content-type')).toBe('application/jwt')
    const audience = one.client.client_id
    const { payload } = await jwtDecrypt(await response.text(), privateKey, { issuer, audience })
    expect(payload).toMatchObject({ sub: user.id, email: expect.any(String) })
  })
})

describe('introspection as a JWT (RFC 9701)', () => {
  const insecure = { [oauth.allowInsecureRequests]: true }

  it.each([
    ['asked for', {}, true],
    ['registered', { introspection_signed_response_alg: 'PS256' }, undefined],
    ['registered, encrypted', { introspection_encrypted_response_alg: 'ECDH-ES' }, true],
  ] as const)('%s: signed for the caller', async (_, columns, requestJwtResponse) => {
    const { privateKey, jwks } = await encryptionKey('ECDH-ES')
    const one = await party({ ...columns, jwks })
    const { tokens } = await obtainTokens(one, await addUser(), { acr_values: 'urn:authly:acr:pwd' })
    const as = one.config.serverMetadata() as oauth.AuthorizationServer
    const client = { client_id: one.client.client_id, ...columns }
    const response = await oauth.introspectionRequest(
      ...([as, client, oauth.ClientSecretBasic(one.client.client_secret), tokens.access_token] as const),
      { ...insecure, ...(requestJwtResponse ? { requestJwtResponse } : {}) },
    )
    expect(response.headers.get('content-type')).toBe('application/token-introspection+jwt')
    expect(response.headers.get('cache-control')).toBe('no-store')
    const options = {
      [oauth.jweDecrypt]: async (jwe: string) => {
        const { compactDecrypt } = await import('jose')
        return new TextDecoder().decode((await compactDecrypt(jwe, privateKey)).plaintext)
      },
    }
    const said = await oauth.processIntrospectionResponse(as, client, response, options)
    // RFC 9470 §6.2.
    expect(said).toMatchObject({ active: true, acr: 'urn:authly:acr:pwd', auth_time: expect.any(Number) })
    await oauth.validateApplicationLevelSignature(as, response, insecure)
  })
})
