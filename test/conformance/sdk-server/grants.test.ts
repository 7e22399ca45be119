/** `@authly-server/server` with the production bundle: how clients authenticate, resources, rotation, stores. */
import { type AuthlyServerOptions, createAuthlyServer, memoryStore } from '@authly-server/server'
import { decodeJwt } from 'jose'
import { describe, expect, it } from 'vitest'
import { createBrowser, newSecret, origin } from '../../sdk/server/application.ts'
import { addClient, addUser, issuer } from '../authly.ts'
import { makeClientKey } from '../client-keys.ts'
import { type ClientColumns, demoResource, userScopes } from '../seed.ts'
import { signIn } from '../sign-in.ts'
import { createUserAgent } from '../user-agent.ts'
import { shortLived, untilTokensEnd } from './visit.ts'

const redirectUri = `${origin}/auth/callback`
const sessionSecret = newSecret()

/** An application in this process, and a person who has signed in there. */
async function signedIn(columns: ClientColumns, more: Partial<AuthlyServerOptions> = {}) {
  const client = await addClient({ scopes: userScopes, redirect_uris: [redirectUri], ...columns })
  const options = {
    ...{
      issuer,
      baseUrl: origin,
      sessionSecret,
      clientId: client.client_id,
      clientSecret: client.client_secret,
    },
    ...more,
  }
  const authly = createAuthlyServer(options, {})
  const browser = createBrowser(authly)
  const login = new URL((await browser.open('/auth/login')).headers.get('location') ?? '')
  const user = await addUser({ profile: { name: 'Grace Hopper' } })
  const callback = await signIn(createUserAgent(), login, redirectUri, { user })
  const answer = await browser.open(callback)
  return { answer, browser, client, login, options, user }
}

describe('clients', () => {
  it.each(['ES256', 'PS256', 'EdDSA'])(
    'authenticate by private_key_jwt with %s, and push their requests (RFC 7523, RFC 9126)',
    async (alg) => {
      const { private_key, jwks } = await makeClientKey(alg)
      const { browser, login, user } = await signedIn(
        {
          ...{ jwks, token_endpoint_auth_method: 'private_key_jwt', token_endpoint_auth_method_named: true },
          require_pushed_authorization_requests: true,
        },
        { clientSecret: undefined, clientKey: { key: private_key, alg }, pushedAuthorizationRequests: true },
      )
      expect([...login.searchParams.keys()]).toEqual(['client_id', 'request_uri'])
      expect(await browser.user()).toMatchObject({ sub: user.id, name: 'Grace Hopper' })
    },
  )

  it('with the claims of their scopes in the ID token need no userinfo', async () => {
    const asked: string[] = []
    const { browser } = await signedIn(
      { scope_claims_in_id_token: true },
      {
        fetch: (request) => {
          asked.push(new URL(request.url).pathname)
          return fetch(request)
        },
      },
    )
    expect(await browser.user()).toMatchObject({ name: 'Grace Hopper' })
    expect(asked).not.toContain('/oidc/userinfo')
  })
})

describe('resources (RFC 8707)', () => {
  it('get a token each, for nothing else; userinfo gets one of its own', async () => {
    const { browser } = await signedIn(
      { scopes: [...userScopes, 'demo:read'] },
      { resource: demoResource, scope: 'openid profile email demo:read' },
    )
    expect(await browser.user()).toMatchObject({ name: 'Grace Hopper' })
    expect(decodeJwt(await browser.token())).toMatchObject({ aud: demoResource, scope: 'demo:read' })
    expect(decodeJwt(await browser.token({ resource: issuer })).aud).toBe(issuer)
  })
})

describe('several processes', () => {
  const copies = (options: AuthlyServerOptions, jar: ReadonlyMap<string, string>) =>
    Array.from({ length: 6 }, () => createBrowser(createAuthlyServer(options, {}), new Map(jar)))

  it('that refresh at once all go on, whichever of their cookies the browser keeps (docs/decisions/0004)', async () => {
    const { browser, options, user } = await signedIn(shortLived)
    for (let round = 0; round < 3; round++) {
      await untilTokensEnd()
      const browsers = copies(options, browser.jar)
      const tokens = await Promise.all(browsers.map((each) => each.token()))
      expect(tokens).toHaveLength(6)
      for (const [name, value] of browsers[round * 2]?.jar ?? []) browser.jar.set(name, value)
    }
    expect(await browser.user()).toMatchObject({ sub: user.id })
  })

  it('share sessions by a store', async () => {
    const { answer, browser, options, user } = await signedIn(shortLived, { store: memoryStore() })
    const cookie = answer.headers.getSetCookie().find((line) => line.startsWith('__Host-authly=')) ?? ''
    expect(cookie.length).toBeLessThan(400)
    for (let round = 0; round < 2; round++) {
      await untilTokensEnd()
      await Promise.all(copies(options, browser.jar).map((each) => each.token()))
    }
    const [one, two] = copies(options, browser.jar)
    expect(await one?.user()).toMatchObject({ sub: user.id })
    await one?.post('/auth/logout')
    expect(await two?.user()).toBeNull()
  })
})

describe('a sign-out', () => {
  it('ends the grant at Authly at once, also one that would outlive the session (offline_access)', async () => {
    const { browser, options } = await signedIn(shortLived, { scope: 'openid offline_access' })
    const copy = new Map(browser.jar)
    await browser.post('/auth/logout')
    await untilTokensEnd()
    // A process that has not heard of it, such as after a restart.
    const elsewhere = createBrowser(
      createAuthlyServer({ ...options, endedSessions: memoryStore() }, {}),
      copy,
    )
    expect(await elsewhere.user()).toBeNull()
  })
})
