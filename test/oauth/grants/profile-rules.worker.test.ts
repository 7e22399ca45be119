/**
 * What a profile rules, at the token and authorization endpoints with real objects. One rule at a time, so that each is
 * seen alone: which profile has which is test/clients/profiles/.
 */
import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Client } from '../../../src/clients/client.ts'
import type { ProfileRules } from '../../../src/clients/profile.ts'
import { issueSessionHandle, setSessionCookie } from '../../../src/interaction/session-cookie.ts'
import { sha256 } from '../../../src/kit/hash.ts'
import { uuidv7 } from '../../../src/kit/ids.ts'
import { type AuthorizeNeeds, authorize } from '../../../src/oauth/authorize/authorize.ts'
import { answerTokenRequest, type TokenNeeds } from '../../../src/oauth/token.ts'
import { parseParameters } from '../../../src/protocol/parameters.ts'
import { openCode, sealCode } from '../../../src/tokens/authorization-code.ts'
import { issueRefreshToken } from '../../../src/tokens/refresh-token.ts'
import { aClient } from '../../fakes/client.ts'
import { grant, login, newSession, policy } from '../../sessions/examples.ts'
import { waitingEvents } from '../../sessions/object-subject.ts'
import { testDependencies } from '../../worker/admin-client.ts'

const api = 'https://api.example'
const origin = { ip: '192.0.2.7', user_agent: 'test', request_id: 'test' }
const verifier = 'v'.repeat(43)
let challenge: string
const second = 1000

const clientWith = (rules: Partial<ProfileRules>, overrides: Partial<Client> = {}): Client =>
  aClient({
    ...{ token_endpoint_auth_method: 'none', first_party: true, resources: [api] },
    ...{ id_token_signed_response_alg: 'ES256', ...overrides },
    rules: { ...aClient().rules, ...rules },
  })

type Needs = TokenNeeds & AuthorizeNeeds

/** The dependencies of a request, but for the client, the time and maybe the configuration. */
const needsFor = (client: Client, now: number, config: Partial<Needs['config']> = {}): Needs => {
  const deps = testDependencies()
  const replaced: Record<string | symbol, unknown> = {
    findClient: async () => client,
    now: () => now,
    config: { ...deps.config, ...config },
  }
  return new Proxy(deps, {
    get: (target, name) => (name in replaced ? replaced[name] : Reflect.get(target, name, target)),
  })
}

beforeAll(async () => {
  challenge = await sha256(verifier)
})

interface Person {
  readonly userId: string
  readonly cookie: string
  /** When they signed in. */
  readonly start: number
}

async function signedIn(): Promise<Person> {
  const { root, sessionsOf, config } = testDependencies()
  const start = Date.now()
  const userId = uuidv7(start)
  const { handle, secretHash } = await issueSessionHandle(root, { user_id: userId, session_id: 'session-1' })
  const session = newSession('session-1', { secret_hash: secretHash })
  await sessionsOf(userId).recordLogin(login({ now: start, user_id: userId, session }))
  return { userId, cookie: setSessionCookie(config, handle, 3600).split(';')[0] as string, start }
}

/** A grant of the client with a refresh token. */
async function granted(client: Client, overrides: Parameters<typeof grant>[1] = {}) {
  const person = await signedIn()
  const { root, sessionsOf } = testDependencies()
  const { start, userId } = person
  const refresh = await issueRefreshToken(root, userId, 'grant-1')
  await sessionsOf(userId).redeemCode({
    ...{ now: start, code_expires_at: start + 60 * second, access_token_expires_at: start + 600 * second },
    ...{ jti_hash: 'jti', origin },
    grant: grant('grant-1', {
      ...{ client_id: client.client_id, user_id: userId, sub: userId, resources: [api] },
      ...{ scopes: ['openid', 'read', 'offline_access'], claims: { userinfo: [], id_token: [] } },
      ...overrides,
    }),
    refresh: { token_hash: refresh.secretHash, policy },
  })
  return { ...person, token: refresh.handle }
}

async function ask(client: Client, now: number, fields: Record<string, string>) {
  const body = new URLSearchParams({ client_id: client.client_id, ...fields })
  const request = new Request('https://auth.test/oauth/token', { method: 'POST', body })
  const { result } = await answerTokenRequest(needsFor(client, now), request, origin)
  return result.ok ? { error: undefined, ...result.value } : { error: result.error.error }
}

type Answer = { error: string | undefined; access_token?: string; refresh_token?: string }

const refresh = (client: Client, now: number, token: string, more: Record<string, string> = {}) =>
  ask(client, now, { grant_type: 'refresh_token', refresh_token: token, ...more }) as Promise<Answer>

const keeping = clientWith({ rotates_refresh_tokens: false })
const rotating = clientWith({ rotates_refresh_tokens: true })

