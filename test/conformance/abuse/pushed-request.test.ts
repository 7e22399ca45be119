/** Pushed authorization requests (RFC 9126): what is accepted, how often, and from whom. */
import { beforeAll, describe, expect, it } from 'vitest'
import { addClient, addUser, expectNothingToChange, issuer, rp } from '../authly.ts'
import { expectHostedPage, expectLocalError, expectRedirectedError, expectRefusal } from '../expectations.ts'
import { authorization, codeIn } from '../relying-party.ts'
import type { SeededClient, SeededUser } from '../seed.ts'
import { signIn } from '../sign-in.ts'
import { createUserAgent, type UserAgent } from '../user-agent.ts'
import { type FormFields, formBody, postForm, send } from '../wire.ts'

let client: SeededClient
let other: SeededClient
let pushing: SeededClient
let open: SeededClient
let third: SeededClient
let post: SeededClient
let user: SeededUser
let agent: UserAgent
let somebody: UserAgent
beforeAll(async () => {
  client = await addClient()
  other = await addClient()
  pushing = await addClient({ require_pushed_authorization_requests: true })
  open = await addClient({ token_endpoint_auth_method: 'none' })
  user = await addUser()
  third = await addClient({ first_party: false })
  post = await addClient({ token_endpoint_auth_method: 'client_secret_post' })
  agent = await rp.signedInAgent(client, user)
  somebody = await rp.signedInAgent(client, await addUser())
})

describe('a pushed request', () => {
  expectNothingToChange()

  it('gets a request_uri for minutes, uncached (RFC 9126 §2.2)', async () => {
    const answer = await rp.push(client)
    expect(answer.status).toBe(201)
    expect(Object.keys(answer.json ?? {}).sort()).toEqual(['expires_in', 'request_uri'])
    expect(answer.json?.['request_uri']).toMatch(/^urn:ietf:params:oauth:request_uri:[\w-]{43,}$/)
    expect(answer.json?.['expires_in']).toBe(300)
    expect(answer.headers.get('cache-control')).toBe('no-store')
  })

  it('leads to a code like any other, redeemed with its verifier (RFC 9126 §4)', async () => {
    const page = await agent.request(await rp.pushedUrl(client))
    expect(page.location?.searchParams.get('state')).toBe('state-1')
    expect((await rp.redeem(client, codeIn(page) as string)).status).toBe(200)
  })

  it('is what was pushed, whatever is added to its link (RFC 9126 §4)', async () => {
    const more = formBody({
      state: 'theirs',
      redirect_uri: 'https://evil.test/',
      scope: 'openid',
      prompt: 'none',
    })
    const page = await agent.request(`${await rp.pushedUrl(client)}&${more}`)
    expect(page.location?.href.startsWith(client.redirect_uri)).toBe(true)
    expect(page.location?.searchParams.get('state')).toBe('state-1')
    const tokens = await rp.redeem(client, codeIn(page) as string)
    expect(tokens.json?.['scope']).toContain('demo:read')
  })

  it('does not carry the credentials it was pushed with', async () => {
    const fields = { ...rp.authorizeFields(post), client_secret: post.client_secret }
    const answer = await postForm(rp.endpoints.par, fields)
    expect(answer.status).toBe(201)
    expect(answer.text).not.toContain(post.client_secret)
    const page = await agent.request(
      `${rp.endpoints.authorize}?${formBody({ client_id: post.client_id, request_uri: answer.json?.['request_uri'] as string })}`,
    )
    expect(codeIn(page)).toBeTruthy()
    expect(page.location?.href).not.toContain(post.client_secret)
  })

  it('needs no client_id beside the Authorization header, and no authentication of public clients', async () => {
    expect((await rp.push(client, { client_id: undefined })).status).toBe(201)
    expect((await postForm(rp.endpoints.par, rp.authorizeFields(open))).status).toBe(201)
  })

  it.each<[string, string, FormFields]>([
    ['no response type', 'invalid_request', { response_type: undefined }],
    ['the implicit flow', 'unsupported_response_type', { response_type: 'token' }],
    ['no PKCE', 'invalid_request', { code_challenge: undefined, code_challenge_method: undefined }],
    ['PKCE plain', 'invalid_request', { code_challenge_method: 'plain' }],
    ['a redirect URI that is not registered', 'invalid_request', { redirect_uri: 'https://evil.test/' }],
    ['no redirect URI', 'invalid_request', { redirect_uri: undefined }],
    ['a parameter twice', 'invalid_request', { state: ['1', '2'] }],
    ['an unknown parameter twice', 'invalid_request', { unknown: ['1', '2'] }],
    ['a scope of nothing it may ask for', 'invalid_scope', { scope: 'admin' }],
    ['a resource it may not ask for', 'invalid_target', { resource: 'https://evil.test/' }],
    ['an unknown prompt', 'invalid_request', { prompt: 'guess' }],
    ['a registration', 'registration_not_supported', { registration: '{}' }],
    ['an id_token_hint that is none', 'invalid_request', { id_token_hint: 'x' }],
    [
      'another pushed request (§2.1)',
      'invalid_request',
      { request_uri: 'urn:ietf:params:oauth:request_uri:x' },
    ],
    ['an address (§2.1)', 'invalid_request', { request_uri: 'https://evil.test/' }],
    ['a request object that is none', 'invalid_request_object', { request: 'e30.e30.' }],
    ['another client_id than it authenticates as', 'invalid_request', { client_id: 'other' }],
    ['9,000 characters', 'invalid_request', { state: 's'.repeat(9000) }],
  ])(
    'with %s gets %s as JSON, before anybody is sent anywhere (RFC 9126 §2.3)',
    async (_, error, changes) => {
      expectRefusal(await rp.push(client, changes), 400, error)
    },
  )

  it('is refused of whoever does not prove to be the client (RFC 9126 §2.1)', async () => {
    const fields = rp.authorizeFields(client)
    expectRefusal(await postForm(rp.endpoints.par, fields), 400, 'invalid_client')
    expectRefusal(await postForm(rp.endpoints.par, fields, authorization(other)), 400, 'invalid_request')
    const guessed = { ...client, client_secret: 'guess' }
    expectRefusal(await rp.push(guessed), 401, 'invalid_client')
  })

  it('is a POST (RFC 9126 §2.3), from any origin', async () => {
    for (const method of ['GET', 'PUT', 'DELETE']) {
      const answer = await send(rp.endpoints.par, { method })
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST, OPTIONS'])
    }
    const answer = await send(rp.endpoints.par, {
      method: 'OPTIONS',
      headers: { origin: 'https://spa.test' },
    })
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
  })

  it('is announced (RFC 9126 §5)', async () => {
    const { json } = await send(`${issuer}/.well-known/oauth-authorization-server`)
    expect(json).toMatchObject({
      pushed_authorization_request_endpoint: rp.endpoints.par,
      require_pushed_authorization_requests: false,
    })
  })
})

