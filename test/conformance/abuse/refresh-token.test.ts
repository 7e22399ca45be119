/** Stolen, old and stretched refresh tokens (RFC 9700 §4.14, RFC 6749 §6), and what a token may be for. */
import { beforeAll, describe, expect, it } from 'vitest'
import { addClient, addUser, expectNothingToChange, issuer, rp } from '../authly.ts'
import { expectRedirectedError, expectRefusal } from '../expectations.ts'
import type { Tokens } from '../relying-party.ts'
import { demoResource, demoScopes, type SeededClient, userScopes } from '../seed.ts'
import type { UserAgent } from '../user-agent.ts'

const secondResource = 'https://second.api.test'

let client: SeededClient
let thief: SeededClient
let admin: SeededClient
let adminOnly: SeededClient
let agent: UserAgent
beforeAll(async () => {
  client = await addClient({ resources: [demoResource, secondResource] })
  thief = await addClient()
  admin = await addClient({ scopes: [...userScopes, ...demoScopes, 'admin:users:read'] })
  adminOnly = await addClient({ scopes: ['admin:users:read'] })
  agent = await rp.signedInAgent(client, await addUser())
})

const scopesOf = (answer: { scope?: unknown } | undefined) => String(answer?.scope).split(' ').sort()

describe('a refresh token', () => {
  expectNothingToChange()

  it('gives the same successor again to a client that lost the answer (design: idempotent replay)', async () => {
    const { refresh_token } = await rp.getTokens(agent, client)
    const first = (await rp.refresh(client, refresh_token)).json as Tokens
    const again = (await rp.refresh(client, refresh_token)).json as Tokens
    expect(again.refresh_token).toBe(first.refresh_token)
    expect((await rp.refresh(client, first.refresh_token)).status).toBe(200)
  })

  it('ends its whole family when it returns after its successor was used (RFC 9700 §4.14.2)', async () => {
    const { refresh_token } = await rp.getTokens(agent, client)
    const second = (await rp.refresh(client, refresh_token)).json as Tokens
    const third = (await rp.refresh(client, second.refresh_token)).json as Tokens
    expectRefusal(await rp.refresh(client, refresh_token), 400, 'invalid_grant')
    expectRefusal(await rp.refresh(client, third.refresh_token), 400, 'invalid_grant')
    expect((await rp.introspect(client, third.access_token)).json).toEqual({ active: false })
  })

  it('is its client’s alone, and a thief’s try does not end it (RFC 6749 §6)', async () => {
    const { refresh_token } = await rp.getTokens(agent, client)
    expectRefusal(await rp.refresh(thief, refresh_token), 400, 'invalid_grant')
    expect((await rp.refresh(client, refresh_token)).status).toBe(200)
  })

  it.each<[string, (token: string) => string]>([
    ['made up', () => `authly_rt_${'a'.repeat(120)}.${'b'.repeat(43)}`],
    ['with another secret', (token) => `${token.split('.')[0]}.${'b'.repeat(43)}`],
    ['without its secret', (token) => token.split('.')[0] as string],
    [
      'with a changed address',
      (token) => token.replace(/^(authly_rt_.{20})./, (_, start: string) => `${start}_`),
    ],
    ['as a session cookie', (token) => token.replace('authly_rt_', 'authly_ss_')],
    ['cut short', (token) => token.slice(0, -1)],
    ['with 5,000 characters added', (token) => token + 'a'.repeat(5000)],
  ])('is refused %s', async (_, change) => {
    const { refresh_token } = await rp.getTokens(agent, client)
    expectRefusal(await rp.refresh(client, change(refresh_token)), 400, 'invalid_grant')
  })

  it('with the right address and a wrong secret does not end the family: guessing is no weapon', async () => {
    const { refresh_token } = await rp.getTokens(agent, client)
    const guessed = `${refresh_token.split('.')[0]}.${'b'.repeat(43)}`
    expectRefusal(await rp.refresh(client, guessed), 400, 'invalid_grant')
    expect((await rp.refresh(client, refresh_token)).status).toBe(200)
  })

  it('narrows to fewer scopes and does not lose the others (RFC 6749 §6)', async () => {
    const tokens = await rp.getTokens(agent, client, { scope: 'openid email demo:read offline_access' })
    const narrowed = await rp.refresh(client, tokens.refresh_token, { scope: 'demo:read' })
    expect(scopesOf(narrowed.json)).toEqual(['demo:read'])
    const full = await rp.refresh(client, (narrowed.json as Tokens).refresh_token)
    expect(scopesOf(full.json)).toEqual(['demo:read', 'email', 'offline_access', 'openid'])
  })

  it('widens nothing, and a refused try leaves the token good (RFC 6749 §6)', async () => {
    const { refresh_token } = await rp.getTokens(agent, client, { scope: 'openid demo:read' })
    for (const scope of ['openid demo:read demo:write', 'email', 'admin']) {
      expectRefusal(await rp.refresh(client, refresh_token, { scope }), 400, 'invalid_scope')
    }
    expectRefusal(await rp.refresh(client, refresh_token, { scope: 'a"b' }), 400, 'invalid_scope')
    expect((await rp.refresh(client, refresh_token)).status).toBe(200)
  })
})

