import { createExecutionContext, env, waitOnExecutionContext } from 'cloudflare:test'
import { eq } from 'drizzle-orm'
import { decodeJwt, exportJWK, generateKeyPair } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { loadClient } from '../../src/clients/clients.store.ts'
import { clientCacheKey } from '../../src/clients/find-client.ts'
import { createDatabase } from '../../src/db/database.ts'
import { clientSecrets, clients, passwordCredentials, users } from '../../src/db/schema.ts'
import { signRequest } from '../../src/http-signatures/sign-request.ts'
import { adminSignaturePolicy } from '../../src/http-signatures/signature-policy.ts'
import { sha256 } from '../../src/kit/hash.ts'
import { uuidv7 } from '../../src/kit/ids.ts'
import { argon2Hasher } from '../../src/passwords/argon2.ts'
import worker from '../../src/worker.ts'
import {
  addAdmin,
  addServiceAccount,
  callAdmin,
  type TestActor,
  testDependencies,
} from '../worker/admin-client.ts'
import { countingEnv, countQueries, type IoCount } from '../worker/counting-env.ts'
import { addManaged } from '../worker/managed-person.ts'
import { type Budget, budgets } from './budgets.ts'

const issuer = 'https://auth.test'
const redirectUri = 'https://app.example/callback'
const password = 'correct horse battery staple'
const verifier = 'v'.repeat(43)
const settings = env as unknown as { DATABASE_URL: string; DATABASE_GATEWAY_URL: string }
const count: IoCount = { objectCalls: 0, postgresRoundTrips: 0 }
// Not counted: an audit batch is amortised over what arrives within its window, and here it would be a batch of one.
const counted = { ...countingEnv(env, count), AUDIT_OUTBOX: env.AUDIT_OUTBOX }
const run = uuidv7()
const clientId = `budget-${run}`
const email = `${run}@example.com`
const secret = 'a-secret-with-enough-entropy-for-a-test'
let stopCounting = () => {}
let cookies = ''

/** One request through the app, with everything it left for later done. */
async function call(path: string, init: RequestInit = {}): Promise<Response> {
  const ctx = createExecutionContext()
  const headers = new Headers(init.headers)
  headers.set('cf-connecting-ip', '203.0.113.7')
  if (cookies) headers.set('cookie', cookies)
  const response = await worker.fetch(new Request(issuer + path, { ...init, headers }), counted, ctx)
  for (const cookie of response.headers.getSetCookie()) remember(cookie.split(';')[0] as string)
  await waitOnExecutionContext(ctx)
  return response
}

function remember(pair: string) {
  const name = pair.slice(0, pair.indexOf('='))
  const others = cookies.split('; ').filter((known) => known && !known.startsWith(`${name}=`))
  cookies = [...others, pair].join('; ')
}

const post = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  call(path, { method: 'POST', body: new URLSearchParams(fields), headers, redirect: 'manual' })

const asClient = { authorization: `Basic ${btoa(`${clientId}:${secret}`)}` }

async function signIn(typedPassword = password, identifier = email): Promise<Response> {
  const html = await (await call('/login')).text()
  const csrf = /name="csrf_token" value="([^"]+)"/.exec(html)?.[1] as string
  count.objectCalls = 0
  count.postgresRoundTrips = 0
  return post(
    '/login',
    { csrf_token: csrf, method: 'password', identifier, password: typedPassword },
    { origin: issuer },
  )
}

async function authorize(): Promise<string> {
  const query = new URLSearchParams({
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid email',
    code_challenge: await sha256(verifier),
    code_challenge_method: 'S256',
  })
  const response = await call(`/oauth/authorize?${query}`, { redirect: 'manual' })
  const location = new URL(response.headers.get('location') as string, issuer)
  return location.searchParams.get('code') as string
}

/** Back from the sign-in page of an application that wants a new sign-in, up to the way on. */
async function signInAgain(): Promise<string> {
  const query = new URLSearchParams({
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid email',
    prompt: 'login',
    code_challenge: await sha256(verifier),
    code_challenge_method: 'S256',
  })
  const begun = await call(`/oauth/authorize?${query}`, { redirect: 'manual' })
  const html = await (await call(begun.headers.get('location') as string)).text()
  const hidden = [...html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)]
  const fields = Object.fromEntries(hidden.map(([, name, value]) => [name, value]))
  const answer = await post('/login', { ...fields, identifier: email, password }, { origin: issuer })
  return answer.headers.get('location') as string
}

