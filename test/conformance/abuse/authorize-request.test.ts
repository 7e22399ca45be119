/** Authorization requests with something wrong after the redirect URI is proven: the client learns, nobody else. */
import { beforeAll, describe, expect, it } from 'vitest'
import { addClient, addUser, expectNothingToChange, issuer, rp } from '../authly.ts'
import { expectHostedPage, expectLocalError, expectRedirectedError } from '../expectations.ts'
import type { SeededClient } from '../seed.ts'
import type { UserAgent } from '../user-agent.ts'
import { type FormFields, formBody, postForm } from '../wire.ts'

let client: SeededClient
let serviceOnly: SeededClient
let agent: UserAgent
beforeAll(async () => {
  client = await addClient()
  serviceOnly = await addClient({ grant_types: ['client_credentials'] })
  agent = await rp.signedInAgent(client, await addUser())
})

describe('an authorization request', () => {
  expectNothingToChange()

  it.each<[string, string, FormFields]>([
    ['no response type (RFC 6749 §4.1.2.1)', 'invalid_request', { response_type: undefined }],
    ['the implicit flow (OAuth 2.1 §10.1)', 'unsupported_response_type', { response_type: 'token' }],
    ['an ID token in the URL (OAuth 2.1 §10.1)', 'unsupported_response_type', { response_type: 'id_token' }],
    ['the hybrid flow (OAuth 2.1 §10.1)', 'unsupported_response_type', { response_type: 'code id_token' }],
    ['response_type CODE (RFC 6749 §3.1.1)', 'unsupported_response_type', { response_type: 'CODE' }],
    ['response_type twice (RFC 6749 §3.1)', 'invalid_request', { response_type: ['code', 'code'] }],
    ['scope twice (RFC 6749 §3.1)', 'invalid_request', { scope: ['openid', 'openid'] }],
    ['an unknown parameter twice (RFC 6749 §3.1)', 'invalid_request', { unknown: ['1', '2'] }],
    ['a registration (OIDC Core §3.1.2.6)', 'registration_not_supported', { registration: '{}' }],
    ['response_mode fragment', 'invalid_request', { response_mode: 'fragment' }],
    ['an unknown response_mode', 'invalid_request', { response_mode: 'x' }],
    ['prompt none with others (OIDC Core §3.1.2.1)', 'invalid_request', { prompt: 'none login' }],
    ['an unknown prompt', 'invalid_request', { prompt: 'guess' }],
    ['registration where nobody can register', 'invalid_request', { prompt: 'create' }],
    ['prompt in capitals', 'invalid_request', { prompt: 'NONE' }],
    ['a negative max_age (OIDC Core §3.1.2.1)', 'invalid_request', { max_age: '-1' }],
    ['a max_age that is no number', 'invalid_request', { max_age: '1e3' }],
    ['a max_age with a fraction', 'invalid_request', { max_age: '1.5' }],
    ['a huge max_age', 'invalid_request', { max_age: '9'.repeat(40) }],
    ['claims that are no JSON (OIDC Core §5.5)', 'invalid_request', { claims: '{' }],
    ['claims that are no object', 'invalid_request', { claims: '[]' }],
    ['claims that are null', 'invalid_request', { claims: 'null' }],
    ['claims whose member is text', 'invalid_request', { claims: '{"userinfo":"x"}' }],
    ['a claim request that is a list', 'invalid_request', { claims: '{"id_token":{"name":[]}}' }],
    [
      'claims nested a thousand deep',
      'invalid_request',
      { claims: `${'['.repeat(1000)}${']'.repeat(1000)}` },
    ],
    ['an unknown display (OIDC Core §3.1.2.1)', 'invalid_request', { display: 'hologram' }],
    ['a nonce of 2,000 characters', 'invalid_request', { nonce: 'n'.repeat(2000) }],
    ['a scope with a quote (RFC 6749 §3.3)', 'invalid_scope', { scope: 'openid "x"' }],
    ['a scope of nothing the client may ask for', 'invalid_scope', { scope: 'admin' }],
    [
      'a hundred scopes',
      'invalid_scope',
      { scope: Array.from({ length: 100 }, (_, n) => `s${n}`).join(' ') },
    ],
    ['an id_token_hint that is no JWT', 'invalid_request', { id_token_hint: 'x' }],
    ['an id_token_hint with alg none', 'invalid_request', { id_token_hint: 'eyJhbGciOiJub25lIn0.e30.' }],
  ])('with %s gets %s at the redirect URI', async (_, error, changes) => {
    expectRedirectedError(await rp.authorize(client, changes, agent), client.redirect_uri, error)
    // The same whether or not somebody is signed in: the answer tells nothing about the person.
    expectRedirectedError(await rp.authorize(client, changes), client.redirect_uri, error)
  })

  it('of a client without the code grant gets unauthorized_client (RFC 6749 §4.1.2.1)', async () => {
    expectRedirectedError(
      await rp.authorize(serviceOnly, {}, agent),
      serviceOnly.redirect_uri,
      'unauthorized_client',
    )
  })

  it('leaves out scopes the client is not registered for, and says so (OIDC Core §3.1.2.1, RFC 6749 §3.3)', async () => {
    const tokens = await rp.getTokens(agent, client, { scope: 'openid admin demo:read' })
    expect(tokens.scope.split(' ').sort()).toEqual(['demo:read', 'openid'])
  })

  it('ignores parameters it does not know (RFC 6749 §3.1)', async () => {
    expect(
      await rp.getCode(agent, client, { unknown: 'x', login_hint: 'someone', ui_locales: 'de xx' }),
    ).toBeTruthy()
  })
})

