/** DPoP (RFC 9449) with real clients: proofs, nonces and bound tokens as the libraries make and check them. */
import * as oauth from 'oauth4webapi'
import * as oidc from 'openid-client'
import { beforeAll, describe, expect, it } from 'vitest'
import { addClient, addUser, issuer, rp } from './authly.ts'
import type { ClientColumns, SeededClient, SeededUser } from './seed.ts'
import { signIn } from './sign-in.ts'
import { createUserAgent } from './user-agent.ts'
import { send } from './wire.ts'

let user: SeededUser
beforeAll(async () => {
  user = await addUser()
})

const clients = [
  {
    name: 'a public client, of whom nonces are demanded',
    columns: { token_endpoint_auth_method: 'none', grant_types: ['authorization_code', 'refresh_token'] },
  },
  { name: 'a confidential client', columns: {} },
  { name: 'a client that must use it', columns: { dpop_bound_access_tokens: true } },
] as const satisfies readonly { name: string; columns: ClientColumns }[]

const algs = ['ES256', 'ES384', 'ES512', 'RS256', 'PS256', 'Ed25519'] as const

describe.each(clients)('openid-client as $name', ({ columns }) => {
  const party = async () => {
    const client = await addClient({ ...columns } as ClientColumns)
    const isPublic = 'token_endpoint_auth_method' in columns
    const auth = isPublic ? oidc.None() : oidc.ClientSecretBasic(client.client_secret)
    const options = { execute: [oidc.allowInsecureRequests] }
    const config = await oidc.discovery(new URL(issuer), client.client_id, {}, auth, options)
    return { client, config }
  }

  /** The code flow, its code bound to the key from the beginning. */
  const obtainTokens = async (client: SeededClient, config: oidc.Configuration, DPoP: oidc.DPoPHandle) => {
    const pkceCodeVerifier = oidc.randomPKCECodeVerifier()
    const expectedState = oidc.randomState()
    const url = oidc.buildAuthorizationUrl(config, {
      ...{ redirect_uri: client.redirect_uri, scope: 'openid offline_access', state: expectedState },
      code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
      dpop_jkt: await DPoP.calculateThumbprint(),
    })
    const callback = await signIn(createUserAgent(), url, client.redirect_uri, { user })
    const checks = { pkceCodeVerifier, expectedState, idTokenExpected: true }
    return oidc.authorizationCodeGrant(config, callback, checks, undefined, { DPoP })
  }

  it.each(algs)('signs in, asks userinfo and refreshes with %s', async (alg) => {
    const { client, config } = await party()
    const DPoP = oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair(alg))
    const tokens = await obtainTokens(client, config, DPoP)
    expect(tokens.token_type).toBe('dpop')
    const info = await oidc.fetchUserInfo(config, tokens.access_token, user.id, { DPoP })
    expect(info.sub).toBe(user.id)
    const refreshed = await oidc.refreshTokenGrant(config, tokens.refresh_token as string, undefined, {
      DPoP,
    })
    expect(refreshed.token_type).toBe('dpop')
    const url = new URL(rp.endpoints.userinfo)
    const fetched = await oidc.fetchProtectedResource(
      ...([config, refreshed.access_token, url, 'GET', undefined, undefined, { DPoP }] as const),
    )
    expect(fetched.status).toBe(200)
  })

  it('pushes its request with a proof, which binds the code (RFC 9449 §10.1)', async () => {
    const { client, config } = await party()
    const [own, thief] = await Promise.all([oidc.randomDPoPKeyPair(), oidc.randomDPoPKeyPair()])
    const pushed = async () => {
      const pkceCodeVerifier = oidc.randomPKCECodeVerifier()
      const expectedState = oidc.randomState()
      const parameters = {
        ...{ redirect_uri: client.redirect_uri, scope: 'openid', state: expectedState },
        code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
        code_challenge_method: 'S256',
      }
      const url = await oidc.buildAuthorizationUrlWithPAR(config, parameters, {
        DPoP: oidc.getDPoPHandle(config, own),
      })
      const callback = await signIn(createUserAgent(), url, client.redirect_uri, { user })
      return (DPoP: oidc.DPoPHandle) =>
        oidc.authorizationCodeGrant(config, callback, { pkceCodeVerifier, expectedState }, undefined, {
          DPoP,
        })
    }
    const redeem = await pushed()
    const stolen = redeem(oidc.getDPoPHandle(config, thief))
    await expect(stolen).rejects.toMatchObject({ error: 'invalid_grant' })
    expect((await redeem(oidc.getDPoPHandle(config, own))).token_type).toBe('dpop')
  })

  it('cannot use the tokens of another key, nor as bearer tokens', async () => {
    const { client, config } = await party()
    const [own, thief] = await Promise.all([oidc.randomDPoPKeyPair(), oidc.randomDPoPKeyPair()])
    const tokens = await obtainTokens(client, config, oidc.getDPoPHandle(config, own))
    const DPoP = oidc.getDPoPHandle(config, thief)
    const stolen = oidc.fetchUserInfo(config, tokens.access_token, user.id, { DPoP })
    await expect(stolen).rejects.toMatchObject({ status: 401 })
    const asBearer = await send(rp.endpoints.userinfo, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    })
    expect(asBearer.status).toBe(401)
    const refreshing = oidc.refreshTokenGrant(config, tokens.refresh_token as string, undefined, { DPoP })
    if ('token_endpoint_auth_method' in columns) {
      await expect(refreshing).rejects.toMatchObject({ error: 'invalid_grant' })
      const again = await oidc.refreshTokenGrant(config, tokens.refresh_token as string, undefined, {
        DPoP: oidc.getDPoPHandle(config, own),
      })
      expect(again.token_type).toBe('dpop')
    } else {
      expect((await refreshing).token_type).toBe('dpop')
    }
  })
})