async function redeem(code: string) {
  const fields = {
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
    code_verifier: verifier,
  }
  const response = await post('/oauth/token', fields, asClient)
  expect(response.status).toBe(200)
  return (await response.json()) as { access_token: string; refresh_token: string; id_token: string }
}

/** Runs `operation` once for the caches and once more for the count. */
async function expectWithin(budget: Budget, operation: () => Promise<unknown>): Promise<void> {
  await operation()
  count.objectCalls = 0
  count.postgresRoundTrips = 0
  await operation()
  expect(count.objectCalls, `${budget.operation}: object calls`).toBeLessThanOrEqual(budget.objectCalls)
  expect(count.postgresRoundTrips, `${budget.operation}: Postgres round trips`).toBeLessThanOrEqual(
    budget.postgresRoundTrips,
  )
}

/** Sums up a prepared operation: `prepare` is free, `act` is counted. */
const prepared =
  <T>(prepare: () => Promise<T>, act: (value: T) => Promise<unknown>) =>
  async () => {
    const value = await prepare()
    count.objectCalls = 0
    count.postgresRoundTrips = 0
    await act(value)
  }

beforeAll(async () => {
  const database = createDatabase(settings.DATABASE_URL, settings.DATABASE_GATEWAY_URL)
  const userId = uuidv7()
  await database.batch([
    database.insert(users).values({ id: userId, email, email_verified: true }),
    database.insert(passwordCredentials).values({ user_id: userId, hash: await argon2Hasher.hash(password) }),
    database.insert(clients).values({
      client_id: clientId,
      client_name: 'Budget',
      token_endpoint_auth_method: 'client_secret_basic',
      redirect_uris: [redirectUri],
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
      scopes: ['openid', 'email', 'read'],
      first_party: true,
    }),
    database
      .insert(clientSecrets)
      .values({ id: uuidv7(), client_id: clientId, secret_hash: await sha256(secret) }),
  ])
  stopCounting = countQueries(settings.DATABASE_GATEWAY_URL, count)
  expect((await signIn()).status).toBe(303)
  await redeem(await authorize())
})

afterAll(() => stopCounting())