describe('state', () => {
  expectNothingToChange()

  it.each([
    ['percent signs and plus signs', '100%+25%2B&=?#'],
    ['quotes and angle brackets', `"'><script>alert(1)</script>`],
    ['text beyond ASCII', 'žluťoučký kůň 🐎 \u202e'],
    ['2,000 characters', 's'.repeat(2000)],
  ])('comes back as it was: %s (RFC 6749 §4.1.2)', async (_, state) => {
    const page = await rp.authorize(client, { state }, agent)
    expect(page.location?.searchParams.get('state')).toBe(state)
    const refused = await rp.authorize(client, { state, response_type: 'token' }, agent)
    expectRedirectedError(refused, client.redirect_uri, 'unsupported_response_type', state)
  })

  it('comes back in a form post without becoming markup (OAuth 2.0 Form Post Response Mode §2, CWE-79)', async () => {
    const state = `"'><script>alert(1)</script>&amp;`
    const page = await rp.authorize(client, { state, response_mode: 'form_post' }, agent)
    expect(page.status).toBe(200)
    const [form] = page.forms
    expect(form?.action.href).toBe(client.redirect_uri)
    expect(Object.fromEntries(form?.fields ?? [])).toMatchObject({
      state,
      iss: issuer,
      code: expect.any(String),
    })
    expect(page.body).not.toContain('<script>alert')
    const csp = page.headers.get('content-security-policy') ?? ''
    expect(csp).toContain("default-src 'none'")
    expect(csp).not.toContain('unsafe-inline')
  })

  it('is absent from the answer when it was absent from the request (RFC 6749 §4.1.2)', async () => {
    const page = await rp.authorize(client, { state: undefined }, agent)
    expect(page.location?.searchParams.has('state')).toBe(false)
    expect(page.location?.searchParams.get('iss')).toBe(issuer)
  })

  it('of 10,000 characters is refused here: a login in progress must fit a URL', async () => {
    expectLocalError(await rp.authorize(client, { state: 's'.repeat(10_000) }, agent))
  })

  it('sent twice leads nowhere, for either could be an attacker’s (RFC 6749 §3.1)', async () => {
    expectLocalError(await rp.authorize(client, { state: ['a', 'b'] }, agent))
    expectLocalError(await rp.authorize(client, { response_mode: ['query', 'form_post'] }, agent))
  })
})

describe('an authorization request by POST (OIDC Core §3.1.2.1)', () => {
  expectNothingToChange()

  it('goes the way of the same request by GET', async () => {
    const url = new URL(rp.authorizeUrl(client))
    const body = [url.search.slice(1)]
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const answer = await agent.request(rp.endpoints.authorize, { method: 'POST', headers, body })
    expect(answer.status).toBe(303)
    const page = await agent.request(answer.location as URL)
    expect(page.location?.searchParams.get('code')).toMatch(/^authly_ac_/)
  })

  it('is refused here as JSON or with a large body', async () => {
    const json = { method: 'POST', headers: { 'content-type': 'application/json' }, body: ['{}'] }
    expectLocalError(await agent.request(rp.endpoints.authorize, json), 415)
    const large = await postForm(rp.endpoints.authorize, { state: 's'.repeat(1_000_000) })
    expect(large.status).toBe(413)
  })

  it('cannot break the redirect to GET with a line break (CWE-113)', async () => {
    const body = [`${formBody({ client_id: client.client_id })}\r\nLocation: https://evil.test`]
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    expectLocalError(await agent.request(rp.endpoints.authorize, { method: 'POST', headers, body }))
  })
})

describe('nobody signed in', () => {
  expectNothingToChange()

  it('leads to the sign-in page, the request sealed along (OIDC Core §3.1.2.3)', async () => {
    const page = await rp.authorize(client)
    expectHostedPage(page, '/login')
    expect(page.location?.searchParams.get('interaction')).toMatch(/^[\w-]+$/)
  })
})
