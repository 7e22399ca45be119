/** `oauth4webapi` validates every response to the letter: what it refuses would be a fault of ours. */
import { generateKeyPair } from 'jose'
import * as oauth from 'oauth4webapi'
import { describe, expect, it } from 'vitest'
import { addClient, addUser, issuer } from './authly.ts'
import { publicJwks, serveJwks } from './client-keys.ts'
import { type ClientColumns, demoResource, type SeededClient, type SeededUser } from './seed.ts'
import { signIn } from './sign-in.ts'
import { createUserAgent } from './user-agent.ts'

const insecure = { [oauth.allowInsecureRequests]: true }

const discover = async (algorithm: 'oidc' | 'oauth2' = 'oidc'): Promise<oauth.AuthorizationServer> => {
  const url = new URL(issuer)
  return oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, { algorithm, ...insecure }))
}

/** The code flow; returns the token response after every check there is. */
async function codeFlow(
  as: oauth.AuthorizationServer,
  seeded: SeededClient,
  auth: oauth.ClientAuth,
  user: SeededUser,
  parameters: Record<string, string> = {},
  metadata: Partial<oauth.Client> = {},
) {
  const client: oauth.Client = { client_id: seeded.client_id, ...metadata }
  const codeVerifier = oauth.generateRandomCodeVerifier()
  const state = oauth.generateRandomState()
  const nonce = oauth.generateRandomNonce()
  const url = new URL(as.authorization_endpoint as string)
  url.search = new URLSearchParams({
    client_id: seeded.client_id,
    redirect_uri: seeded.redirect_uri,
    response_type: 'code',
    scope: 'openid offline_access',
    code_challenge: await oauth.calculatePKCECodeChallenge(codeVerifier),
    code_challenge_method: 'S256',
    state,
    nonce,
    ...parameters,
  }).toString()
  const callback = await signIn(createUserAgent(), url, seeded.redirect_uri, { user })
  // Requires `iss`, because the metadata promises it (RFC 9207 §2.4).
  const checked = oauth.validateAuthResponse(as, client, callback, state)
  const response = await oauth.authorizationCodeGrantRequest(
    ...([as, client, auth, checked, seeded.redirect_uri, codeVerifier, insecure] as const),
  )
  const tokens = await oauth.processAuthorizationCodeResponse(as, client, response, {
    expectedNonce: nonce,
    maxAge: Number(parameters['max_age'] ?? 3600),
    requireIdToken: true,
  })
  await oauth.validateApplicationLevelSignature(as, response, insecure)
  return { client, tokens }
}

const apiRequest = (accessToken: string) =>
  new Request('https://api.example.test/things', { headers: { authorization: `Bearer ${accessToken}` } })

describe('discovery', () => {
  it('says the same by both names (OpenID Connect Discovery §4, RFC 8414 §3)', async () => {
    expect(await discover('oauth2')).toEqual(await discover('oidc'))
  })
})