describe('I/O budgets on a warm isolate (docs/io-budgets.md)', () => {
  it('the counters count', async () => {
    count.objectCalls = 0
    count.postgresRoundTrips = 0
    await counted.USER_SESSIONS.getByName('nobody').listSessions({ now: Date.now() })
    await createDatabase(settings.DATABASE_URL, settings.DATABASE_GATEWAY_URL).execute('select 1')
    expect(count).toEqual({ objectCalls: 1, postgresRoundTrips: 1 })
  })

  it(budgets.discovery.operation, () =>
    expectWithin(budgets.discovery, () => call('/.well-known/openid-configuration')),
  )

  it(budgets.jwks.operation, () => expectWithin(budgets.jwks, () => call('/.well-known/jwks.json')))

  it(budgets.clientCredentials.operation, async () => {
    await expectWithin(budgets.clientCredentials, async () => {
      const response = await post('/oauth/token', { grant_type: 'client_credentials' }, asClient)
      expect(response.status).toBe(200)
    })
  })

  it(budgets.authorizationCode.operation, () =>
    expectWithin(budgets.authorizationCode, prepared(authorize, redeem)),
  )

  it(budgets.refreshToken.operation, () =>
    expectWithin(
      budgets.refreshToken,
      prepared(
        async () => redeem(await authorize()),
        async ({ refresh_token }) => {
          const response = await post(
            '/oauth/token',
            { grant_type: 'refresh_token', refresh_token },
            asClient,
          )
          expect(response.status).toBe(200)
        },
      ),
    ),
  )

  it(budgets.idTokenClaims.operation, async () => {
    const database = createDatabase(settings.DATABASE_URL, settings.DATABASE_GATEWAY_URL)
    let version = 1
    const setClaims = async (scope_claims_in_id_token: boolean) => {
      version++
      const where = eq(clients.client_id, clientId)
      await database.update(clients).set({ scope_claims_in_id_token, version }).where(where)
      const { edgeCache } = testDependencies()
      await edgeCache.refresh(clientCacheKey(clientId), await loadClient(database, clientId))
    }
    await setClaims(true)
    await expectWithin(
      budgets.idTokenClaims,
      prepared(authorize, async (code) => {
        expect(decodeJwt((await redeem(code)).id_token)).toMatchObject({ email, email_verified: true })
      }),
    )
    await expectWithin(
      budgets.idTokenClaims,
      prepared(
        async () => redeem(await authorize()),
        async ({ refresh_token }) => {
          const fields = { grant_type: 'refresh_token', refresh_token }
          const response = await post('/oauth/token', fields, asClient)
          const { id_token } = (await response.json()) as { id_token: string }
          expect(decodeJwt(id_token)).toMatchObject({ email })
        },
      ),
    )
    await setClaims(false)
  })

  it(budgets.introspect.operation, () =>
    expectWithin(
      budgets.introspect,
      prepared(
        async () => redeem(await authorize()),
        async ({ access_token }) => {
          const response = await post('/oauth/introspect', { token: access_token }, asClient)
          expect(await response.json()).toMatchObject({ active: true })
        },
      ),
    ),
  )

  it(budgets.revoke.operation, () =>
    expectWithin(
      budgets.revoke,
      prepared(
        async () => redeem(await authorize()),
        ({ refresh_token }) => post('/oauth/revoke', { token: refresh_token }, asClient),
      ),
    ),
  )

  it(budgets.silentAuthorize.operation, () =>
    expectWithin(budgets.silentAuthorize, async () => expect(await authorize()).toMatch(/^authly_ac_/)),
  )

  it(budgets.resumedAuthorize.operation, () =>
    expectWithin(
      budgets.resumedAuthorize,
      prepared(signInAgain, async (path) => {
        const response = await call(path, { redirect: 'manual' })
        expect(response.headers.get('location')).toContain('code=authly_ac_')
      }),
    ),
  )

  it(budgets.userinfo.operation, () =>
    expectWithin(
      budgets.userinfo,
      prepared(
        async () => redeem(await authorize()),
        async ({ access_token }) => {
          const headers = { authorization: `Bearer ${access_token}` }
          expect(await (await call('/oidc/userinfo', { headers })).json()).toMatchObject({ email })
        },
      ),
    ),
  )

  it(budgets.passwordLogin.operation, () =>
    expectWithin(budgets.passwordLogin, async () => expect((await signIn()).status).toBe(303)),
  )

  it(budgets.firstLogin.operation, () =>
    expectWithin(budgets.firstLogin, async () => {
      cookies = ''
      expect((await signIn()).status).toBe(303)
    }),
  )

  it(budgets.refusedLogin.operation, () =>
    expectWithin(budgets.refusedLogin, async () => expect((await signIn('wrong')).status).toBe(400)),
  )

  it(`${budgets.refusedLogin.operation}: unknown account`, async () => {
    const nobody = `nobody-${run}@example.com`
    // The event leaves after the response, with whatever else the isolate gathered.
    counted.AUDIT_OUTBOX = env.AUDIT_OUTBOX
    await expectWithin(budgets.refusedLogin, async () =>
      expect((await signIn('wrong', nobody)).status).toBe(400),
    )
  })

  it(budgets.adminRead.operation, async () => {
    const admin = await addAdmin()
    await expectWithin(budgets.adminRead, async () => {
      const response = await callAdmin(admin, 'GET', '/admin/roles', { env: counted })
      expect(response.status).toBe(200)
    })
  })

  it(budgets.adminWrite.operation, async () => {
    const admin = await addAdmin()
    await expectWithin(budgets.adminWrite, async () => {
      const body = { name: `budget-${uuidv7()}`, description: 'Budget', permissions: [] }
      const response = await callAdmin(admin, 'POST', '/admin/roles', { env: counted, body })
      expect(response.status).toBe(201)
    })
  })

  it(budgets.adminSigned.operation, async () => {
    const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true })
    const robot = await addServiceAccount(['admin:roles:read'])
    const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'budget' } as Record<string, unknown>] }
    const database = createDatabase(settings.DATABASE_URL, settings.DATABASE_GATEWAY_URL)
    await database.update(clients).set({ jwks, version: 2 }).where(eq(clients.client_id, robot.id))
    await testDependencies().edgeCache.refresh(clientCacheKey(robot.id), await loadClient(database, robot.id))
    const key = { ...(await exportJWK(privateKey)), kid: 'budget' }
    await expectWithin(
      budgets.adminSigned,
      prepared(
        () =>
          signRequest(
            {
              ...{ method: 'GET', url: `${issuer}/admin/roles` },
              headers: new Headers({ authorization: `Bearer ${robot.token}` }),
            },
            { key, policy: adminSignaturePolicy, created: Math.floor(Date.now() / 1000) },
          ),
        async (headers) => {
          const options = { env: counted, headers: Object.fromEntries(headers) }
          expect((await callAdmin(robot, 'GET', '/admin/roles', options)).status).toBe(200)
        },
      ),
    )
  })

  describe('of accounts', () => {
    const path = (id: string, what = '') => `/admin/users/${id}${what}`
    const as = (admin: TestActor, method: string, target: string, body?: unknown) =>
      callAdmin(admin, method, target, { body, headers: { 'if-match': '*' }, env: counted })

    it(budgets.adminRead.operation, async () => {
      const [admin, person] = [await addAdmin(), await addManaged()]
      for (const target of ['/admin/users?q=ada&include_total=true', path(person.id), '/admin/users/count']) {
        await expectWithin(budgets.adminRead, async () =>
          expect((await as(admin, 'GET', target)).status).toBe(200),
        )
      }
      const at = encodeURIComponent(new Date(Date.now() + 1000).toISOString())
      await expectWithin(budgets.adminRead, () => as(admin, 'GET', path(person.id, `?at=${at}`)))
    })

    it(budgets.adminWrite.operation, async () => {
      const [admin, person] = [await addAdmin(), await addManaged()]
      await expectWithin(budgets.adminWrite, async () => {
        const body = { profile: { name: uuidv7() } }
        expect((await as(admin, 'PATCH', path(person.id), body)).status).toBe(200)
      })
      await expectWithin(budgets.adminWrite, async () => {
        const created = { email: `${uuidv7()}@budget.test`, setup: { method: 'temporary_password' } }
        expect((await as(admin, 'POST', '/admin/users', created)).status).toBe(201)
      })
    })

    it(budgets.adminSessions.operation, async () => {
      const [admin, person] = [await addAdmin(), await addManaged()]
      for (const [method, what] of [
        ['GET', '/sessions'],
        ['DELETE', '/sessions'],
        ['POST', '/disable'],
      ] as const) {
        await expectWithin(budgets.adminSessions, async () =>
          expect((await as(admin, method, path(person.id, what))).status).toBeLessThan(300),
        )
      }
      await expectWithin(
        budgets.adminSessions,
        prepared(addManaged, async ({ id }) =>
          expect((await as(admin, 'DELETE', path(id))).status).toBe(204),
        ),
      )
    })
  })

  it(budgets.passwordSetup.operation, async () => {
    const admin = await addAdmin()
    await expectWithin(
      budgets.passwordSetup,
      prepared(
        async () => {
          const body = { email: `${uuidv7()}@budget.test`, setup: { method: 'invitation' } }
          const response = await callAdmin(admin, 'POST', '/admin/users', { body })
          const { invitation_url } = (await response.json()) as { invitation_url: string }
          const html = await (await call(invitation_url.slice(issuer.length))).text()
          const csrf_token = /name="csrf_token" value="([^"]+)"/.exec(html)?.[1] as string
          return { csrf_token, link: invitation_url.split('link=')[1] as string }
        },
        async (hidden) => {
          const chosen = 'purple-kettle-orbit'
          const fields = { ...hidden, new_password: chosen, repeat_password: chosen }
          expect((await post('/set-password', fields, { origin: issuer })).status).toBe(303)
        },
      ),
    )
  })

  it(budgets.forgedHandle.operation, async () => {
    const forged = `${'A'.repeat(120)}.${'A'.repeat(43)}`
    counted.AUDIT_OUTBOX = env.AUDIT_OUTBOX
    await expectWithin(budgets.forgedHandle, async () => {
      const refresh = { grant_type: 'refresh_token', refresh_token: `authly_rt_${forged}` }
      expect((await post('/oauth/token', refresh, asClient)).status).toBe(400)
      const code = { grant_type: 'authorization_code', code: `authly_ac_${forged}`, code_verifier: verifier }
      expect((await post('/oauth/token', code, asClient)).status).toBe(400)
      expect(
        (await call('/oidc/userinfo', { headers: { authorization: 'Bearer e30.e30.AAAA' } })).status,
      ).toBe(401)
      const kept = cookies
      cookies = `__Host-authly_session=authly_ss_${forged}`
      await call(`/oauth/authorize?client_id=${clientId}&redirect_uri=${encodeURIComponent(redirectUri)}`)
      cookies = kept
    })
  })
})
