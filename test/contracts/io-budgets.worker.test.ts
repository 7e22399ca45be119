import { createExecutionContext, env, waitOnExecutionContext } from 'cloudflare:test'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDatabase } from '../../src/db/client.ts'
import { clientSecrets, clients, passwordCredentials, users } from '../../src/db/schema.ts'
import { sha256 } from '../../src/kit/hash.ts'
import { uuidv7 } from '../../src/kit/ids.ts'
import { argon2Hasher } from '../../src/passwords/argon2.ts'
import worker from '../../src/worker.ts'
import { countingEnv, countQueries, type IoCount } from '../worker/counting-env.ts'
import { type Budget, budgets } from './budgets.ts'

const issuer = 'https://auth.test'
const redirectUri = 'https://app.example/callback'
const password = 'correct horse battery staple'
const verifier = 'v'.repeat(43)
const settings = env as unknown as { DATABASE_URL: string; DATABASE_GATEWAY_URL: string }
const count: IoCount = { objectCalls: 0, postgresRoundTrips: 0 }
const counted = countingEnv(env, count)
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

async function redeem(code: string) {
  const fields = {
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
    code_verifier: verifier,
  }
  const response = await post('/oauth/token', fields, asClient)
  expect(response.status).toBe(200)
  return (await response.json()) as { access_token: string; refresh_token: string }
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
    // The audit batch is amortised over what arrives within its window: here it would be a batch of one.
    const outbox = env.AUDIT_OUTBOX
    counted.AUDIT_OUTBOX = outbox
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