describe('the code flow', () => {
  it('passes iss, nonce, at_hash, max_age and signature checks (OIDC Core §3.1.3.7, RFC 9207)', async () => {
    const [as, user, seeded] = [await discover(), await addUser(), await addClient()]
    const auth = oauth.ClientSecretBasic(seeded.client_secret)
    const { client, tokens } = await codeFlow(as, seeded, auth, user, { max_age: '600' })
    const claims = oauth.getValidatedIdTokenClaims(tokens)
    expect(claims).toMatchObject({ sub: user.id, azp: client.client_id, acr: 'urn:authly:acr:pwd' })

    const response = await oauth.refreshTokenGrantRequest(
      ...([as, client, auth, tokens.refresh_token as string, insecure] as const),
    )
    const refreshed = await oauth.processRefreshTokenResponse(as, client, response)
    await oauth.validateApplicationLevelSignature(as, response, insecure)
    expect(refreshed.refresh_token).not.toBe(tokens.refresh_token)
  })

  it('issues access tokens an API can validate by itself (RFC 9068 §4)', async () => {
    const [as, user, seeded] = [await discover(), await addUser(), await addClient()]
    const auth = oauth.ClientSecretBasic(seeded.client_secret)
    const parameters = { scope: 'openid demo:read', resource: demoResource }
    const { tokens } = await codeFlow(as, seeded, auth, user, parameters)
    const request = apiRequest(tokens.access_token)
    const claims = await oauth.validateJwtAccessToken(as, request, demoResource, insecure)
    expect(claims).toMatchObject({ sub: user.id, client_id: seeded.client_id, scope: 'openid demo:read' })
    expect(claims).toMatchObject({ acr: 'urn:authly:acr:pwd', auth_time: expect.any(Number) })
    await expect(
      oauth.validateJwtAccessToken(as, request, 'https://another.test', insecure),
    ).rejects.toThrow()
  })

  it.each(['RS256', 'ES256', 'EdDSA', 'PS256', 'ES384'])(
    'signs ID tokens with %s when the client registered it',
    async (alg) => {
      const [as, user] = [await discover(), await addUser()]
      const seeded = await addClient({ id_token_signed_response_alg: alg })
      const auth = oauth.ClientSecretBasic(seeded.client_secret)
      const { tokens } = await codeFlow(as, seeded, auth, user, {}, { id_token_signed_response_alg: alg })
      expect(oauth.getValidatedIdTokenClaims(tokens)?.sub).toBe(user.id)
    },
  )

  it.each(['RS256', 'ES256', 'EdDSA', 'PS256', 'ES384'])(
    'signs access tokens with %s when the client registered it',
    async (alg) => {
      const [as, user] = [await discover(), await addUser()]
      const seeded = await addClient({ access_token_signed_response_alg: alg })
      const { tokens } = await codeFlow(as, seeded, oauth.ClientSecretBasic(seeded.client_secret), user)
      const claims = await oauth.validateJwtAccessToken(as, apiRequest(tokens.access_token), issuer, insecure)
      expect(claims.sub).toBe(user.id)
    },
  )
})

describe('userinfo', () => {
  it('answers JSON with the claims of the scopes (OIDC Core §5.3, §5.4)', async () => {
    const user = await addUser({
      profile: { name: 'Grace Hopper', address: { country: 'US' } },
      email: 'grace@example.test',
    })
    const [as, seeded] = [await discover(), await addClient()]
    const auth = oauth.ClientSecretBasic(seeded.client_secret)
    const { client, tokens } = await codeFlow(as, seeded, auth, user, { scope: 'openid email address' })
    const response = await oauth.userInfoRequest(as, client, tokens.access_token, insecure)
    const info = await oauth.processUserInfoResponse(as, client, user.id, response)
    expect(info).toEqual({
      sub: user.id,
      email: 'grace@example.test',
      email_verified: true,
      address: { country: 'US' },
    })
  })

  it.each(['RS256', 'ES256', 'EdDSA', 'PS256', 'ES384'])(
    'answers a JWT signed with %s (OIDC Core §5.3.2)',
    async (alg) => {
      const [as, user] = [await discover(), await addUser({ profile: { name: 'Signed' } })]
      const seeded = await addClient({ userinfo_signed_response_alg: alg })
      const metadata = { userinfo_signed_response_alg: alg }
      const auth = oauth.ClientSecretBasic(seeded.client_secret)
      const { client, tokens } = await codeFlow(as, seeded, auth, user, { scope: 'openid profile' }, metadata)
      const response = await oauth.userInfoRequest(as, client, tokens.access_token, insecure)
      const info = await oauth.processUserInfoResponse(as, client, user.id, response)
      await oauth.validateApplicationLevelSignature(as, response, insecure)
      expect(info).toMatchObject({ sub: user.id, name: 'Signed', iss: issuer, aud: seeded.client_id })
    },
  )

  it('puts a claim asked for by name where it was asked for (OIDC Core §5.5)', async () => {
    const user = await addUser({ profile: { nickname: 'nick', name: 'Named' } })
    const [as, seeded] = [await discover(), await addClient()]
    // Pretty-printed: line breaks are JSON's own.
    const request = { userinfo: { nickname: null }, id_token: { name: { essential: true } } }
    const claims = JSON.stringify(request, null, 2)
    const auth = oauth.ClientSecretBasic(seeded.client_secret)
    const { client, tokens } = await codeFlow(as, seeded, auth, user, { scope: 'openid', claims })
    expect(oauth.getValidatedIdTokenClaims(tokens)).toMatchObject({ name: 'Named' })
    expect(oauth.getValidatedIdTokenClaims(tokens)).not.toHaveProperty('nickname')
    const response = await oauth.userInfoRequest(as, client, tokens.access_token, insecure)
    const info = await oauth.processUserInfoResponse(as, client, user.id, response)
    expect(info).toEqual({ sub: user.id, nickname: 'nick' })
  })
})

