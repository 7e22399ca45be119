/** The most used Node relying party, `openid-client`: if it is content, so are most applications. */
import { generateKeyPair } from 'jose'
import * as oidc from 'openid-client'
import { describe, expect, it } from 'vitest'
import { addClient, addUser, issuer } from './authly.ts'
import { publicJwks } from './client-keys.ts'
import { type ClientColumns, demoResource, type SeededClient, type SeededUser } from './seed.ts'
import { signIn } from './sign-in.ts'
import { createUserAgent, type UserAgent } from './user-agent.ts'

type Party = { readonly client: SeededClient; readonly config: oidc.Configuration }

const discover = (client: SeededClient, auth: oidc.ClientAuth): Promise<oidc.Configuration> =>
  oidc.discovery(new URL(issuer), client.client_id, {}, auth, { execute: [oidc.allowInsecureRequests] })

async function party(auth: (secret: string) => oidc.ClientAuth, columns: ClientColumns = {}): Promise<Party> {
  const client = await addClient(columns)
  return { client, config: await discover(client, auth(client.client_secret)) }
}

/** The code flow with PKCE, state and nonce, every check of the library switched on. */
async function obtainTokens(
  { client, config }: Party,
  user: SeededUser,
  { agent = createUserAgent(), scope = 'openid offline_access' }: { agent?: UserAgent; scope?: string } = {},
) {
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier()
  const expectedState = oidc.randomState()
  const expectedNonce = oidc.randomNonce()
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: client.redirect_uri,
    scope,
    state: expectedState,
    nonce: expectedNonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
  })
  const callback = await signIn(agent, url, client.redirect_uri, { user })
  return oidc.authorizationCodeGrant(config, callback, {
    pkceCodeVerifier,
    expectedState,
    expectedNonce,
    idTokenExpected: true,
  })
}

describe('openid-client as its README begins: the secret as a text, nothing said about a method', () => {
  it('works for a client that named no method, in every way of calling the token endpoint', async () => {
    const user = await addUser()
    const client = await addClient()
    const insecure = { execute: [oidc.allowInsecureRequests] }
    const config = await oidc.discovery(
      new URL(issuer),
      client.client_id,
      client.client_secret,
      undefined,
      insecure,
    )
    const tokens = await obtainTokens({ client, config }, user)
    const refreshed = await oidc.refreshTokenGrant(config, tokens.refresh_token as string)
    expect(await oidc.tokenIntrospection(config, refreshed.access_token)).toMatchObject({ active: true })
    await oidc.tokenRevocation(config, refreshed.refresh_token as string)
    expect(await oidc.clientCredentialsGrant(config, { scope: 'demo:read' })).toMatchObject({
      scope: 'demo:read',
    })
  })

  it('is told the registered method by a client that named another one (RFC 6749 §5.2)', async () => {
    const pinned = await party(() => oidc.None(), { token_endpoint_auth_method_named: true })
    const config = await discover(pinned.client, oidc.ClientSecretPost(pinned.client.client_secret))
    await expect(oidc.clientCredentialsGrant(config)).rejects.toMatchObject({
      error: 'invalid_client',
      error_description: 'this client is registered for client_secret_basic',
    })
  })
})

const confidential = [
  { method: 'client_secret_basic', auth: (secret: string) => oidc.ClientSecretBasic(secret) },
  { method: 'client_secret_post', auth: (secret: string) => oidc.ClientSecretPost(secret) },
] as const

const pinnedTo = (method: (typeof confidential)[number]['method']): ClientColumns => ({
  token_endpoint_auth_method: method,
  token_endpoint_auth_method_named: true,
})

