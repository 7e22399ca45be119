import { env } from 'cloudflare:test'
import { eq } from 'drizzle-orm'
import { exportJWK, generateKeyPair, type JWK } from 'jose'
import { beforeAll, describe, expect, test } from 'vitest'
import { permissionNames } from '../../src/access/permissions.ts'
import { type AuthenticateNeeds, authenticate } from '../../src/admin/authenticate.ts'
import { clients, users } from '../../src/db/schema.ts'
import { signRequest } from '../../src/http-signatures/sign-request.ts'
import { adminSignaturePolicy } from '../../src/http-signatures/signature-policy.ts'
import { uuidv7 } from '../../src/kit/ids.ts'
import type { Settings } from '../../src/settings/settings.ts'
import { toSettings } from '../../src/settings/settings.ts'
import { issueAccessToken } from '../../src/tokens/access-token.ts'
import { serviceTokenId, userTokenId } from '../../src/tokens/token-id.ts'
import { testDatabase } from '../fakes/database.ts'
import {
  addAdmin,
  addServiceAccount,
  callAdmin,
  type TestActor,
  testDependencies,
} from '../worker/admin-client.ts'
import { countingEnv, countQueries, type IoCount } from '../worker/counting-env.ts'

const roles = '/admin/roles'
const callerIp = '203.0.113.9'
let key: JWK
let publicKey: JWK
beforeAll(async () => {
  const { privateKey } = await generateKeyPair('EdDSA', { extractable: true })
  key = { ...(await exportJWK(privateKey)), kid: 'admin-key' }
  const { d: _private, ...rest } = key
  publicKey = rest
})

/** A service account with columns of its own, and its token. */
async function account(columns: Partial<typeof clients.$inferInsert> = {}): Promise<TestActor> {
  const client_id = `signer-${uuidv7()}`
  await testDatabase()
    .insert(clients)
    .values({
      ...{ client_id, client_name: 'Signer', token_endpoint_auth_method: 'private_key_jwt' },
      ...{ grant_types: ['client_credentials'], scopes: [...permissionNames] },
      jwks: { keys: [publicKey as Record<string, unknown>] },
      ...columns,
    })
  const deps = testDependencies()
  const client = await deps.findClient(client_id)
  if (!client) throw new Error('the client must exist')
  const token = await issueAccessToken(deps, {
    ...{
      client,
      sub: client_id,
      jti: serviceTokenId(),
      scopes: permissionNames,
      audience: [deps.config.issuer],
    },
    iat: Math.floor(Date.now() / 1000),
  })
  return { id: client_id, token, grantId: undefined }
}

/** A token of the same grant with other scopes, as another client of the person would have. */
async function tokenOf(actor: TestActor, scopes: readonly string[]): Promise<string> {
  const deps = testDependencies()
  const client = await deps.findClient((await account()).id)
  if (!client || actor.grantId === undefined) throw new Error('a person and a client must exist')
  const jti = await userTokenId(deps.root, actor.id, actor.grantId)
  return issueAccessToken(deps, {
    ...{ client, sub: actor.id, jti, scopes, audience: [deps.config.issuer] },
    iat: Math.floor(Date.now() / 1000),
  })
}

const encode = (text: string) => Uint8Array.from(new TextEncoder().encode(text))

/** Calls with a signature over what `method`, `path` and `body` say; `sent` replaces the body on the way. */
async function callSigned(
  actor: TestActor,
  method: string,
  path: string,
  change: { body?: string; sent?: string; headers?: Record<string, string>; sentHeaders?: Headers } = {},
): Promise<{ response: Response; headers: Headers }> {
  const unsigned = new Headers({ authorization: `Bearer ${actor.token}`, ...change.headers })
  if (change.body !== undefined && !unsigned.has('content-type')) {
    unsigned.set('content-type', 'application/json')
  }
  const headers =
    change.sentHeaders ??
    (await signRequest(
      {
        ...{ method, url: `https://auth.test${path}`, headers: unsigned },
        body: change.body === undefined ? undefined : encode(change.body),
      },
      { key, policy: adminSignaturePolicy, created: Math.floor(Date.now() / 1000) },
    ))
  const body = change.sent ?? change.body
  const response = await callAdmin(actor, method, path, {
    headers: Object.fromEntries(headers),
    ...(body === undefined ? {} : { body }),
  })
  return { response, headers }
}