describe('machines', () => {
  const authenticated: readonly [string, ClientColumns, (secret: string) => oauth.ClientAuth][] = [
    ['client_secret_basic', {}, oauth.ClientSecretBasic],
    ['client_secret_post', { token_endpoint_auth_method: 'client_secret_post' }, oauth.ClientSecretPost],
  ]
  it.each(authenticated)(
    'get, introspect and revoke tokens with %s (RFC 6749 §4.4, 7662, 7009)',
    async (_, columns, auth) => {
      const [as, seeded] = [await discover('oauth2'), await addClient(columns)]
      await exercise(as, seeded, auth(seeded.client_secret))
    },
  )

  it('authenticate with a key published at jwks_uri; unknown kids make nobody hammer it (OIDC Core §9, §10.1.1)', async () => {
    const first = await generateKeyPair('ES256', { extractable: true })
    let published = await publicJwks(first.publicKey, 'ES256', 'one')
    const server = await serveJwks(() => published)
    try {
      const seeded = await addClient({ token_endpoint_auth_method: 'private_key_jwt', jwks_uri: server.url })
      const as = await discover()
      await exercise(as, seeded, oauth.PrivateKeyJwt({ key: first.privateKey, kid: 'one' }))
      expect(server.requests()).toBe(1)
      const second = await generateKeyPair('ES256', { extractable: true })
      published = await publicJwks(second.publicKey, 'ES256', 'two')
      // A kid that is not known makes the server look again, though not more often than every 30 s.
      const request = () =>
        oauth.clientCredentialsGrantRequest(
          ...([as, { client_id: seeded.client_id }] as const),
          oauth.PrivateKeyJwt({ key: second.privateKey, kid: 'two' }),
          ...([{ scope: 'demo:read' }, insecure] as const),
        )
      expect((await request()).status).toBe(400)
      expect(server.requests()).toBe(1)
    } finally {
      await server.close()
    }
  })
})

async function exercise(as: oauth.AuthorizationServer, seeded: SeededClient, auth: oauth.ClientAuth) {
  const client: oauth.Client = { client_id: seeded.client_id }
  const parameters = new URLSearchParams({ scope: 'demo:read', resource: demoResource })
  const response = await oauth.clientCredentialsGrantRequest(as, client, auth, parameters, insecure)
  const tokens = await oauth.processClientCredentialsResponse(as, client, response)
  const token = tokens.access_token
  const claims = await oauth.validateJwtAccessToken(as, apiRequest(token), demoResource, insecure)
  expect(claims).toMatchObject({ sub: seeded.client_id, client_id: seeded.client_id, scope: 'demo:read' })

  const introspect = async () => {
    const asked = await oauth.introspectionRequest(as, client, auth, token, insecure)
    return oauth.processIntrospectionResponse(as, client, asked)
  }
  expect(await introspect()).toMatchObject({ active: true, jti: claims.jti, token_type: 'Bearer' })
  await oauth.processRevocationResponse(await oauth.revocationRequest(as, client, auth, token, insecure))
  expect(await introspect()).toEqual({ active: false })
}