describe('resource indicators (RFC 8707)', () => {
  expectNothingToChange()

  const both = { scope: 'demo:read', resource: [demoResource, secondResource] }
  const audienceOf = async (answer: { json: unknown }) =>
    (await rp.introspect(client, (answer.json as Tokens).access_token)).json?.['aud']

  it('narrow at redemption and at refresh, within what was granted (§2.2)', async () => {
    const code = await rp.getCode(agent, client, both)
    const first = await rp.redeem(client, code, { resource: secondResource })
    expect(await audienceOf(first)).toBe(secondResource)
    const next = await rp.refresh(client, (first.json as Tokens).refresh_token, { resource: demoResource })
    expect(await audienceOf(next)).toBe(demoResource)
    const all = await rp.refresh(client, (next.json as Tokens).refresh_token)
    expect(await audienceOf(all)).toEqual([demoResource, secondResource])
  })

  it('do not widen at redemption or refresh (§2.2)', async () => {
    const code = await rp.getCode(agent, client, { scope: 'demo:read', resource: demoResource })
    expectRefusal(await rp.redeem(client, code, { resource: secondResource }), 400, 'invalid_target')
    const tokens = (await rp.redeem(client, code)).json as Tokens
    const wider = await rp.refresh(client, tokens.refresh_token, { resource: [demoResource, secondResource] })
    expectRefusal(wider, 400, 'invalid_target')
    expect((await rp.refresh(client, tokens.refresh_token)).status).toBe(200)
  })

  it.each([
    ['unknown', 'https://unknown.test'],
    ['relative', '/api'],
    ['with a fragment (§2)', `${demoResource}#x`],
    ['in another case', demoResource.toUpperCase()],
    ['with a slash added', `${demoResource}/`],
  ])('are refused when %s', async (_, resource) => {
    const service = await rp.requestToken(client, { grant_type: 'client_credentials', resource })
    expectRefusal(service, 400, 'invalid_target')
    const page = await rp.authorize(client, { resource }, agent)
    expectRedirectedError(page, client.redirect_uri, 'invalid_target')
  })

  it('are refused beside admin scopes, whatever the grant: any API a token is for could use it at /admin', async () => {
    const scope = 'openid demo:read admin:users:read'
    const page = await rp.authorize(admin, { scope, resource: demoResource }, agent)
    expectRedirectedError(page, admin.redirect_uri, 'invalid_target')
    const fields = { grant_type: 'client_credentials', resource: demoResource }
    const asked = await rp.requestToken(admin, { ...fields, scope: 'admin:users:read' })
    expectRefusal(asked, 400, 'invalid_target')
    const unasked = await rp.requestToken(admin, fields)
    expect(scopesOf(unasked.json)).toEqual(['demo:read', 'demo:write'])
    expectRefusal(await rp.requestToken(adminOnly, fields), 400, 'invalid_target')
    const plain = await rp.requestToken(admin, { grant_type: 'client_credentials' })
    expect(scopesOf(plain.json)).toContain('admin:users:read')
    expect((await rp.introspect(admin, (plain.json as Tokens).access_token)).json?.['aud']).toBe(issuer)
  })

  it('are refused in hundreds', async () => {
    const resource = Array.from({ length: 50 }, (_, index) => `${demoResource}/${index}`)
    const answer = await rp.requestToken(client, { grant_type: 'client_credentials', resource })
    expectRefusal(answer, 400, 'invalid_target')
  })
})

describe('the scope of a service (RFC 6749 §4.4.2)', () => {
  expectNothingToChange()

  it.each(['openid', 'demo:read offline_access', 'demo:read unknown', 'demo:"', 'a\\b'])(
    'is refused as “%s”',
    async (scope) => {
      const answer = await rp.requestToken(client, { grant_type: 'client_credentials', scope })
      expectRefusal(answer, 400, 'invalid_scope')
    },
  )
})