describe('a refresh token that is not rotated (FAPI 2.0 Security Profile §5.3.2.1)', () => {
  it('is returned as it is, and works again at once, after 30 seconds and for as long as it lives', async () => {
    const { token, start, userId } = await granted(keeping)
    const ids = new Set<unknown>()
    for (const at of [1, 1, 32, 3600, 86_400 * 10, 86_400 * 20, 86_400 * 30]) {
      const answer = await refresh(keeping, start + at * second, token)
      expect(answer, `at ${at} s`).toMatchObject({ error: undefined, refresh_token: token })
      ids.add(decodeJwt(answer.access_token as string).jti)
    }
    expect(ids.size).toBe(7)
    expect(await refresh(keeping, start + 86_400 * 45 * second, token)).toEqual({ error: 'invalid_grant' })
    const events = (await waitingEvents(userId)).filter(({ type }) => type.startsWith('token.re'))
    expect(events.length).toBeGreaterThan(0)
    for (const { type, data } of events)
      expect([type, data]).toEqual(['token.refreshed', { grant_id: 'grant-1', kept: true }])
  })

  it('works for as many requests as come at the same time: none revokes another', async () => {
    const { token, start } = await granted(keeping)
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => refresh(keeping, start + second, token)),
    )
    for (const answer of answers) expect(answer).toMatchObject({ error: undefined, refresh_token: token })
    expect(new Set(answers.map(({ access_token }) => access_token)).size).toBe(20)
    expect(await refresh(keeping, start + 2 * second, token)).toMatchObject({ error: undefined })
  })

  it('of a grant that was rotated before goes on from the current one; an older one is still reuse', async () => {
    const { token, start } = await granted(rotating)
    const next = (await refresh(rotating, start + second, token)).refresh_token as string
    expect(next).not.toBe(token)
    // The profile changes here. A retry of the request before it still gets its answer.
    expect(await refresh(keeping, start + 2 * second, next)).toMatchObject({ refresh_token: next })
    expect(await refresh(keeping, start + 3 * second, token)).toMatchObject({ refresh_token: next })
    expect(await refresh(keeping, start + 40 * second, next)).toMatchObject({ refresh_token: next })
    // Attack: a copy of the token that was replaced.
    expect(await refresh(keeping, start + 41 * second, token)).toEqual({ error: 'invalid_grant' })
    expect(await refresh(keeping, start + 42 * second, next)).toEqual({ error: 'invalid_grant' })
  })

  it('rotates again when the client has another profile', async () => {
    const { token, start } = await granted(keeping)
    await refresh(keeping, start + second, token)
    const next = (await refresh(rotating, start + 60 * second, token)).refresh_token as string
    expect(next).not.toBe(token)
    expect(await refresh(rotating, start + 61 * second, next)).toMatchObject({ error: undefined })
  })

  it('is the client’s own: another one changes nothing with it', async () => {
    const { token, start } = await granted(keeping)
    const other = clientWith({ rotates_refresh_tokens: false }, { client_id: 'other' })
    expect(await refresh(other, start + second, token)).toEqual({ error: 'invalid_grant' })
    expect(await refresh(keeping, start + 2 * second, token)).toMatchObject({ error: undefined })
  })

  it('is narrowed as any other (RFC 6749 §6)', async () => {
    const { token, start } = await granted(keeping)
    expect(await refresh(keeping, start + second, token, { scope: 'openid write' })).toEqual({
      error: 'invalid_scope',
    })
    expect(await refresh(keeping, start + second, token, { scope: 'read' })).toMatchObject({ scope: 'read' })
  })
})

describe('a resource that must be named (MCP Authorization 2025-11-25; RFC 8707)', () => {
  const naming = clientWith({ resource_required: true })
  const free = clientWith({ resource_required: false })

  it('is missing at a refresh: invalid_target, and the token is not consumed', async () => {
    const { token, start } = await granted(naming)
    expect(await refresh(naming, start + second, token)).toEqual({ error: 'invalid_target' })
    const named = await refresh(naming, start + second, token, { resource: api })
    expect(named.error).toBeUndefined()
    expect(decodeJwt(named.access_token as string).aud).toContain(api)
  })

  it('is not missing at a refresh of a grant for this server alone, whatever else the client may ask for', async () => {
    const { token, start } = await granted(naming, { resources: [], scopes: ['openid', 'offline_access'] })
    const refreshed = await refresh(naming, start + second, token)
    expect(refreshed.error).toBeUndefined()
    expect(decodeJwt(refreshed.access_token as string).aud).toBe('https://auth.test')
  })

  it('is missing at the exchange of a code: invalid_target, and the code is not consumed', async () => {
    const { start, userId } = await signedIn()
    const code = await sealCode(testDependencies().root, {
      ...{ redirect_uri: 'https://app.example/callback', code_challenge: challenge },
      expires_at: start + 60 * second,
      grant: grant(uuidv7(start), {
        ...{ client_id: 'app', user_id: userId, sub: userId, resources: [api], scopes: ['read'] },
        claims: { userinfo: [], id_token: [] },
      }),
    })
    const exchange = { grant_type: 'authorization_code', code, code_verifier: verifier }
    expect(await ask(naming, start, exchange)).toEqual({ error: 'invalid_target' })
    expect(await ask(naming, start, { ...exchange, resource: 'https://evil.example' })).toEqual({
      error: 'invalid_target',
    })
    expect((await ask(naming, start, { ...exchange, resource: api })).error).toBeUndefined()
  })

  it('is missing in an authorization request: invalid_target at the redirect URI', async () => {
    const person = await signedIn()
    const refused = await request(naming, person, {})
    expect(refused).toMatchObject({ kind: 'redirect', refusal: { error: 'invalid_target' } })
    expect(await request(naming, person, { resource: api })).toMatchObject({ kind: 'code' })
    expect(await request(free, person, {})).toMatchObject({ kind: 'code' })
  })

  it('is none for administration: those tokens are for this server alone', async () => {
    const admin = clientWith({ resource_required: true }, { scopes: ['openid', 'read', 'admin:users:read'] })
    const person = await signedIn()
    expect(await request(admin, person, { scope: 'openid admin:users:read' })).toMatchObject({ kind: 'code' })
    expect(await request(admin, person, { scope: 'openid read' })).toMatchObject({ kind: 'redirect' })
  })
})