async function expectProblem(response: Response, status: number, code: string): Promise<string> {
  const body = (await response.json()) as { type: string; detail?: string }
  expect([response.status, body.type]).toEqual([status, `urn:authly:problem:${code}`])
  expect(response.headers.get('ratelimit-policy')).toMatch(/^"admin-/)
  expect(response.headers.get('ratelimit')).toMatch(/^"admin-/)
  return body.detail ?? ''
}

describe('a caller of the admin API', () => {
  test('is limited by themselves, and by their address while they are nobody (RateLimit headers)', async () => {
    const known = await callAdmin(await addAdmin(), 'GET', roles)
    expect(known.status).toBe(200)
    expect(known.headers.get('ratelimit-policy')).toMatch(/^"admin-actor";q=3000;w=60$/)
    const unknown = await callAdmin(undefined, 'GET', roles)
    expect(unknown.status).toBe(401)
    expect(unknown.headers.get('ratelimit-policy')).toMatch(/^"admin-ip-unauthenticated"/)
    expect(unknown.headers.get('www-authenticate')).toMatch(
      /^Bearer realm="authly", (resource_metadata="[^"]+"), DPoP realm="authly", \1, algs="[^"]+"$/,
    )
  })

  test('who guesses tokens is stopped, without stopping who shares the address', async () => {
    const headers = { 'cf-connecting-ip': '198.51.100.77' }
    const guess = () => callAdmin({ token: 'guess' }, 'GET', roles, { headers })
    let response = await guess()
    for (let tries = 0; response.status === 401 && tries < 400; tries++) response = await guess()
    expect(response.headers.get('retry-after')).toMatch(/^\d+$/)
    await expectProblem(response, 429, 'too_many_requests')
    expect((await callAdmin(await addAdmin(), 'GET', roles, { headers })).status).toBe(200)
  })

  test('pays for a living token with the scope alone: a third party cannot use up the permits of an administrator', async () => {
    const admin = await addAdmin()
    const permitsLeft = async () => {
      const header = (await callAdmin(admin, 'GET', roles)).headers.get('ratelimit') ?? ''
      return Number(/^"admin-actor";r=(\d+)/.exec(header)?.[1])
    }
    const before = await permitsLeft()
    const signedIn = { token: await tokenOf(admin, ['openid']) }
    const headers = { 'cf-connecting-ip': '198.51.100.78' }
    let response = await callAdmin(signedIn, 'GET', roles, { headers })
    await expectProblem(response.clone(), 403, 'insufficient_scope')
    for (let tries = 0; response.status === 403 && tries < 400; tries++) {
      response = await callAdmin(signedIn, 'GET', roles, { headers })
    }
    await expectProblem(response, 429, 'too_many_requests')
    expect(response.headers.get('ratelimit-policy')).toMatch(/^"admin-ip-unauthenticated"/)
    expect(before - (await permitsLeft())).toBe(1)
    expect((await callAdmin(admin, 'GET', roles, { headers })).status).toBe(200)
  })

  test('a service account needs no person; a disabled one is nobody at once', async () => {
    const robot = await addServiceAccount(['admin:roles:read'])
    expect((await callAdmin(robot, 'GET', roles)).status).toBe(200)
    await testDatabase().update(clients).set({ enabled: false }).where(eq(clients.client_id, robot.id))
    const response = await callAdmin(robot, 'GET', roles)
    expect([401, 403]).toContain(response.status)
  })

  test('a person who was disabled a moment ago may do nothing, whatever their token says', async () => {
    const admin = await addAdmin()
    await testDatabase().update(users).set({ status: 'disabled' }).where(eq(users.id, admin.id))
    await expectProblem(await callAdmin(admin, 'GET', roles), 403, 'forbidden')
  })

  test('costs one object call and one query, and one object call more when signed', async () => {
    const robot = await account()
    await callAdmin(robot, 'GET', roles)
    const count: IoCount = { objectCalls: 0, postgresRoundTrips: 0 }
    const stop = countQueries(
      (env as unknown as Record<string, string>)['DATABASE_GATEWAY_URL'] as string,
      count,
    )
    const headers = await signRequest(
      {
        ...{ method: 'GET', url: `https://auth.test${roles}` },
        headers: new Headers({ authorization: `Bearer ${robot.token}` }),
      },
      { key, policy: adminSignaturePolicy, created: Math.floor(Date.now() / 1000) },
    )
    const counted = countingEnv(env, count)
    await callAdmin(robot, 'GET', roles, { env: counted })
    const plain = { ...count }
    await callAdmin(robot, 'GET', roles, { env: counted, headers: Object.fromEntries(headers) })
    stop()
    expect(plain.postgresRoundTrips).toBe(1)
    expect(plain.objectCalls).toBeLessThanOrEqual(2)
    expect(count.objectCalls - plain.objectCalls).toBeLessThanOrEqual(3)
    expect(count.postgresRoundTrips).toBe(2)
  })
})

describe('the IP allow list of a client', () => {
  test('admits its ranges and nobody else, and does not say which they are', async () => {
    const robot = await account({ admin_ip_allow_list: ['203.0.113.0/24', '2001:db8::/32'] })
    expect((await callAdmin(robot, 'GET', roles)).status).toBe(200)
    const from = (ip: string) => callAdmin(robot, 'GET', roles, { headers: { 'cf-connecting-ip': ip } })
    expect((await from('2001:db8::7')).status).toBe(200)
    expect((await from('::ffff:203.0.113.1')).status).toBe(200)
    expect(await expectProblem(await from('198.51.100.1'), 403, 'ip_not_allowed')).toBe('')
    expect(await expectProblem(await from(''), 403, 'ip_not_allowed')).toBe('')
  })

  test('is not reached by a header that the caller can set', async () => {
    const robot = await account({ admin_ip_allow_list: ['192.0.2.0/24'] })
    const headers = { 'x-forwarded-for': '192.0.2.1', 'x-real-ip': '192.0.2.1', forwarded: 'for=192.0.2.1' }
    await expectProblem(await callAdmin(robot, 'GET', roles, { headers }), 403, 'ip_not_allowed')
  })
})

describe('a client that must sign (RFC 9421)', () => {
  const newRole = () => JSON.stringify({ name: `r${uuidv7()}`, description: 'd', permissions: [] })

  test('is told which signature would do (§5)', async () => {
    const robot = await account({ require_request_signing: true })
    const response = await callAdmin(robot, 'POST', roles, { body: {}, headers: { 'idempotency-key': 'k' } })
    expect(response.headers.get('accept-signature')).toBe(
      'sig=("@method" "@target-uri" "authorization" "content-digest" "content-type" "idempotency-key");created;nonce;keyid;tag="authly-admin"',
    )
    await expectProblem(response, 401, 'signature_required')
  })

  test('is served when it signs: reading, and writing with a body', async () => {
    const robot = await account({ require_request_signing: true })
    expect((await callSigned(robot, 'GET', `${roles}/admin`)).response.status).toBe(200)
    expect((await callSigned(robot, 'POST', roles, { body: newRole() })).response.status).toBe(201)
  })

  test('a signed request counts once', async () => {
    const robot = await account({ require_request_signing: true })
    const body = newRole()
    const first = await callSigned(robot, 'POST', roles, { body })
    expect(first.response.status).toBe(201)
    const again = await callSigned(robot, 'POST', roles, { body, sentHeaders: first.headers })
    expect(await expectProblem(again.response, 401, 'signature_invalid')).toMatch(/nonce/)
  })

  test.each([
    ['replaced', newRole()],
    ['cut off', ''],
  ])('a body that was %s on the way is refused', async (_name, sent) => {
    const robot = await account({ require_request_signing: true })
    const { response } = await callSigned(robot, 'POST', roles, { body: newRole(), sent })
    expect(await expectProblem(response, 401, 'signature_invalid')).toMatch(/body|digest|component/i)
  })

  test('an upload is checked while it streams, and is nobody when it was changed', async () => {
    const robot = await account({ require_request_signing: true })
    const path = '/admin/users/bulk/create?dry_run=true'
    const csv = 'username\n'.padEnd(200_000, 'someone\n')
    const upload = { body: csv, headers: { 'content-type': 'text/csv' } }
    expect((await callSigned(robot, 'POST', path, upload)).response.status).toBe(202)
    const changed = await callSigned(robot, 'POST', path, {
      ...upload,
      sent: csv.replace('someone', 'another'),
    })
    expect(await expectProblem(changed.response, 401, 'signature_invalid')).toMatch(/body/)
  })

  test("another client's key does not count, nor another client's token with this key's signature", async () => {
    const robot = await account({ require_request_signing: true })
    const other = await account({
      require_request_signing: true,
      jwks: { keys: [await exportJWK((await generateKeyPair('ES256', { extractable: true })).publicKey)] },
    })
    const { headers } = await callSigned(robot, 'GET', roles)
    headers.set('authorization', `Bearer ${other.token}`)
    const stolen = await callSigned(other, 'GET', roles, { sentHeaders: headers })
    await expectProblem(stolen.response, 401, 'signature_invalid')
    await expectProblem((await callSigned(other, 'GET', roles)).response, 401, 'signature_invalid')
  })

  test('a bad signature is refused even where none is required', async () => {
    const robot = await account()
    expect((await callAdmin(robot, 'GET', roles)).status).toBe(200)
    const { headers } = await callSigned(robot, 'GET', roles)
    const replayed = await callSigned(robot, 'GET', roles, { sentHeaders: headers })
    await expectProblem(replayed.response, 401, 'signature_invalid')
  })
})

describe('the settings of admission', () => {
  const operation = { id: 'x', method: 'get', permission: 'admin:roles:read' } as const
  const dangerous = { ...operation, method: 'delete', dangerous: true } as const
  const origin = { ip: callerIp, user_agent: undefined, request_id: 'r' }

  /** `authenticate` under settings of its own: those in the database are everybody's. */
  async function outcome(
    actor: Pick<TestActor, 'token'>,
    changed: Partial<Record<keyof Settings, unknown>>,
    called: Parameters<typeof authenticate>[2] = operation,
  ): Promise<string> {
    const deps = testDependencies()
    const { config, root, now, verifyJwt, findClient, fetchClientJwks } = deps
    const { sessionsOf, spendOnce, rateLimiter } = deps
    const events: string[] = []
    const needs: AuthenticateNeeds = {
      ...{ config, root, now, verifyJwt, findClient, fetchClientJwks, sessionsOf, spendOnce, rateLimiter },
      recordEvent: ({ type, data }) => events.push(`${type}:${String(data?.['reason'])}`),
      readSettings: async () => toSettings(changed),
    }
    const request = new Request(`https://auth.test${roles}`, {
      headers: { authorization: `Bearer ${actor.token}` },
    })
    const { outcome: result } = await authenticate(needs, request, called, origin)
    return [result.ok ? 'admitted' : result.error.code, ...events].join(' ')
  }

  test('admin.ip_allow_list binds everybody, and a refusal is in the audit trail', async () => {
    const admin = await addAdmin()
    expect(await outcome(admin, { 'admin.ip_allow_list': [`${callerIp}/32`] })).toBe('admitted')
    expect(await outcome(admin, { 'admin.ip_allow_list': ['198.51.100.0/24'] })).toBe(
      'ip_not_allowed admin.access_denied:ip_not_allowed',
    )
  })

  test('admin.request_signing asks for signatures by level', async () => {
    const admin = await addAdmin()
    const refused = 'signature_required admin.access_denied:signature_required'
    expect(await outcome(admin, { 'admin.request_signing': 'writes' })).toBe('admitted')
    expect(await outcome(admin, { 'admin.request_signing': 'dangerous' }, dangerous)).toBe(refused)
    expect(await outcome(admin, { 'admin.request_signing': 'all' })).toBe(refused)
  })

  test('dangerous operations need a recent sign-in of the right kind (RFC 9470)', async () => {
    const fresh = await addAdmin()
    const old = await addAdmin({ signedInSecondsAgo: 1000 })
    expect(await outcome(fresh, {}, dangerous)).toBe('admitted')
    expect(await outcome(old, {}, dangerous)).toBe('insufficient_user_authentication')
    expect(await outcome(old, {})).toBe('admitted')
    expect(await outcome(old, { 'admin.step_up_max_age_seconds': 2000 }, dangerous)).toBe('admitted')
    const acr = { 'admin.step_up_acr_values': ['urn:authly:acr:mfa'] }
    expect(await outcome(fresh, acr, dangerous)).toBe('insufficient_user_authentication')
    expect(await outcome(await addServiceAccount(), acr, dangerous)).toBe('admitted')
  })

  describe('who pays (a token is paid for by its holder once it lives and has the scope)', () => {
    /** Policies charged, and whether the object was asked. */
    async function charges(
      token: string,
      {
        spent = [],
        changed = {},
      }: { spent?: readonly string[]; changed?: Partial<Record<keyof Settings, unknown>> } = {},
    ): Promise<string> {
      const deps = testDependencies()
      const log: string[] = []
      const { config, root, now, verifyJwt, findClient, fetchClientJwks, spendOnce } = deps
      const { outcome: result, headers } = await authenticate(
        {
          ...{ config, root, now, verifyJwt, findClient, fetchClientJwks, spendOnce },
          recordEvent: ({ type }) => log.push(type),
          readSettings: async () => toSettings(changed),
          sessionsOf(subject) {
            log.push('asked')
            return deps.sessionsOf(subject)
          },
          rateLimiter: {
            ...deps.rateLimiter,
            isSpent: (policy) => spent.includes(policy),
            async take(policy) {
              log.push(policy)
              const allowed = !spent.includes(policy)
              const retryAfterSeconds = allowed ? 0 : 9
              return { policy, allowed, limit: 1, windowSeconds: 1, remaining: 0, retryAfterSeconds }
            },
          },
        },
        new Request(`https://auth.test${roles}`, { headers: { authorization: `Bearer ${token}` } }),
        operation,
        origin,
      )
      expect(new Headers(headers).has('ratelimit')).toBe(true)
      return [...log, result.ok ? 'admitted' : result.error.code].join(' ')
    }
    const address = 'admin-ip-unauthenticated'
    const elsewhere = { 'admin.ip_allow_list': ['198.51.100.0/24'] }

    test('the holder, after the object was asked', async () => {
      expect(await charges((await addAdmin()).token)).toBe('asked admin-actor admitted')
    })

    test('the address, and nothing is asked: no token of ours', async () => {
      expect(await charges('guess')).toBe(`${address} invalid_token`)
      expect(await charges('guess', { spent: [address] })).toBe(`${address} too_many_requests`)
    })

    test('the address, before anything is asked: a token without the scope', async () => {
      for (const scopes of [['openid'], ['openid', 'admin:users:read'], []]) {
        const token = await tokenOf(await addAdmin(), scopes)
        // Told of a token that has some administrative scope: another one is nothing to the admin API.
        const told = scopes.length > 1 ? ' admin.access_denied' : ''
        expect(await charges(token)).toBe(`${address} asked${told} insufficient_scope`)
        expect(await charges(token, { spent: [address] })).toBe(`${address} too_many_requests`)
      }
    })

    test('the address: a dead token, whose object is asked once', async () => {
      const admin = await addAdmin()
      await testDependencies().sessionsOf(admin.id).endAllSessions({ now: Date.now(), origin })
      expect(await charges(admin.token)).toBe(`asked ${address} invalid_token`)
      expect(await charges(admin.token)).toBe(`${address} invalid_token`)
      expect(await charges(admin.token, { spent: [address] })).toBe(`${address} too_many_requests`)
    })

    test('the address: a living token in a place where it may not be, and then no event either', async () => {
      const { token } = await addAdmin()
      const seen = `asked ${address} admin.access_denied ip_not_allowed`
      expect(await charges(token, { changed: elsewhere })).toBe(seen)
      const quiet = { changed: elsewhere, spent: [address] }
      expect(await charges(token, quiet)).toBe(`asked ${address} too_many_requests`)
    })

    test('the address, before anything is asked: where the client may not call from', async () => {
      const { token } = await account({ admin_ip_allow_list: ['198.51.100.0/24'] })
      expect(await charges(token)).toBe(`${address} asked admin.access_denied ip_not_allowed`)
      expect(await charges(token, { spent: [address] })).toBe(`${address} too_many_requests`)
    })

    test('a holder with nothing left is refused without asking the object', async () => {
      expect(await charges((await addAdmin()).token, { spent: ['admin-actor'] })).toBe(
        'admin-actor too_many_requests',
      )
    })
  })

  test('a dead token learns nothing of them', async () => {
    const admin = await addAdmin()
    await testDependencies().sessionsOf(admin.id).endAllSessions({ now: Date.now(), origin })
    expect(await outcome(admin, { 'admin.ip_allow_list': ['198.51.100.0/24'] })).toBe('invalid_token')
  })

  test('a token for another resource is not for the admin API, whatever its scopes (RFC 9068 §4)', async () => {
    const robot = await account()
    const deps = testDependencies()
    const client = await deps.findClient(robot.id)
    if (!client) throw new Error('the client must exist')
    const api = 'https://api.example'
    for (const audience of [[api], [api, deps.config.issuer]]) {
      const token = await issueAccessToken(deps, {
        ...{ client, sub: robot.id, jti: serviceTokenId(), scopes: permissionNames },
        ...{ audience, iat: Math.floor(Date.now() / 1000) },
      })
      expect(await outcome({ token }, {})).toBe('invalid_token')
    }
  })
})