describe('oauth4webapi', () => {
  const insecure = { [oauth.allowInsecureRequests]: true }
  const discover = async () => {
    const url = new URL(issuer)
    return oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url, insecure))
  }

  it('finds the algorithms of proofs in the metadata (RFC 9449 §5.1)', async () => {
    expect((await discover()).dpop_signing_alg_values_supported).toEqual(
      expect.arrayContaining([...algs.slice(0, 5)]),
    )
  })

  it('is told use_dpop_nonce with a nonce, and that is enough (RFC 9449 §8)', async () => {
    const [as, seeded] = [await discover(), await addClient({ ...clients[0].columns } as ClientColumns)]
    const client: oauth.Client = { client_id: seeded.client_id }
    const DPoP = oauth.DPoP(client, await oauth.generateKeyPair('ES256'))
    const verifier = oauth.generateRandomCodeVerifier()
    const url = new URL(as.authorization_endpoint as string)
    url.search = new URLSearchParams({
      ...{ client_id: seeded.client_id, redirect_uri: seeded.redirect_uri, response_type: 'code' },
      ...{ scope: 'openid', code_challenge_method: 'S256', state: 'state' },
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    }).toString()
    const callback = await signIn(createUserAgent(), url, seeded.redirect_uri, { user })
    const checked = oauth.validateAuthResponse(as, client, callback, 'state')
    const exchange = async () => {
      const response = await oauth.authorizationCodeGrantRequest(
        ...([
          as,
          client,
          oauth.None(),
          checked,
          seeded.redirect_uri,
          verifier,
          { DPoP, ...insecure },
        ] as const),
      )
      return oauth.processAuthorizationCodeResponse(as, client, response)
    }
    const refused = await exchange().catch((error: unknown) => error)
    expect(oauth.isDPoPNonceError(refused)).toBe(true)
    const tokens = await exchange()
    expect(tokens.token_type).toBe('dpop')
    const response = await oauth.userInfoRequest(as, client, tokens.access_token, { DPoP, ...insecure })
    expect(await oauth.processUserInfoResponse(as, client, user.id, response)).toMatchObject({ sub: user.id })
  })

  it('checks a bound token and its proof as an API does (RFC 9449 §7)', async () => {
    const [as, seeded] = [await discover(), await addClient()]
    const client: oauth.Client = { client_id: seeded.client_id }
    const auth = oauth.ClientSecretBasic(seeded.client_secret)
    const DPoP = oauth.DPoP(client, await oauth.generateKeyPair('ES256'))
    const parameters = new URLSearchParams({ scope: 'demo:read' })
    const response = await oauth.clientCredentialsGrantRequest(
      ...([as, client, auth, parameters, { DPoP, ...insecure }] as const),
    )
    const { access_token } = await oauth.processClientCredentialsResponse(as, client, response)
    const sent: Request[] = []
    const url = new URL('https://api.example.test/things')
    await oauth.protectedResourceRequest(access_token, 'GET', url, undefined, undefined, {
      DPoP,
      [oauth.customFetch]: async (target, init) => {
        sent.push(new Request(target, init as RequestInit))
        return new Response()
      },
    })
    const claims = await oauth.validateJwtAccessToken(as, sent[0] as Request, issuer, {
      requireDPoP: true,
      ...insecure,
    })
    expect(claims).toMatchObject({ client_id: seeded.client_id, cnf: { jkt: expect.any(String) } })
  })
})