/** An authorization request by somebody who is signed in. */
async function request(
  client: Client,
  { cookie, start }: Person,
  fields: Record<string, string>,
  config: Partial<Needs['config']> = {},
) {
  const asked = new URLSearchParams({
    ...{ client_id: client.client_id, redirect_uri: 'https://app.example/callback', response_type: 'code' },
    ...{ scope: 'openid read', code_challenge: challenge, code_challenge_method: 'S256', ...fields },
  })
  const parameters = parseParameters(asked.toString())
  if (!parameters.ok) throw new Error(parameters.error)
  const { outcome } = await authorize(needsFor(client, start + second, config), {
    ...{ parameters: parameters.value, cookieHeader: cookie, interaction: undefined, origin },
  })
  return outcome
}

describe('the lifetime of a code', () => {
  const lifetime = async (rules: Partial<ProfileRules>, configured: number): Promise<number> => {
    const person = await signedIn()
    const config = { authorizationCodeTtlSeconds: configured }
    const outcome = await request(clientWith(rules), person, {}, config)
    if (outcome.kind !== 'code') throw new Error(outcome.kind)
    const code = await openCode(testDependencies().root, outcome.code)
    return ((code?.expires_at ?? 0) - person.start - second) / 1000
  }

  it('is what is configured, and no more than the profile allows (FAPI 2.0 §5.3.2.1)', async () => {
    expect(await lifetime({}, 600)).toBe(600)
    expect(await lifetime({ max_code_ttl_seconds: 60 }, 600)).toBe(60)
    expect(await lifetime({ max_code_ttl_seconds: 60 }, 30)).toBe(30)
  })
})

describe('how a client authenticates, where its profile does not allow it', () => {
  const pinned = { profile: 'fapi2-security', auth_methods: ['private_key_jwt'] } as const

  it('gets it no code: unauthorized_client at its redirect URI (RFC 6749 §4.1.2.1)', async () => {
    const person = await signedIn()
    for (const method of ['none', 'client_secret_basic'] as const) {
      const outcome = await request(clientWith(pinned, { token_endpoint_auth_method: method }), person, {})
      expect(outcome).toMatchObject({ kind: 'redirect', refusal: { error: 'unauthorized_client' } })
    }
    const allowed = clientWith(pinned, { token_endpoint_auth_method: 'private_key_jwt' })
    expect(await request(allowed, person, {})).toMatchObject({ kind: 'code' })
  })

  it('gets a public client no tokens, and its grant stays', async () => {
    const { token, start } = await granted(keeping)
    const refused = clientWith({ ...pinned, rotates_refresh_tokens: false })
    expect(await refresh(refused, start + second, token)).toEqual({ error: 'invalid_client' })
    expect(await refresh(keeping, start + 2 * second, token)).toMatchObject({ error: undefined })
  })

  it('is told to whoever has the secret, and to nobody else', async () => {
    const secrets = [{ secret_hash: await sha256('right'), expires_at: undefined }]
    const client = clientWith(pinned, { token_endpoint_auth_method: 'client_secret_post', secrets })
    const answer = async (client_secret: string) => {
      const body = new URLSearchParams({ client_id: 'app', client_secret, grant_type: 'refresh_token' })
      const asked = new Request('https://auth.test/oauth/token', { method: 'POST', body })
      const { result } = await answerTokenRequest(needsFor(client, Date.now()), asked, origin)
      return result.ok ? undefined : [result.error.error, result.error.description]
    }
    expect(await answer('right')).toEqual([
      'invalid_client',
      'the profile fapi2-security does not accept client_secret_post',
    ])
    expect(await answer('wrong')).toEqual(['invalid_client', 'client authentication failed'])
  })
})
