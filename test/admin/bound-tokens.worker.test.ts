/** Bound access tokens at the admin API (RFC 9449 §7). */
import { env, runInDurableObject } from 'cloudflare:test'
import { beforeAll, describe, expect, it } from 'vitest'
import { permissionNames } from '../../src/access/permissions.ts'
import { clients } from '../../src/db/schema.ts'
import { noncesOf } from '../../src/oauth/sender-constraints/dpop-nonce.ts'
import { locateToken } from '../../src/tokens/token-id.ts'
import { testDatabase } from '../fakes/database.ts'
import { createDpopKey, type DpopKey, type ProofOptions } from '../fakes/dpop-key.ts'
import {
  addAdmin,
  addServiceAccount,
  bindToken,
  callAdmin,
  signInAs,
  type TestActor,
  testDependencies,
} from '../worker/admin-client.ts'

const issuer = 'https://auth.test'
let key: DpopKey
let other: DpopKey
let person: TestActor
let service: TestActor
beforeAll(async () => {
  ;[key, other, person, service] = await Promise.all([
    ...[createDpopKey(), createDpopKey('ES384'), addAdmin(), addServiceAccount()],
  ] as const)
})

const bind = (actor: TestActor): Promise<string> => bindToken(actor, key)

const path = '/admin/scopes'
/** What follows the realm of each challenge. */
const metadata = /^, resource_metadata="[^"]+\/\.well-known\/oauth-protected-resource"/
const call = async (
  token: string,
  options: ProofOptions & {
    scheme?: string
    by?: DpopKey
    to?: string
    body?: unknown
    send?: string
    at?: string
  } = {},
) => {
  const { scheme = 'DPoP', by = key, to = issuer + path, body, send = 'GET', at = path } = options
  const dpop = await by.prove(to, { method: send, accessToken: token, ...options })
  return callAdmin(undefined, send, at, { body, headers: { authorization: `${scheme} ${token}`, dpop } })
}

describe.each(['person', 'service account'] as const)('the bound token of a %s at the admin API', (whose) => {
  const actor = () => (whose === 'person' ? person : service)

  it('is served with a proof of its key, and offers a nonce', async () => {
    const answer = await call(await bind(actor()))
    expect(answer.status).toBe(200)
    expect(answer.headers.get('dpop-nonce')).toBe(
      (await noncesOf({ root: testDependencies().root, now: Date.now })).current,
    )
    expect(answer.headers.has('ratelimit')).toBe(true)
  })

  it('covers the path, with whatever query (RFC 9449 §4.2)', async () => {
    const token = await bind(actor())
    const headers = {
      authorization: `DPoP ${token}`,
      dpop: await key.prove(issuer + path, { method: 'GET', accessToken: token }),
    }
    expect((await callAdmin(undefined, 'GET', `${path}?limit=1`, { headers })).status).toBe(200)
  })

  it.each<[string, string, (token: string) => Promise<Response>]>([
    ['as a bearer token (§7.2)', 'invalid_token', (token) => callAdmin({ token }, 'GET', path)],
    ['as a bearer token, with its proof', 'invalid_token', (token) => call(token, { scheme: 'Bearer' })],
    ['with another key', 'invalid_token', (token) => call(token, { by: other })],
    [
      'without proof',
      'invalid_dpop_proof',
      (token) => callAdmin(undefined, 'GET', path, { headers: { authorization: `DPoP ${token}` } }),
    ],
    ['with a proof for another method', 'invalid_dpop_proof', (token) => call(token, { method: 'POST' })],
    [
      'with a proof for another operation',
      'invalid_dpop_proof',
      (token) => call(token, { to: `${issuer}/admin/users` }),
    ],
    [
      'with a proof for another token',
      'invalid_dpop_proof',
      (token) => call(token, { claims: { ath: 'x' } }),
    ],
    ['with an old proof', 'invalid_dpop_proof', (token) => call(token, { now: Date.now() - 120_000 })],
    ['with a nonce that is made up', 'use_dpop_nonce', (token) => call(token, { nonce: 'x' })],
  ])('is refused %s', async (_, code, present) => {
    const token = await bind(actor())
    const answer = await present(token)
    expect(answer.status).toBe(401)
    expect(await answer.json()).toMatchObject({ type: `urn:authly:problem:${code}` })
    expect(answer.headers.get('www-authenticate')).toMatch(
      new RegExp(`^(?:Bearer|DPoP) .*error="${code}".*algs="ES256 `),
    )
    expect(answer.headers.get('www-authenticate')?.split('realm="authly"')).toEqual([
      ...[expect.any(String), expect.stringMatching(metadata), expect.stringMatching(metadata)],
    ])
    expect((await call(token)).status).toBe(200)
  })

  it('lets one of ten parallel requests with one proof through, and changes once', async () => {
    const token = await bind(actor())
    const dpop = await key.prove(issuer + path, { accessToken: token })
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        callAdmin(undefined, 'POST', path, {
          headers: { authorization: `DPoP ${token}`, dpop },
          body: { name: `bound:${index}:${crypto.randomUUID()}`, description: 'x' },
        }),
      ),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(9).fill(401)])
  })

  it('is refused when it was revoked', async () => {
    const token = await bind(actor())
    expect((await call(token)).status).toBe(200)
    const deps = testDependencies()
    const claims = await deps.verifyJwt(token, { typ: 'at+jwt' })
    const address = claims && (await locateToken(deps.root, claims))
    if (!address || !claims.exp) throw new Error('the token must be ours')
    await deps.sessionsOf(address.subject).revokeToken({
      ...{ now: Date.now(), client_id: String(claims['client_id']), kind: 'access' },
      ...{ grant_id: address.grantId, jti_hash: address.jtiHash, expires_at: claims.exp * 1000 },
      origin: { ip: undefined, user_agent: undefined, request_id: 'test' },
    })
    expect((await call(token)).status).toBe(401)
  })
})

