/** Pushed and signed authorization requests, as `openid-client` and `oauth4webapi` send them. */
import { type CryptoKey, generateKeyPair } from 'jose'
import * as oauth from 'oauth4webapi'
import * as oidc from 'openid-client'
import { describe, expect, it } from 'vitest'
import { addClient, addUser, issuer } from './authly.ts'
import { clientKeyId, publicJwks } from './client-keys.ts'
import type { ClientColumns, SeededClient } from './seed.ts'
import { signIn } from './sign-in.ts'
import { createUserAgent } from './user-agent.ts'

const insecure = { [oauth.allowInsecureRequests]: true }

type Party = { readonly client: SeededClient; readonly config: oidc.Configuration; readonly key: CryptoKey }

/** A client with a key, which authenticates by it. */
async function party(columns: ClientColumns = {}, alg = 'ES256'): Promise<Party> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  const client = await addClient({
    token_endpoint_auth_method: 'private_key_jwt',
    jwks: await publicJwks(publicKey, alg),
    ...columns,
  })
  const auth = oidc.PrivateKeyJwt({ key: privateKey, kid: clientKeyId })
  const execute = [oidc.allowInsecureRequests]
  const config = await oidc.discovery(new URL(issuer), client.client_id, {}, auth, { execute })
  return { client, config, key: privateKey }
}

/** The code flow with PKCE, state and nonce; `build` says how the request gets to the server. */
async function obtainTokens(
  { client, config }: Party,
  build: (parameters: Record<string, string>) => Promise<URL>,
  more: Record<string, string> = {},
) {
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier()
  const [expectedState, expectedNonce] = [oidc.randomState(), oidc.randomNonce()]
  const url = await build({
    ...{ redirect_uri: client.redirect_uri, scope: 'openid', state: expectedState, nonce: expectedNonce },
    code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    ...more,
  })
  const user = await addUser()
  const callback = await signIn(createUserAgent(), url, client.redirect_uri, { user })
  const checks = { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true }
  const tokens = await oidc.authorizationCodeGrant(config, callback, checks)
  expect(tokens.claims()?.sub).toBe(user.id)
  return { tokens, url }
}

describe('openid-client', () => {
  it('pushes its request (RFC 9126) for a client that must', async () => {
    const pushing = await party({ require_pushed_authorization_requests: true })
    const { url } = await obtainTokens(pushing, (parameters) =>
      oidc.buildAuthorizationUrlWithPAR(pushing.config, parameters),
    )
    expect([...url.searchParams.keys()].sort()).toEqual(['client_id', 'request_uri'])
  })

  it.each(['ES256', 'PS256', 'RS256', 'Ed25519'])('signs its request with %s (RFC 9101)', async (alg) => {
    const signing = await party({ require_signed_request_object: true, request_object_signing_alg: alg }, alg)
    const signer = { key: signing.key, kid: clientKeyId }
    const { url } = await obtainTokens(signing, (parameters) =>
      oidc.buildAuthorizationUrlWithJAR(signing.config, parameters, signer),
    )
    expect([...url.searchParams.keys()].sort()).toEqual(['client_id', 'request'])
  })

  it('signs and pushes it, with claims and max_age in it (FAPI 2.0 Message Signing §5.3)', async () => {
    const both = await party({
      require_signed_request_object: true,
      require_pushed_authorization_requests: true,
    })
    await obtainTokens(
      both,
      async (parameters) => {
        const signer = { key: both.key, kid: clientKeyId }
        const signed = await oidc.buildAuthorizationUrlWithJAR(both.config, parameters, signer)
        return oidc.buildAuthorizationUrlWithPAR(both.config, signed.searchParams)
      },
      { max_age: '600', claims: JSON.stringify({ id_token: { email: { essential: true } } }) },
    )
  })

  it('is told what is wrong with what it pushes (RFC 9126 §2.3)', async () => {
    const { client, config } = await party()
    const parameters = { redirect_uri: client.redirect_uri, scope: 'openid' }
    await expect(oidc.buildAuthorizationUrlWithPAR(config, parameters)).rejects.toMatchObject({
      error: 'invalid_request',
      error_description: 'code_challenge is missing: PKCE is required',
      status: 400,
    })
  })
})

describe('oauth4webapi', () => {
  it('finds every response to pushed and signed requests correct (RFC 9126 §2.2, RFC 9101, RFC 9207)', async () => {
    const { client: seeded, key } = await party({
      ...{ require_pushed_authorization_requests: true, require_signed_request_object: true },
    })
    const url = new URL(issuer)
    const as = await oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, insecure))
    const client = { client_id: seeded.client_id }
    const auth = oauth.PrivateKeyJwt({ key, kid: clientKeyId })
    const verifier = oauth.generateRandomCodeVerifier()
    const state = oauth.generateRandomState()
    const request = await oauth.issueRequestObject(
      as,
      client,
      {
        ...{ redirect_uri: seeded.redirect_uri, response_type: 'code', scope: 'openid', state },
        code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      },
      { key, kid: clientKeyId },
    )
    const pushed = await oauth.processPushedAuthorizationResponse(
      as,
      client,
      await oauth.pushedAuthorizationRequest(as, client, auth, { request }, insecure),
    )
    expect(pushed.expires_in).toBeLessThan(600)

    const link = new URL(as.authorization_endpoint as string)
    link.search = new URLSearchParams({ ...client, request_uri: pushed.request_uri }).toString()
    const user = await addUser()
    const callback = await signIn(createUserAgent(), link, seeded.redirect_uri, { user })
    const checked = oauth.validateAuthResponse(as, client, callback, state)
    const response = await oauth.authorizationCodeGrantRequest(
      ...([as, client, auth, checked, seeded.redirect_uri, verifier, insecure] as const),
    )
    const tokens = await oauth.processAuthorizationCodeResponse(as, client, response, {
      requireIdToken: true,
    })
    expect(oauth.getValidatedIdTokenClaims(tokens)?.sub).toBe(user.id)
  })
})