describe('the request_uri of a pushed request', () => {
  expectNothingToChange()

  it('works again and in a second tab until somebody has signed in, and then no more (FAPI 2.0 §5.3.2.2)', async () => {
    const url = await rp.pushedUrl(client)
    const browser = createUserAgent()
    for (let load = 0; load < 3; load++) expectHostedPage(await browser.request(url), '/login')
    const [first, second] = [await browser.open(url), await browser.open(url)]
    expect(first.url.href).not.toBe(second.url.href)
    const callback = await signIn(browser, url, client.redirect_uri, { user })
    expect((await rp.redeem(client, callback.searchParams.get('code') as string)).status).toBe(200)
    expectLocalError(await browser.request(url))
    expectLocalError(await createUserAgent().request(url))
    // The other tabs were left open: signed in meanwhile, they must not lead to a second code.
    for (const tab of [first, second]) {
      const resumed = tab.url.href.replace('/login?', '/oauth/authorize/resume?')
      const page = await browser.request(resumed)
      expectLocalError(page)
      expect(page.body).not.toContain('/oauth/authorize?')
    }
  })

  it('leads to one code when fifty use it at the same moment', async () => {
    const url = await rp.pushedUrl(client)
    const pages = await Promise.all(Array.from({ length: 50 }, () => agent.request(url)))
    expect(pages.filter((page) => codeIn(page) !== undefined)).toHaveLength(1)
    expect(pages.filter(({ status }) => status === 400)).toHaveLength(49)
  })

  it('leads to one code when two people use it', async () => {
    const url = await rp.pushedUrl(client)
    const pages = await Promise.all([agent, somebody].map((browser) => browser.request(url)))
    expect(pages.filter((page) => codeIn(page) !== undefined)).toHaveLength(1)
  })

  it('is used up by an error that has left', async () => {
    const url = await rp.pushedUrl(client, { prompt: 'none' })
    const stranger = createUserAgent()
    expectRedirectedError(await stranger.request(url), client.redirect_uri, 'login_required')
    expectLocalError(await stranger.request(url))
    expectLocalError(await agent.request(url))
  })

  it('is used up by a person who says no', async () => {
    const url = await rp.pushedUrl(third)
    const callback = await signIn(agent, url, third.redirect_uri, { user, consent: 'deny' })
    expect(callback.searchParams.get('error')).toBe('access_denied')
    expectLocalError(await agent.request(url))
  })

  it('belongs to its client (RFC 9126 §2.2)', async () => {
    const url = new URL(await rp.pushedUrl(client))
    url.searchParams.set('client_id', other.client_id)
    expectLocalError(await agent.request(url))
    url.searchParams.delete('client_id')
    expectLocalError(await agent.request(url))
    url.searchParams.set('client_id', client.client_id)
    expect(codeIn(await agent.request(url))).toBeTruthy()
  })

  it.each([
    ['one that nobody pushed', 'urn:ietf:params:oauth:request_uri:x'],
    ['an empty one', 'urn:ietf:params:oauth:request_uri:'],
    ['an address that nobody registered', 'https://evil.test/request.jwt'],
    ['twice the same', ['urn:ietf:params:oauth:request_uri:x', 'urn:ietf:params:oauth:request_uri:x']],
  ])('is refused here, not at the redirect URI beside it: %s', async (_, request_uri) => {
    expectLocalError(await rp.authorize(client, { request_uri }, agent))
  })

  it('must be there for a client whose requests are pushed (RFC 9126 §6)', async () => {
    expectRedirectedError(await rp.authorize(pushing, {}, agent), pushing.redirect_uri, 'invalid_request')
    const code = codeIn(await agent.request(await rp.pushedUrl(pushing)))
    expect((await rp.redeem(pushing, code as string)).status).toBe(200)
  })
})