describe.each(confidential)('openid-client with $method', ({ method, auth }) => {
  it('signs a person in, refreshes, reads userinfo, introspects and revokes (OIDC Core, RFC 6749, 7662, 7009)', async () => {
    const user = await addUser({ profile: { name: 'Ada Lovelace', given_name: 'Ada' } })
    const { client, config } = await party(auth, pinnedTo(method))
    const tokens = await obtainTokens({ client, config }, user, {
      scope: 'openid profile email offline_access',
    })

    const claims = tokens.claims()
    expect(claims).toMatchObject({ iss: issuer, sub: user.id, aud: client.client_id, amr: ['pwd'] })
    expect(tokens.scope?.split(' ').sort()).toEqual(['email', 'offline_access', 'openid', 'profile'])
    const info = await oidc.fetchUserInfo(config, tokens.access_token, user.id)
    expect(info).toMatchObject({
      sub: user.id,
      name: 'Ada Lovelace',
      given_name: 'Ada',
      email_verified: true,
    })

    const refreshed = await oidc.refreshTokenGrant(config, tokens.refresh_token as string)
    expect(refreshed.refresh_token).not.toBe(tokens.refresh_token)
    expect(refreshed.claims()).toMatchObject({ sub: user.id, auth_time: claims?.auth_time })

    const inspected = await oidc.tokenIntrospection(config, refreshed.access_token)
    expect(inspected).toMatchObject({ active: true, client_id: client.client_id, sub: user.id, iss: issuer })
    await oidc.tokenRevocation(config, refreshed.refresh_token as string)
    expect(await oidc.tokenIntrospection(config, refreshed.access_token)).toEqual({ active: false })
    await expect(oidc.refreshTokenGrant(config, refreshed.refresh_token as string)).rejects.toMatchObject({
      error: 'invalid_grant',
    })
  })

  it('gets a token for itself (RFC 6749 §4.4)', async () => {
    const { client, config } = await party(auth, pinnedTo(method))
    const parameters = { scope: 'demo:read', resource: demoResource }
    const tokens = await oidc.clientCredentialsGrant(config, parameters)
    const inspected = await oidc.tokenIntrospection(config, tokens.access_token)
    expect(inspected).toMatchObject({
      active: true,
      sub: client.client_id,
      scope: 'demo:read',
      aud: demoResource,
    })
  })
})

describe('openid-client and what the registration of a client allows', () => {
  const exempt = { require_pkce: false, nonce_optional: true }
  const withoutNonce = (config: oidc.Configuration, client: SeededClient, scope: string) =>
    oidc.buildAuthorizationUrl(config, { redirect_uri: client.redirect_uri, scope, state: 'state' })

  it('signs a person in with neither nonce nor PKCE (OIDC Core §3.1.2.1: nonce is optional in the code flow)', async () => {
    const user = await addUser()
    const { client, config } = await party((secret) => oidc.ClientSecretBasic(secret), exempt)
    const url = withoutNonce(config, client, 'openid')
    const callback = await signIn(createUserAgent(), url, client.redirect_uri, { user })
    const tokens = await oidc.authorizationCodeGrant(config, callback, {
      expectedState: 'state',
      idTokenExpected: true,
    })
    expect(tokens.claims()).toMatchObject({ sub: user.id })
    expect(tokens.claims()).not.toHaveProperty('nonce')
  })

  it('refuses the same to a client without that switch', async () => {
    const user = await addUser()
    const { client, config } = await party((secret) => oidc.ClientSecretBasic(secret), {
      require_pkce: false,
    })
    const url = withoutNonce(config, client, 'openid')
    const callback = await signIn(createUserAgent(), url, client.redirect_uri, { user })
    await expect(
      oidc.authorizationCodeGrant(config, callback, { expectedState: 'state' }),
    ).rejects.toMatchObject({
      error: 'invalid_request',
    })
  })

  it('finds the claims of the granted scopes in the ID token (OIDC Core §5.4)', async () => {
    const user = await addUser({ profile: { name: 'Ada Lovelace' }, email: 'ada.id.token@example.test' })
    const auth = (secret: string) => oidc.ClientSecretBasic(secret)
    const { client, config } = await party(auth, { scope_claims_in_id_token: true })
    const tokens = await obtainTokens({ client, config }, user, {
      scope: 'openid profile email offline_access',
    })
    const expected = { name: 'Ada Lovelace', email: 'ada.id.token@example.test', email_verified: true }
    expect(tokens.claims()).toMatchObject(expected)
    const refreshed = await oidc.refreshTokenGrant(config, tokens.refresh_token as string)
    expect(refreshed.claims()).toMatchObject(expected)
    const narrow = await obtainTokens({ client, config }, user, { scope: 'openid' })
    expect(narrow.claims()).not.toHaveProperty('email')
  })
})

describe('openid-client with private_key_jwt', () => {
  it.each(['ES256', 'RS256', 'PS256', 'Ed25519'])('authenticates with %s (OIDC Core §9)', async (alg) => {
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
    const columns = {
      token_endpoint_auth_method: 'private_key_jwt',
      jwks: await publicJwks(publicKey, alg),
    } as const
    const { config } = await party(() => oidc.PrivateKeyJwt({ key: privateKey, kid: 'client-key' }), columns)
    const tokens = await oidc.clientCredentialsGrant(config, { scope: 'demo:write' })
    expect(tokens).toMatchObject({ token_type: 'bearer', scope: 'demo:write' })
    // Every assertion has a jti of its own, so the next request passes as well.
    expect(await oidc.tokenIntrospection(config, tokens.access_token)).toMatchObject({ active: true })
  })
})