describe('at the admin API', () => {
  it('a bearer token is refused with the scheme DPoP', async () => {
    expect((await call(person.token)).status).toBe(401)
  })

  it('proofs of a service account end with the alarm of its object, which then stores nothing', async () => {
    const account = await addServiceAccount()
    expect((await call(await bind(account))).status).toBe(200)
    const object = env.USER_SESSIONS.getByName(`client:${account.id}`)
    const alarm = await runInDurableObject(object, (_, { storage }) => storage.getAlarm())
    expect(alarm).toBeGreaterThan(Date.now())
    await runInDurableObject(object, async (instance, { storage }) => {
      storage.sql.exec('UPDATE spent_interactions SET keep_until = keep_until - 7200000')
      await instance.alarm?.()
      expect(storage.sql.exec("SELECT name FROM sqlite_master WHERE name = 'grants'").toArray()).toEqual([])
    })
  })

  it('a sign-in that is too old, or too weak for a role, is told in the scheme of its token (RFC 9470 §3, RFC 9449 §7.1)', async () => {
    const wanted = 'error="insufficient_user_authentication", error_description="[^"]+"'
    const told = (more: string) =>
      new RegExp(
        `^DPoP realm="authly", (resource_metadata="[^"]+"), ${wanted}, ${more}, algs="[^"]+", Bearer realm="authly", \\1$`,
      )
    const old = await bind(await addAdmin({ signedInSecondsAgo: 3600 }))
    const body = { name: `bound:${crypto.randomUUID()}`, description: 'x', permissions: [] }
    const tooOld = await call(old, { to: `${issuer}/admin/roles`, at: '/admin/roles', send: 'POST', body })
    expect(tooOld.status).toBe(401)
    expect(tooOld.headers.get('www-authenticate')).toMatch(told('max_age="900"'))

    const role = `role-${crypto.randomUUID()}`
    const demanding = { name: role, description: 'x', permissions: ['admin:scopes:read'] }
    const created = await callAdmin(await addServiceAccount(), 'POST', '/admin/roles', {
      body: { ...demanding, required_acr_values: ['phr'] },
    })
    expect(created.status, await created.clone().text()).toBe(201)
    const tooWeak = await call(await bind(await addAdmin({ roles: [role] })))
    expect(tooWeak.status).toBe(401)
    expect(tooWeak.headers.get('www-authenticate')).toMatch(told('acr_values="phr"'))
  })

  it('whoever sends no token hears of both schemes', async () => {
    const answer = await callAdmin(undefined, 'GET', path)
    expect(answer.headers.get('www-authenticate')).toMatch(
      /^Bearer realm="authly", (resource_metadata="[^"]+"), DPoP realm="authly", \1, algs="/,
    )
  })

  it('a public client needs a nonce (§9)', async () => {
    const client_id = `open-${crypto.randomUUID()}`
    await testDatabase()
      .insert(clients)
      .values({
        ...{ client_id, client_name: 'Public', token_endpoint_auth_method: 'none' },
        ...{ grant_types: ['authorization_code'], scopes: [...permissionNames] },
      })
    const token = await bind({ id: person.id, ...(await signInAs(person.id, client_id)) })
    const asked = await call(token)
    expect(asked.status).toBe(401)
    expect(await asked.json()).toMatchObject({ type: 'urn:authly:problem:use_dpop_nonce' })
    const nonce = asked.headers.get('dpop-nonce') as string
    expect((await call(token, { nonce })).status).toBe(200)
  })
})