describe('openid-client as a public client', () => {
  it('signs in and refreshes with PKCE alone (OAuth 2.1 §2.4)', async () => {
    const user = await addUser()
    const single = await party(() => oidc.None(), { token_endpoint_auth_method: 'none' })
    const tokens = await obtainTokens(single, user)
    expect(tokens.claims()?.sub).toBe(user.id)
    const refreshed = await oidc.refreshTokenGrant(single.config, tokens.refresh_token as string)
    expect(refreshed.access_token).not.toBe(tokens.access_token)
    await expect(oidc.clientCredentialsGrant(single.config)).rejects.toMatchObject({
      error: 'unauthorized_client',
    })
  })

  it('signs in as a native application on whatever loopback port is free (RFC 8252 §7.3)', async () => {
    const user = await addUser()
    const native = await party(() => oidc.None(), {
      token_endpoint_auth_method: 'none',
      application_type: 'native',
      redirect_uris: ['http://127.0.0.1/callback'],
    })
    const client = { ...native.client, redirect_uri: 'http://127.0.0.1:51234/callback' }
    expect((await obtainTokens({ ...native, client }, user)).claims()?.sub).toBe(user.id)
  })
})

describe('openid-client and what a person decides', () => {
  it('asks a third-party application’s scopes once and again for new ones (OIDC Core §3.1.2.4)', async () => {
    const user = await addUser()
    const third = await party(oidc.ClientSecretBasic, { first_party: false })
    const agent = createUserAgent()
    const seen: string[] = []
    const start = async (scope: string) => {
      const url = oidc.buildAuthorizationUrl(third.config, {
        redirect_uri: third.client.redirect_uri,
        scope,
        code_challenge: await oidc.calculatePKCECodeChallenge(oidc.randomPKCECodeVerifier()),
        code_challenge_method: 'S256',
      })
      const onPage = ({ url }: { url: URL }) => seen.push(url.pathname)
      return signIn(agent, url, third.client.redirect_uri, { user, onPage })
    }
    expect((await start('openid')).searchParams.has('code')).toBe(true)
    expect((await start('openid')).searchParams.has('code')).toBe(true)
    expect((await start('openid email')).searchParams.has('code')).toBe(true)
    expect(seen).toEqual(['/login', '/consent', '/consent'])
  })

  it('learns access_denied when the person says no (RFC 6749 §4.1.2.1)', async () => {
    const user = await addUser()
    const { client, config } = await party(oidc.ClientSecretBasic, { first_party: false })
    const url = oidc.buildAuthorizationUrl(config, {
      redirect_uri: client.redirect_uri,
      scope: 'openid',
      state: 'kept',
      code_challenge: await oidc.calculatePKCECodeChallenge(oidc.randomPKCECodeVerifier()),
      code_challenge_method: 'S256',
    })
    const callback = await signIn(createUserAgent(), url, client.redirect_uri, { user, consent: 'deny' })
    expect(Object.fromEntries(callback.searchParams)).toMatchObject({
      error: 'access_denied',
      state: 'kept',
      iss: issuer,
    })
  })

  it('sends the person to the end-session URL and gets them back (RP-Initiated Logout §2)', async () => {
    const user = await addUser()
    const web = await party(oidc.ClientSecretBasic)
    const agent = createUserAgent()
    const tokens = await obtainTokens(web, user, { agent })
    const url = oidc.buildEndSessionUrl(web.config, {
      id_token_hint: tokens.id_token as string,
      post_logout_redirect_uri: web.client.post_logout_redirect_uri,
      state: 'bye',
    })
    const back = await agent.open(url, ({ origin }) => origin !== issuer)
    expect(back.location?.href).toBe(`${web.client.post_logout_redirect_uri}?state=bye`)
    const silent = oidc.buildAuthorizationUrl(web.config, {
      redirect_uri: web.client.redirect_uri,
      scope: 'openid',
      prompt: 'none',
      code_challenge: await oidc.calculatePKCECodeChallenge(oidc.randomPKCECodeVerifier()),
      code_challenge_method: 'S256',
    })
    const again = await agent.request(silent)
    expect(again.location?.searchParams.get('error')).toBe('login_required')
  })

  it('gives two sectors different subjects and one sector the same (OIDC Core §8.1)', async () => {
    const user = await addUser()
    const subjectAt = async (sector_identifier: string) => {
      const pairwise = await party(oidc.ClientSecretBasic, { subject_type: 'pairwise', sector_identifier })
      const tokens = await obtainTokens(pairwise, user)
      const sub = tokens.claims()?.sub as string
      expect((await oidc.fetchUserInfo(pairwise.config, tokens.access_token, sub)).sub).toBe(sub)
      return sub
    }
    const [one, two, other] = [
      await subjectAt('a.test'),
      await subjectAt('a.test'),
      await subjectAt('b.test'),
    ]
    expect(one).toBe(two)
    expect(new Set([one, other, user.id]).size).toBe(3)
  })
})
