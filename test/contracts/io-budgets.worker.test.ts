import { createExecutionContext, env, waitOnExecutionContext } from 'cloudflare:test'
import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server'
import { eq } from 'drizzle-orm'
import { compactDecrypt, decodeJwt, exportJWK, generateKeyPair } from 'jose'
import { Secret, TOTP, URI } from 'otpauth'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createEvent } from '../../src/audit/create-event.ts'
import { encodeEvents } from '../../src/audit/outbox.ts'
import { loadClient } from '../../src/clients/clients.store.ts'
import { clientCacheKey } from '../../src/clients/find-client.ts'
import { createDatabase } from '../../src/db/database.ts'
import {
  clientSecrets,
  clients,
  otpCredentials,
  passwordCredentials,
  recoveryCodes,
  users,
} from '../../src/db/schema.ts'
import { destinationName } from '../../src/delivery/queue-message.ts'
import { signRequest } from '../../src/http-signatures/sign-request.ts'
import { adminSignaturePolicy } from '../../src/http-signatures/signature-policy.ts'
import { sha256 } from '../../src/kit/hash.ts'
import { uuidv7 } from '../../src/kit/ids.ts'
import { generateRecoveryCodes, hashRecoveryCodes } from '../../src/one-time-passwords/recovery-codes.ts'
import { sealSeed } from '../../src/one-time-passwords/seal-seed.ts'
import { argon2Hasher } from '../../src/passwords/argon2.ts'
import { policies } from '../../src/rate-limits/policies.ts'
import { issueNotMeLink } from '../../src/recovery/not-me.ts'
import worker from '../../src/worker.ts'
import { openProvider } from '../delivery/message-provider.ts'
import { cloudflareOf, makeCertificate } from '../fakes/certificates.ts'
import { createDpopKey, type DpopKey } from '../fakes/dpop-key.ts'
import { makePasskey, readOptions } from '../passkeys/make-passkey.ts'
import {
  createSoftwareAuthenticator,
  type GetOverrides,
  type SoftwareAuthenticator,
} from '../passkeys/software-authenticator.ts'
import {
  addAdmin,
  addServiceAccount,
  bindToken,
  callAdmin,
  type TestActor,
  testDependencies,
} from '../worker/admin-client.ts'
import { type BilledUnits, countBilledUnits } from '../worker/billed-units.ts'
import { changingSettings } from '../worker/change-setting.ts'
import { countingEnv, countQueries, type IoCount } from '../worker/counting-env.ts'
import { addOtpRow, addPasskeyRow } from '../worker/factors.ts'
import { useSettings } from '../worker/local-settings.ts'
import { addManaged } from '../worker/managed-person.ts'
import { setBindings } from '../worker/wrapped-object.ts'
import { type Budget, budgets, storedBytes, type Units } from './budgets.ts'
import { registerClient } from './worker-client.ts'

const issuer = 'https://auth.test'
const redirectUri = 'https://app.example/callback'
const password = 'correct horse battery staple'
const verifier = 'v'.repeat(43)
const settings = env as unknown as { DATABASE_URL: string; DATABASE_GATEWAY_URL: string }
const count: IoCount = { objectCalls: 0, postgresRoundTrips: 0 }
let billed: BilledUnits
let sharedEvents = 0
/**
 * What requests do together is counted on its own: an audit batch, of which here only the events count, and a lease of a
 * rate limit.
 */
const withSharedParts = (own: Env): Env => {
  const appendEvents = async (_: string, events: number) => {
    sharedEvents += events
  }
  const isLeased = (name: string) => policies[name.split(':')[0] as keyof typeof policies]?.mode === 'lease'
  return {
    ...own,
    AUDIT_OUTBOX: { getByName: () => ({ append: appendEvents }) } as unknown as Env['AUDIT_OUTBOX'],
    RATE_LIMIT: {
      getByName: (name: string) => (isLeased(name) ? env : own).RATE_LIMIT.getByName(name),
    } as Env['RATE_LIMIT'],
  }
}
let counted: Env
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
  const fields = hiddenFields(await (await call('/login')).text())
  await startCounting()
  return post('/login', { ...fields, identifier, password: typedPassword }, { origin: issuer })
}

/** Of the form of this step; a page can have several. */
function hiddenFields(html: string, step = 'identifier'): Record<string, string> {
  const form = html.match(/<form[\s\S]*?<\/form>/g)?.find((each) => each.includes(`value="${step}"`)) ?? ''
  const inputs = form.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)
  return Object.fromEntries([...inputs].map(([, name, value]) => [name, value]))
}

const authorizationFields = async () => ({
  client_id: clientId,
  redirect_uri: redirectUri,
  response_type: 'code',
  scope: 'openid email',
  code_challenge: await sha256(verifier),
  code_challenge_method: 'S256',
})

async function authorize(more: Record<string, string> = {}): Promise<string> {
  const query = new URLSearchParams({ ...(await authorizationFields()), ...more })
  const response = await call(`/oauth/authorize?${query}`, { redirect: 'manual' })
  const { searchParams } = new URL(response.headers.get('location') as string, issuer)
  const signed = searchParams.get('response')
  return (signed === null ? searchParams.get('code') : decodeJwt(signed)['code']) as string
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
  const html = await (await call(`${begun.headers.get('location')}&step=password`)).text()
  const answer = await post(
    '/login',
    { ...hiddenFields(html, 'password'), identifier: email, password },
    { origin: issuer },
  )
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

/** From here on things cost something. What was left before is done, so that it costs nothing here. */
async function startCounting(): Promise<void> {
  await billed.drain()
  billed.reset()
  Object.assign(count, { objectCalls: 0, postgresRoundTrips: 0, deliveries: 0 })
  sharedEvents = 0
}

const dayMs = 86_400_000
const laterMs = 2 * 3_600_000

/** What was counted, alarms of the next two hours included: deliveries, sweeps and buckets that are full again. */
async function countUnits(): Promise<Units> {
  const { rowsRead, rowsWritten } = await billed.count()
  const atOnce = { ...count, rowsRead, rowsWritten, sharedEvents }
  count.deliveries = 0
  await billed.runAlarms(laterMs)
  const units = await billed.count()
  return {
    ...{ objectCalls: atOnce.objectCalls, postgresRoundTrips: atOnce.postgresRoundTrips },
    ...{ rowsRead: atOnce.rowsRead, rowsWritten: atOnce.rowsWritten, sharedEvents: atOnce.sharedEvents },
    later: {
      alarms: units.requests - atOnce.objectCalls,
      rowsRead: units.rowsRead - atOnce.rowsRead,
      rowsWritten: units.rowsWritten - atOnce.rowsWritten,
      // Alarms that hand over more than events are counted among round trips.
      deliveries: (count.deliveries ?? 0) + count.postgresRoundTrips - atOnce.postgresRoundTrips,
    },
  }
}

const inMinutes = async (minutes: number, act: () => Promise<unknown>): Promise<void> => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + minutes * 60_000 })
  await act().finally(() => vi.useRealTimers())
}

/** Long after a use of a passkey: Postgres knows of it, and the copy of the account is to be compared at the next. */
async function longAfter(act: () => Promise<unknown>): Promise<void> {
  await inMinutes(2, () => billed.drain())
  await inMinutes(4, act)
}

/** Runs `operation` once for the caches and once more for the count. */
async function expectWithin(budget: Budget, operation: () => Promise<unknown>): Promise<void> {
  await operation()
  await startCounting()
  await operation()
  expectAtMost(budget, await countUnits())
}

const minus = (more: Units, less: Units): Units => {
  const differences = <T extends object>(left: T, right: T) =>
    Object.fromEntries(
      Object.entries(left).map(([unit, value]) => [
        unit,
        typeof value === 'number' ? value - Number(right[unit as keyof T]) : value,
      ]),
    ) as T
  return { ...differences(more, less), later: differences(more.later, less.later) }
}

function expectAtMost(budget: Budget, units: Units): void {
  const { later, ...atOnce } = units
  const { later: laterAtMost, operation, ...atMost } = budget
  const excess = [
    ...Object.entries(atOnce).map(
      ([unit, value]) => [unit, value, atMost[unit as keyof typeof atOnce]] as const,
    ),
    ...Object.entries(later).map(
      ([unit, value]) => [`later: ${unit}`, value, laterAtMost[unit as keyof typeof later]] as const,
    ),
  ].filter(([, value, limit]) => value > limit)
  expect(excess, `${operation}: units counted, and allowed`).toEqual([])
}

/** Sums up a prepared operation: `prepare` is free, `act` is counted. */
const prepared =
  <T>(prepare: () => Promise<T>, act: (value: T) => Promise<unknown>) =>
  async () => {
    const value = await prepare()
    await startCounting()
    await act(value)
  }

beforeAll(async () => {
  billed = await countBilledUnits(env.AUDIT_OUTBOX.getByName('budgets'))
  counted = withSharedParts(countingEnv(billed.watch(env), count))
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

afterAll(() => {
  stopCounting()
  billed.restore()
})

describe('I/O budgets on a warm isolate (docs/io-budgets.md)', () => {
  it('the counters count', async () => {
    count.objectCalls = 0
    count.postgresRoundTrips = 0
    await counted.USER_SESSIONS.getByName('nobody').listSessions({ now: Date.now() })
    await createDatabase(settings.DATABASE_URL, settings.DATABASE_GATEWAY_URL).execute('select 1')
    expect(count).toMatchObject({ objectCalls: 1, postgresRoundTrips: 1 })
  })

  it('the counters count rows and alarms', async () => {
    await startCounting()
    const bucket = { capacity: 10, perSeconds: 600 }
    await counted.RATE_LIMIT.getByName(`budget-${run}`).acquire(bucket, 1, 0, Date.now())
    // The bucket, the alarm; the bucket that was not there, the alarm that was not set.
    expect(await billed.count()).toEqual({ requests: 1, rowsRead: 2, rowsWritten: 2 })
    await billed.runAlarms(120_000)
    // The alarm reads and deletes.
    expect(await billed.count()).toEqual({ requests: 2, rowsRead: 4, rowsWritten: 3 })
  })

  it(budgets.leaseRefill.operation, () =>
    expectWithin(budgets.leaseRefill, async () => {
      const { RATE_LIMIT } = counted
      await RATE_LIMIT.getByName(`lease-${uuidv7()}`).acquire(policies['authorize-ip'], 12, 0, Date.now())
    }),
  )

  it(budgets.auditBatch.operation, async () => {
    const { AUDIT_OUTBOX } = billed.watch(env)
    const append = async () => {
      const event = createEvent('token.issued', Date.now(), undefined, {
        ...{ outcome: 'success', actor_type: 'client', actor_id: 'svc', client_id: 'svc' },
        data: { grant_type: 'client_credentials' },
      })
      await AUDIT_OUTBOX.getByName('budgets').append(encodeEvents([event]), 1)
      count.objectCalls++
    }
    await expectWithin(budgets.auditBatch, append)
    await startCounting()
    await append()
    const one = await countUnits()
    await startCounting()
    await append()
    await append()
    expectAtMost(budgets.anotherAuditBatch, minus(await countUnits(), one))
  })

  describe('of a person', () => {
    const addPerson = async (): Promise<string> => {
      const database = createDatabase(settings.DATABASE_URL, settings.DATABASE_GATEWAY_URL)
      const id = uuidv7()
      const address = `${id}@example.com`
      await database.batch([
        database.insert(users).values({ id, email: address, email_verified: true }),
        database.insert(passwordCredentials).values({ user_id: id, hash: await argon2Hasher.hash(password) }),
      ])
      return address
    }
    const signInOnce = async () => {
      expect((await signIn(password, await addPerson())).status).toBe(303)
      const { refresh_token } = await redeem(await authorize())
      const fields = { grant_type: 'refresh_token', refresh_token }
      expect((await post('/oauth/token', fields, asClient)).status).toBe(200)
    }
    let kept = ''
    beforeEach(() => {
      kept = cookies
      cookies = ''
    })
    afterEach(() => {
      cookies = kept
    })

    const addPasskey = async (): Promise<SoftwareAuthenticator> => {
      const { root, passkeyStore, now } = testDependencies()
      const [user] = await createDatabase(settings.DATABASE_URL, settings.DATABASE_GATEWAY_URL)
        .select()
        .from(users)
        .where(eq(users.email, await addPerson()))
      const userId = user?.id as string
      const { authenticator, passkey } = await makePasskey(root, userId, new URL(issuer).hostname)
      const event = createEvent('passkey.created', now(), undefined, {
        outcome: 'success',
        actor_type: 'user',
      })
      expect(await passkeyStore.insert(passkey, { passkeys: 0, otp: 0 }, event)).toBe('stored')
      return authenticator
    }
    /** The page is free; what is sent from it is counted. */
    const signInWithPasskey = async (
      authenticator: SoftwareAuthenticator,
      overrides: Partial<GetOverrides> = {},
    ) => {
      const html = await (await call('/login?as=another')).text()
      const options = readOptions<PublicKeyCredentialRequestOptionsJSON>(html)
      const credential = JSON.stringify(await authenticator.get(options, { origin: issuer, ...overrides }))
      await startCounting()
      return post('/login', { ...hiddenFields(html, 'passkey'), credential }, { origin: issuer })
    }

    it(budgets.firstPasskeyLogin.operation, async () => {
      // Loads the library, which every isolate does once.
      expect((await signInWithPasskey(await addPasskey())).status).toBe(303)
      cookies = ''
      expect((await signInWithPasskey(await addPasskey())).status).toBe(303)
      expectAtMost(budgets.firstPasskeyLogin, await countUnits())
    })

    it(budgets.passkeyLogin.operation, async () => {
      const authenticator = await addPasskey()
      await signInWithPasskey(authenticator)
      await redeem(await authorize())
      await longAfter(async () => expect((await signInWithPasskey(authenticator)).status).toBe(303))
      expectAtMost(budgets.passkeyLogin, await countUnits())
    })

    /** Up to the step behind the password. */
    const passPassword = async (address: string, step: string) => {
      cookies = ''
      const answer = await signIn(password, address)
      const html = await (await call(answer.headers.get('location') as string)).text()
      return { html, fields: hiddenFields(html, step) }
    }

    it(budgets.setUpFactor.operation, async () => {
      await useSettings({ 'sign_in.second_factor': 'required' })
      await expectWithin(
        budgets.setUpFactor,
        prepared(
          async () => passPassword(await addPerson(), 'set_up_factor'),
          async ({ html, fields }) => {
            const uri = /href="(otpauth:[^"]+)"/.exec(html)?.[1]?.replaceAll('&amp;', '&') ?? ''
            const answer = await post(
              '/login',
              { ...fields, code: (URI.parse(uri) as TOTP).generate() },
              { origin: issuer },
            )
            expect(answer.status).toBe(303)
          },
        ),
      ).finally(() => useSettings({}))
    })

    it(budgets.setUpPasskey.operation, async () => {
      await useSettings({ 'sign_in.second_factor': 'required' })
      await expectWithin(
        budgets.setUpPasskey,
        prepared(
          async () => {
            const { html, fields } = await passPassword(await addPerson(), 'set_up_factor')
            const options = readOptions<PublicKeyCredentialCreationOptionsJSON>(html, 'create')
            const created = await createSoftwareAuthenticator().create(options, { origin: issuer })
            return { ...fields, credential: JSON.stringify(created) }
          },
          async (fields) => {
            expect((await post('/login', fields, { origin: issuer })).status).toBe(303)
          },
        ),
      ).finally(() => useSettings({}))
    })

    it(budgets.passkeyPage.operation, () =>
      expectWithin(
        budgets.passkeyPage,
        prepared(
          async () => {
            cookies = ''
            await signIn(password, await addPerson())
          },
          async () => expect((await call('/account/passkeys')).status).toBe(200),
        ),
      ),
    )

    /** Signed in as somebody new; the token of their forms. */
    async function ownPages(): Promise<Record<string, string>> {
      cookies = ''
      const account = await addPerson()
      await signIn(password, account)
      const html = await (await call('/account/data')).text()
      return { csrf_token: /name="csrf_token" value="([^"]*)"/.exec(html)?.[1] ?? '', account }
    }
    const own = (path: string, fields: Record<string, string>) => post(path, fields, { origin: issuer })

    it.each([
      ['/account', budgets.accountPage],
      ['/account/sessions', budgets.ownSessions],
      ['/account/applications', budgets.ownApplications],
      ['/account/security/history', budgets.ownHistory],
    ])('%s', (path, budget) =>
      expectWithin(
        budget,
        prepared(ownPages, async () => expect((await call(path)).status).toBe(200)),
      ),
    )

    it(budgets.ownProfile.operation, () =>
      expectWithin(
        budgets.ownProfile,
        prepared(ownPages, async (form) => {
          const fields = { ...form, version: '1', shown: 'name', name: 'Ada' }
          const answer = await own('/account/profile', fields)
          expect(answer.headers.get('location')).toBe('/account?done=profile')
        }),
      ),
    )

    it(budgets.ownWithdrawal.operation, () =>
      expectWithin(
        budgets.ownWithdrawal,
        prepared(ownPages, async (form) => {
          const answer = await own('/account/applications/withdraw', { ...form, client_id: clientId })
          expect(answer.headers.get('location')).toContain('withdrawn')
        }),
      ),
    )

    it(budgets.ownExport.operation, () =>
      expectWithin(
        budgets.ownExport,
        prepared(ownPages, async (form) => {
          const answer = await own('/account/data/export', form)
          expect(await answer.json()).toMatchObject({ consents: [] })
        }),
      ),
    )

    it(budgets.ownDeletion.operation, () =>
      expectWithin(
        budgets.ownDeletion,
        prepared(ownPages, async (form) => expect((await own('/account/delete', form)).status).toBe(200)),
      ),
    )

    it(budgets.keptAccount.operation, () =>
      expectWithin(
        budgets.keptAccount,
        prepared(
          async () => {
            cookies = ''
            const address = await addPerson()
            const database = createDatabase(settings.DATABASE_URL, settings.DATABASE_GATEWAY_URL)
            await database
              .update(users)
              .set({ deletion_due_at: new Date(Date.now() + 86_400_000) })
              .where(eq(users.email, address))
            const next = await signIn(password, address)
            const page = await call(next.headers.get('location') as string)
            return hiddenFields(await page.text(), 'keep_account')
          },
          async (form) => {
            const answer = await own('/login', form)
            expect(answer.headers.get('location')).toBe('/account')
          },
        ),
      ),
    )

    it(budgets.changePassword.operation, () =>
      expectWithin(
        budgets.changePassword,
        prepared(
          async () => {
            const address = await addPerson()
            const database = createDatabase(settings.DATABASE_URL, settings.DATABASE_GATEWAY_URL)
            const [user] = await database.select().from(users).where(eq(users.email, address))
            await database
              .update(passwordCredentials)
              .set({ must_change: true })
              .where(eq(passwordCredentials.user_id, user?.id as string))
            return passPassword(address, 'change_password')
          },
          async ({ fields }) => {
            const chosen = 'purple-kettle-orbit'
            const answer = await post(
              '/login',
              { ...fields, new_password: chosen, repeat_password: chosen },
              { origin: issuer },
            )
            expect(answer.status).toBe(303)
          },
        ),
      ),
    )

    describe('whom a passkey is offered', () => {
      beforeAll(() => useSettings({ 'sign_in.promote_passkeys': true }))
      afterAll(() => useSettings({}))

      const offered = async () => {
        cookies = ''
        return (await signIn(password, await addPerson())).headers.get('location') as string
      }
      const page = async () => (await call(await offered())).text()

      it(budgets.passkeyOffer.operation, () =>
        expectWithin(
          budgets.passkeyOffer,
          prepared(offered, async (path) => expect((await call(path)).status).toBe(200)),
        ),
      )

      it(budgets.passkeyPutOff.operation, () =>
        expectWithin(
          budgets.passkeyPutOff,
          prepared(page, async (html) => {
            const fields = { ...hiddenFields(html, 'add_passkey'), later: 'yes' }
            expect((await post('/login', fields, { origin: issuer })).status).toBe(303)
          }),
        ),
      )

      it(budgets.passkeyAdded.operation, () =>
        expectWithin(
          budgets.passkeyAdded,
          prepared(
            async () => {
              const html = await page()
              const options = readOptions<PublicKeyCredentialCreationOptionsJSON>(html, 'create')
              const created = await createSoftwareAuthenticator().create(options, { origin: issuer })
              return { ...hiddenFields(html, 'add_passkey'), credential: JSON.stringify(created) }
            },
            async (fields) => {
              expect((await post('/login', fields, { origin: issuer })).status).toBe(303)
            },
          ),
        ),
      )
    })

    it(budgets.refusedPasskey.operation, async () => {
      const authenticator = await addPasskey()
      await signInWithPasskey(authenticator)
      await longAfter(async () =>
        expect((await signInWithPasskey(authenticator, { userVerified: false })).status).toBe(400),
      )
      expectAtMost(budgets.refusedPasskey, await countUnits())
    })

    it(budgets.forgedPasskey.operation, async () => {
      const authenticator = await addPasskey()
      const userHandle = await sha256('made up')
      expect((await signInWithPasskey(authenticator, { userHandle })).status).toBe(400)
      expectAtMost(budgets.forgedPasskey, await countUnits())
    })

    it(budgets.newPerson.operation, async () => {
      expect((await signIn(password, await addPerson())).status).toBe(303)
      expectAtMost(budgets.newPerson, await countUnits())
    })

    it(budgets.passwordLogin.operation, async () => {
      const address = await addPerson()
      await signIn(password, address)
      await redeem(await authorize())
      expect((await signIn(password, address)).status).toBe(303)
      expectAtMost(budgets.passwordLogin, await countUnits())
    })

    /** All that a person's objects cost until nothing is left, with a visit three days after the sign-in or without. */
    const lifeOf = async (visits: boolean) => {
      expect((await signIn(password, await addPerson())).status).toBe(303)
      await redeem(await authorize())
      if (visits) {
        await billed.runAlarms(3 * dayMs)
        vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3 * dayMs })
        await redeem(await authorize()).finally(() => vi.useRealTimers())
      }
      await billed.runAlarms(100 * dayMs)
      return billed.count()
    }

    it(budgets.returningVisitor.operation, async () => {
      // Three days later the replica is read and purged again, which is not for this person alone.
      const all = counted
      counted = { ...all, EDGE_REPLICA: env.EDGE_REPLICA }
      const [without, visited] = [await lifeOf(false), await lifeOf(true)]
      counted = all
      const { authorizationCode: code, silentAuthorize } = budgets
      const calls = code.objectCalls + silentAuthorize.objectCalls
      expectAtMost(budgets.returningVisitor, {
        ...{ objectCalls: 0, postgresRoundTrips: 0, rowsRead: 0, rowsWritten: 0, sharedEvents: 0 },
        later: {
          alarms: visited.requests - without.requests - calls - code.later.alarms,
          rowsRead: visited.rowsRead - without.rowsRead - code.rowsRead - code.later.rowsRead,
          rowsWritten: visited.rowsWritten - without.rowsWritten - code.rowsWritten - code.later.rowsWritten,
          deliveries: 0,
        },
      })
    })

    it(budgets.expiry.operation, async () => {
      await signInOnce()
      await billed.runAlarms(laterMs)
      const before = await billed.count()
      count.deliveries = 0
      await billed.runAlarms(100 * dayMs)
      const units = await billed.count()
      expectAtMost(budgets.expiry, {
        ...{ objectCalls: 0, postgresRoundTrips: 0, rowsRead: 0, rowsWritten: 0, sharedEvents: 0 },
        later: {
          alarms: units.requests - before.requests,
          rowsRead: units.rowsRead - before.rowsRead,
          rowsWritten: units.rowsWritten - before.rowsWritten,
          deliveries: count.deliveries,
        },
      })
      // Nothing is left, and so nothing is stored.
      expect(Math.max(...(await billed.databaseSizes()))).toBeLessThan(storedBytes.person / 2)
    })

    it('stores no more than is paid for', async () => {
      await signInOnce()
      expect(Math.max(...(await billed.databaseSizes()))).toBeLessThanOrEqual(storedBytes.person)
    })
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

  it(budgets.clientCredentialsByCertificate.operation, async () => {
    const certificate = await makeCertificate()
    const { client_id } = await registerClient('tls_client_auth', {
      ...{ grant_types: ['client_credentials'], tls_client_auth_subject_dn: 'CN=app' },
      tls_client_certificate_bound_access_tokens: true,
    })
    const all = counted
    counted = { ...all, AUTHLY_MTLS_ORIGIN: issuer } as Env
    const ask = async () => {
      const body = new URLSearchParams({ client_id, grant_type: 'client_credentials' })
      const cf = cloudflareOf(certificate)
      const response = await call('/oauth/token', { method: 'POST', body, cf } as RequestInit)
      expect(response.status).toBe(200)
    }
    // This isolate is a new one.
    await ask()
    await expectWithin(budgets.clientCredentialsByCertificate, ask)
    counted = all
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

  describe('clients that register themselves', () => {
    const changeSetting = changingSettings()
    const metadata = { redirect_uris: ['https://app.example/callback'] }
    const register = async () => {
      const headers = { 'content-type': 'application/json' }
      const answer = await call('/oauth/register', {
        method: 'POST',
        headers,
        body: JSON.stringify(metadata),
      })
      expect(answer.status).toBe(201)
      return (await answer.json()) as Record<string, string>
    }

    it(budgets.registerClient.operation, async () => {
      await changeSetting('client_registration.mode', 'open')
      await expectWithin(budgets.registerClient, register)
    })

    it(budgets.readRegistration.operation, async () => {
      await changeSetting('client_registration.mode', 'open')
      const { client_id, registration_access_token } = await register()
      await expectWithin(budgets.readRegistration, async () => {
        const headers = { authorization: `Bearer ${registration_access_token}` }
        expect((await call(`/oauth/register/${client_id}`, { headers })).status).toBe(200)
      })
    })
  })

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

  it(budgets.encryptedIdToken.operation, async () => {
    const database = createDatabase(settings.DATABASE_URL, settings.DATABASE_GATEWAY_URL)
    const { publicKey, privateKey } = await generateKeyPair('ECDH-ES', { extractable: true })
    const jwks = { keys: [{ ...(await exportJWK(publicKey)), use: 'enc', kid: 'enc' }] }
    let version = 100
    const register = async (alg: string | null, jwks_uri: string | null) => {
      version++
      const changes = { id_token_encrypted_response_alg: alg, jwks_uri, version }
      await database.update(clients).set(changes).where(eq(clients.client_id, clientId))
      const { edgeCache } = testDependencies()
      await edgeCache.refresh(clientCacheKey(clientId), await loadClient(database, clientId))
    }
    // The address is not of this machine: its answer is, every other request goes its way.
    const send = globalThis.fetch
    const host = `${crypto.randomUUID()}.example.com`
    let fetches = 0
    const fetching = vi.spyOn(globalThis, 'fetch').mockImplementation(async (input, init) => {
      if (!String(input).startsWith(`https://${host}/`)) return send(input, init)
      fetches++
      return Response.json(jwks)
    })
    let address = 0
    const redeemsEncrypted = async (code: string) => {
      const { id_token } = await redeem(code)
      const { plaintext } = await compactDecrypt(id_token, privateKey)
      expect(decodeJwt(new TextDecoder().decode(plaintext))).toMatchObject({ aud: clientId })
    }
    await expectWithin(
      budgets.encryptedIdToken,
      prepared(async () => {
        await register('ECDH-ES', `https://${host}/${address++}`)
        return authorize()
      }, redeemsEncrypted),
    )
    expect(fetches).toBe(address)
    await expectWithin(budgets.authorizationCode, prepared(authorize, redeemsEncrypted))
    expect(fetches).toBe(address)
    fetching.mockRestore()
    await register(null, null)
  })

  it.each([undefined, 'application/token-introspection+jwt'])(
    `${budgets.introspect.operation}: Accept %s`,
    (accept) =>
      expectWithin(
        budgets.introspect,
        prepared(
          async () => redeem(await authorize()),
          async ({ access_token }) => {
            const headers = accept === undefined ? asClient : { ...asClient, accept }
            const response = await post('/oauth/introspect', { token: access_token }, headers)
            const said = accept
              ? decodeJwt(new TextDecoder().decode(await response.arrayBuffer()))['token_introspection']
              : await response.json()
            expect(said).toMatchObject({ active: true })
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

  it.each([{}, { response_mode: 'jwt' }])(`${budgets.silentAuthorize.operation}: %j`, (more) =>
    expectWithin(budgets.silentAuthorize, async () => expect(await authorize(more)).toMatch(/^authly_ac_/)),
  )

  it(budgets.administrativeAuthorize.operation, async () => {
    const database = createDatabase(settings.DATABASE_URL, settings.DATABASE_GATEWAY_URL)
    const administrative = `administrative-${run}`
    await database.insert(clients).values({
      ...{ client_id: administrative, client_name: 'Console', token_endpoint_auth_method: 'none' },
      ...{ redirect_uris: [redirectUri], grant_types: ['authorization_code'], first_party: true },
      scopes: ['openid', 'admin:users:read'],
    })
    const asked = { client_id: administrative, scope: 'openid admin:users:read' }
    await expectWithin(budgets.administrativeAuthorize, async () =>
      expect(await authorize(asked)).toMatch(/^authly_ac_/),
    )
  })

  const pushed = async () => {
    const response = await post('/oauth/par', await authorizationFields(), asClient)
    expect(response.status).toBe(201)
    return ((await response.json()) as { request_uri: string }).request_uri
  }

  it(budgets.pushedRequest.operation, () => expectWithin(budgets.pushedRequest, pushed))

  it(budgets.pushedAuthorize.operation, () =>
    expectWithin(
      budgets.pushedAuthorize,
      prepared(pushed, async (request_uri) => {
        const query = new URLSearchParams({ client_id: clientId, request_uri })
        const response = await call(`/oauth/authorize?${query}`, { redirect: 'manual' })
        expect(response.headers.get('location')).toContain('code=authly_ac_')
      }),
    ),
  )

  it(budgets.pushedPage.operation, () =>
    expectWithin(
      budgets.pushedPage,
      prepared(pushed, async (request_uri) => {
        const kept = cookies
        cookies = ''
        const query = new URLSearchParams({ client_id: clientId, request_uri })
        const response = await call(`/oauth/authorize?${query}`, { redirect: 'manual' })
        expect(response.headers.get('location')).toMatch(/^\/login/)
        cookies = kept
      }),
    ),
  )

  describe('of a client that is told of sign-outs', () => {
    const told = `told-${run}`
    let kept = ''
    beforeAll(async () => {
      await createDatabase(settings.DATABASE_URL, settings.DATABASE_GATEWAY_URL)
        .insert(clients)
        .values({
          ...{ client_id: told, client_name: 'Told', token_endpoint_auth_method: 'none', first_party: true },
          ...{ redirect_uris: [redirectUri], grant_types: ['authorization_code'], scopes: ['openid'] },
          // Nobody is called in a test of costs: the guard refuses.
          backchannel_logout_uri: 'https://10.0.0.1/logout',
        })
      kept = cookies
    })
    afterEach(() => {
      cookies = kept
    })
    const codeInNewSession = async () => {
      cookies = ''
      expect((await signIn()).status).toBe(303)
      const query = new URLSearchParams({
        ...{ client_id: told, redirect_uri: redirectUri, response_type: 'code', scope: 'openid' },
        ...{ code_challenge: await sha256(verifier), code_challenge_method: 'S256' },
      })
      const answer = await call(`/oauth/authorize?${query}`, { redirect: 'manual' })
      return new URL(answer.headers.get('location') as string).searchParams.get('code') as string
    }
    const redeemIt = async (code: string) => {
      const fields = { client_id: told, redirect_uri: redirectUri, code_verifier: verifier, code }
      const answer = await post('/oauth/token', { grant_type: 'authorization_code', ...fields })
      expect(answer.status).toBe(200)
    }

    it(budgets.toldClientCode.operation, () =>
      expectWithin(budgets.toldClientCode, prepared(codeInNewSession, redeemIt)),
    )

    it(budgets.signOut.operation, () =>
      expectWithin(
        budgets.signOut,
        prepared(
          async () => {
            await redeemIt(await codeInNewSession())
            const html = await (await call('/logout')).text()
            return hiddenFields(html.replace('<form', '<form data-step value="identifier"'))
          },
          async (fields) => {
            const answer = await post('/logout', fields, { origin: issuer })
            expect(answer.status).toBe(303)
          },
        ),
      ),
    )
  })

  it(budgets.silentAuthorize.operation, () =>
    expectWithin(budgets.silentAuthorize, async () => expect(await authorize()).toMatch(/^authly_ac_/)),
  )

  it(budgets.hostedPage.operation, () =>
    expectWithin(budgets.hostedPage, async () => {
      const kept = cookies
      cookies = ''
      const query = new URLSearchParams({
        ...{ client_id: clientId, redirect_uri: redirectUri, response_type: 'code', scope: 'openid' },
        ...{ code_challenge: await sha256(verifier), code_challenge_method: 'S256' },
      })
      const begun = await call(`/oauth/authorize?${query}`, { redirect: 'manual' })
      expect((await call(begun.headers.get('location') as string)).status).toBe(200)
      cookies = kept
    }),
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

  describe('with DPoP', () => {
    let key: DpopKey
    beforeAll(async () => {
      key = await createDpopKey()
    })
    const tokenUrl = `${issuer}/oauth/token`
    const ask = async (fields: Record<string, string>) => {
      const response = await post('/oauth/token', fields, { ...asClient, dpop: await key.prove(tokenUrl) })
      const tokens = (await response.json()) as Record<
        'token_type' | 'access_token' | 'refresh_token',
        string
      >
      expect(tokens.token_type).toBe('DPoP')
      return tokens
    }
    const redeemBound = (code: string) =>
      ask({ grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier })
    const getBound = async () => redeemBound(await authorize())

    it(budgets.clientCredentialsWithDpop.operation, () =>
      expectWithin(budgets.clientCredentialsWithDpop, () => ask({ grant_type: 'client_credentials' })),
    )

    it(budgets.authorizationCodeWithDpop.operation, () =>
      expectWithin(budgets.authorizationCodeWithDpop, prepared(authorize, redeemBound)),
    )

    it(budgets.refreshTokenWithDpop.operation, () =>
      expectWithin(
        budgets.refreshTokenWithDpop,
        prepared(getBound, ({ refresh_token }) => ask({ grant_type: 'refresh_token', refresh_token })),
      ),
    )

    it(budgets.userinfoWithDpop.operation, () =>
      expectWithin(
        budgets.userinfoWithDpop,
        prepared(getBound, async ({ access_token: accessToken }) => {
          const dpop = await key.prove(`${issuer}/oidc/userinfo`, { method: 'GET', accessToken })
          const headers = { authorization: `DPoP ${accessToken}`, dpop }
          expect(await (await call('/oidc/userinfo', { headers })).json()).toMatchObject({ email })
        }),
      ),
    )

    it(budgets.adminWithDpop.operation, async () => {
      for (const actor of [await addAdmin(), await addServiceAccount(['admin:roles:read'])]) {
        const accessToken = await bindToken(actor, key)
        await expectWithin(budgets.adminWithDpop, async () => {
          const dpop = await key.prove(`${issuer}/admin/roles`, { method: 'GET', accessToken })
          const headers = { authorization: `DPoP ${accessToken}`, dpop }
          const response = await callAdmin(undefined, 'GET', '/admin/roles', { env: counted, headers })
          expect(response.status).toBe(200)
        })
      }
    })

    it(budgets.pushedRequestWithDpop.operation, () =>
      expectWithin(budgets.pushedRequestWithDpop, async () => {
        const headers = { ...asClient, dpop: await key.prove(`${issuer}/oauth/par`) }
        expect((await post('/oauth/par', await authorizationFields(), headers)).status).toBe(201)
      }),
    )

    it('is refused without any I/O when the proof is forged', async () => {
      const { access_token } = await getBound()
      await startCounting()
      const headers = { authorization: `DPoP ${access_token}`, dpop: 'x.y.z' }
      expect((await call('/oidc/userinfo', { headers })).status).toBe(401)
      expect(await countUnits()).toMatchObject({ objectCalls: 0, postgresRoundTrips: 0, rowsWritten: 0 })
    })
  })

  it(budgets.firstLogin.operation, () =>
    expectWithin(budgets.firstLogin, async () => {
      cookies = ''
      expect((await signIn()).status).toBe(303)
    }),
  )

  describe('the second step', () => {
    const seed = crypto.getRandomValues(new Uint8Array(20))
    const app = new TOTP({ secret: new Secret({ buffer: seed.buffer }) })
    let person = ''
    let address = ''
    /** Codes are used once: each run has a later one. */
    let step = -2
    const codes = [...generateRecoveryCodes()]

    beforeAll(async () => {
      const database = createDatabase(settings.DATABASE_URL, settings.DATABASE_GATEWAY_URL)
      address = `second-${run}@example.com`
      person = uuidv7()
      const id = uuidv7()
      const { root } = testDependencies()
      await database.insert(users).values({ id: person, email: address })
      await database
        .insert(passwordCredentials)
        .values({ user_id: person, hash: await argon2Hasher.hash(password) })
      await database.insert(otpCredentials).values({
        ...{ id, user_id: person, kind: 'totp', name: '', algorithm: 'SHA1', digits: 6, period_seconds: 30 },
        sealed_secret: await sealSeed(root, id, seed),
      })
      await database
        .insert(recoveryCodes)
        .values(
          (await hashRecoveryCodes(root, person, codes)).map((code_hash) => ({ user_id: person, code_hash })),
        )
    })

    let kept = ''
    beforeEach(() => {
      kept = cookies
    })
    afterEach(() => {
      cookies = kept
    })

    /** Up to the page of the second step, in a browser that nobody knows. */
    const passPassword = async () => {
      cookies = ''
      const answer = await signIn(password, address)
      const html = await (await call(answer.headers.get('location') as string)).text()
      const hidden = [...html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)]
      return Object.fromEntries(hidden.map(([, name, value]) => [name as string, value as string]))
    }

    const send = async (fields: Record<string, string>) =>
      expect((await post('/login', fields, { origin: issuer })).headers.get('location')).toBe('/account')

    it(budgets.oneTimePassword.operation, () =>
      expectWithin(
        budgets.oneTimePassword,
        prepared(passPassword, (fields) => {
          step++
          return send({ ...fields, code: app.generate({ timestamp: Date.now() + step * 30_000 }) })
        }),
      ),
    )

    it(budgets.recoveryCode.operation, () =>
      expectWithin(
        budgets.recoveryCode,
        prepared(passPassword, (fields) =>
          send({ ...fields, step: 'recovery_code', recovery_code: codes.pop() as string }),
        ),
      ),
    )

    it(budgets.rememberedDevice.operation, async () => {
      await useSettings({ 'sign_in.remember_device_days': 30 })
      const code = () => {
        step++
        return app.generate({ timestamp: Date.now() + step * 30_000 })
      }
      await send({ ...(await passPassword()), code: code(), remember_device: 'yes' })
      await redeem(await authorize())
      expect((await signIn(password, address)).headers.get('location')).toBe('/account')
      expectAtMost(budgets.rememberedDevice, await countUnits())
      await useSettings({})
    })

    // The last one: whoever has a passkey is asked for it first.
    it(budgets.passkeySecondFactor.operation, async () => {
      const { root, passkeyStore, now } = testDependencies()
      const { authenticator, passkey } = await makePasskey(root, person, new URL(issuer).hostname)
      const created = { outcome: 'success', actor_type: 'user' } as const
      const event = createEvent('passkey.created', now(), undefined, created)
      expect(await passkeyStore.insert(passkey, { passkeys: 0, otp: 1 }, event)).toBe('stored')
      const prepare = async () => {
        const { step: _, ...fields } = await passPassword()
        const html = await (await call(`/login?sign_in=${fields['sign_in']}&step=passkey`)).text()
        const options = readOptions<PublicKeyCredentialRequestOptionsJSON>(html)
        const credential = await authenticator.get(options, { origin: issuer })
        return { ...hiddenFields(html, 'passkey'), credential: JSON.stringify(credential) }
      }
      await send(await prepare())
      await longAfter(async () => {
        const fields = await prepare()
        await startCounting()
        await send(fields)
      })
      expectAtMost(budgets.passkeySecondFactor, await countUnits())
    })
  })

  it(budgets.refusedLogin.operation, () =>
    expectWithin(budgets.refusedLogin, async () => expect((await signIn('wrong')).status).toBe(400)),
  )

  it(`${budgets.refusedLogin.operation}: unknown account`, async () => {
    const nobody = `nobody-${run}@example.com`
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

  it(budgets.adminSendsMessage.operation, async () => {
    const [admin, provider] = [await addAdmin(), openProvider()]
    const sending = { ...counted, ...provider.vars } as Env
    const invited = `${uuidv7()}@budget.test`
    const name = await destinationName(testDependencies().root, { channel: 'email', address: invited })
    await setBindings(env.DESTINATION.getByName(name), provider.bindings)
    await startCounting()
    const body = { email: invited, setup: { method: 'invitation', send: true } }
    const response = await callAdmin(admin, 'POST', '/admin/users', { env: sending, body })
    expect(response.status).toBe(201)
    expectAtMost(budgets.adminSendsMessage, await countUnits())
    expect((await provider.seen()).taken).toHaveLength(1)
  })

  describe('of registration', () => {
    const provider = openProvider()
    let own: Env
    beforeAll(() => {
      own = counted
      counted = { ...counted, ...provider.vars } as Env
    })
    afterAll(async () => {
      counted = own
      await useSettings({})
    })

    const open = async (challenge: string) => {
      await useSettings({ 'registration.mode': 'open', 'registration.challenge': challenge })
      const email = `${uuidv7()}@register.test`
      const name = await destinationName(testDependencies().root, { channel: 'email', address: email })
      await setBindings(env.DESTINATION.getByName(name), provider.bindings)
      return { email, fields: hiddenFields(await (await call('/register')).text(), 'address') }
    }
    const send = (fields: Record<string, string>) => post('/register', fields, { origin: issuer })
    /** The form of the step that a redirect leads to. */
    const formAt = async (answer: Response, step: string) =>
      hiddenFields(await (await call(answer.headers.get('location') as string)).text(), step)
    const receive = async () => {
      // Nobody is signed in, whose session would end.
      cookies = ''
      const { email, fields } = await open('off')
      const before = (await provider.seen()).taken.length
      const sent = await send({ ...fields, email })
      await billed.runAlarms(0)
      await vi.waitFor(async () => expect((await provider.seen()).taken).toHaveLength(before + 1))
      const text = String((await provider.seen()).taken[before]?.body['text'])
      return { fields: await formAt(sent, 'code'), code: /^\d{6}$/m.exec(text)?.[0] as string }
    }

    it(budgets.askedToRegister.operation, async () => {
      const { email, fields } = await open('when_abused')
      await startCounting()
      expect((await send({ ...fields, email })).status).toBe(303)
      expectAtMost(budgets.askedToRegister, await countUnits())
    })

    it(budgets.challengedToRegister.operation, async () => {
      const { email, fields } = await open('always')
      await startCounting()
      expect((await send({ ...fields, email })).status).toBe(200)
      expectAtMost(budgets.challengedToRegister, await countUnits())
    })

    it(budgets.registrationCode.operation, async () => {
      const { fields, code } = await receive()
      await startCounting()
      expect((await send({ ...fields, code })).status).toBe(303)
      expectAtMost(budgets.registrationCode, await countUnits())
    })

    it(budgets.registered.operation, async () => {
      const { fields, code } = await receive()
      const form = await formAt(await send({ ...fields, code }), 'credential')
      const password = 'purple-kettle-orbit'
      await startCounting()
      const done = await send({ ...form, new_password: password, repeat_password: password })
      expect(done.headers.get('location')).toBe('/account')
      expectAtMost(budgets.registered, await countUnits())
    })
  })

  describe('of codes by e-mail', () => {
    const provider = openProvider()
    let own: Env
    beforeAll(async () => {
      own = counted
      counted = { ...counted, ...provider.vars } as Env
      await useSettings({ 'sign_in.email_codes': 'on', 'sign_in.magic_links': 'on' })
    })
    afterAll(async () => {
      counted = own
      await useSettings({})
    })

    const destination = async (address: string) => {
      const name = await destinationName(testDependencies().root, { channel: 'email', address })
      const stub = env.DESTINATION.getByName(name)
      await setBindings(stub, provider.bindings)
      return stub
    }
    const open = async (identifier: string) => {
      const fields = hiddenFields(await (await call('/login?as=another')).text())
      const sent = await post('/login', { ...fields, identifier }, { origin: issuer })
      const address = new URL(sent.headers.get('location') as string, issuer)
      address.searchParams.set('step', 'email_code')
      return hiddenFields(await (await call(address.pathname + address.search)).text(), 'email_code')
    }
    const ask = async (fields: Record<string, string>) => {
      const sent = await post('/login', { ...fields, send: 'yes' }, { origin: issuer })
      expect(sent.status).toBe(303)
      return sent.headers.get('location') as string
    }
    /** A code that has arrived: the form that takes it, the code, and the link. */
    const receive = async (identifier: string) => {
      await destination(identifier)
      const before = (await provider.seen()).taken.length
      const location = await ask(await open(identifier))
      await billed.runAlarms(0)
      await vi.waitFor(async () => expect((await provider.seen()).taken).toHaveLength(before + 1))
      const text = String((await provider.seen()).taken[before]?.body['text'])
      return {
        fields: hiddenFields(await (await call(location)).text(), 'email_code'),
        code: /^\d{6}$/m.exec(text)?.[0] as string,
        link: /https:\/\/auth\.test(\/\S+)/.exec(text)?.[1] as string,
      }
    }
    const newPerson = async () => {
      const address = `${uuidv7()}@codes.test`
      const database = createDatabase(settings.DATABASE_URL, settings.DATABASE_GATEWAY_URL)
      await database.insert(users).values({ id: uuidv7(), email: address, email_verified: true })
      return address
    }

    /** Somebody who has signed in before, in this browser alone. */
    const knownPerson = async () => {
      const address = await newPerson()
      cookies = ''
      const { fields, code } = await receive(address)
      const done = await post('/login', { ...fields, code }, { origin: issuer })
      expect(done.headers.get('location')).toBe('/account')
      return address
    }

    it(budgets.askedCode.operation, async () => {
      const address = await newPerson()
      await destination(address)
      const fields = await open(address)
      await startCounting()
      await ask(fields)
      expectAtMost(budgets.askedCode, await countUnits())
    })

    it(budgets.askedCodeOfNobody.operation, async () => {
      const fields = await open(`${uuidv7()}@nobody.test`)
      await startCounting()
      await ask(fields)
      expectAtMost(budgets.askedCodeOfNobody, await countUnits())
    })

    it(budgets.codeLogin.operation, async () => {
      const { fields, code } = await receive(await knownPerson())
      await startCounting()
      const done = await post('/login', { ...fields, code }, { origin: issuer })
      expect(done.headers.get('location')).toBe('/account')
      expectAtMost(budgets.codeLogin, await countUnits())
    })

    it(budgets.openedLink.operation, async () => {
      const { link } = await receive(await newPerson())
      await startCounting()
      expect((await call(link)).status).toBe(200)
      expectAtMost(budgets.openedLink, await countUnits())
    })

    it(budgets.linkLogin.operation, async () => {
      const { link } = await receive(await knownPerson())
      const page = await (await call(link)).text()
      const form = Object.fromEntries(
        [...page.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name, value]) => [
          name,
          value,
        ]),
      )
      await startCounting()
      const done = await post('/login/link', form, { origin: issuer })
      expect(done.headers.get('location')).toBe('/account')
      expectAtMost(budgets.linkLogin, await countUnits())
    })

    it('codes by text message', async () => {
      await useSettings({
        'sign_in.sms_codes': 'second_factor',
        'sign_in.second_factor': 'required',
        'sms.allowed_countries': ['+49'],
      })
      const address = `${uuidv7()}@codes.test`
      const number = `+49170${String(Date.now() % 10_000_000).padStart(7, '0')}`
      const id = uuidv7()
      const database = createDatabase(settings.DATABASE_URL, settings.DATABASE_GATEWAY_URL)
      await database
        .insert(users)
        .values({ id, email: address, phone_number: number, phone_number_verified: true })
      await database
        .insert(passwordCredentials)
        .values({ user_id: id, hash: await argon2Hasher.hash(password) })
      const name = await destinationName(testDependencies().root, { channel: 'sms', address: number })
      await setBindings(env.DESTINATION.getByName(name), provider.bindings)
      cookies = ''
      const pending = (await signIn(password, address)).headers.get('location') as string
      const fields = hiddenFields(await (await call(pending)).text(), 'sms_code')
      await startCounting()
      await ask(fields)
      expectAtMost(budgets.askedSms, await countUnits())
      // Hours later for the object: the code is gone.
      const location = await ask(fields)
      await billed.runAlarms(0)
      const texts = async () => (await provider.seen()).taken.filter(({ api }) => api === 'twilio')
      await vi.waitFor(async () => expect(await texts()).toHaveLength(2))
      const code = /\d{6}/.exec(String((await texts())[1]?.body['Body']))?.[0] as string
      const form = hiddenFields(await (await call(location)).text(), 'sms_code')
      await startCounting()
      const done = await post('/login', { ...form, code }, { origin: issuer })
      expect(done.headers.get('location')).toBe('/account')
      expectAtMost(budgets.smsCode, await countUnits())
    })

    it(`${budgets.noticedLogin.operation}; ${budgets.disowned.operation}`, async () => {
      await useSettings({})
      const address = await newPerson()
      const database = createDatabase(settings.DATABASE_URL, settings.DATABASE_GATEWAY_URL)
      const [user] = await database.select().from(users).where(eq(users.email, address))
      const user_id = user?.id as string
      await database.insert(passwordCredentials).values({ user_id, hash: await argon2Hasher.hash(password) })
      await destination(address)
      cookies = ''
      expect((await signIn(password, address)).headers.get('location')).toBe('/account')
      cookies = ''
      await call('/login')
      await startCounting()
      expect((await signIn(password, address)).headers.get('location')).toBe('/account')
      const noticed = await countUnits()
      const at = Date.now()
      const link = await issueNotMeLink(testDependencies().root, issuer, {
        ...{ user_id, at, expires_at: at + 86_400_000 },
      })
      const html = await (await call(link.slice(issuer.length))).text()
      const fields = [...html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)]
      await startCounting()
      const form = Object.fromEntries(fields.map(([, name, value]) => [name, value]))
      expect((await post('/not-me', form, { origin: issuer })).status).toBe(200)
      const disowned = await countUnits()
      expectAtMost(budgets.noticedLogin, noticed)
      expectAtMost(budgets.disowned, disowned)
    })

    it(budgets.refusedCode.operation, async () => {
      await useSettings({ 'sign_in.email_codes': 'on', 'sign_in.magic_links': 'on' })
      const { fields, code } = await receive(await newPerson())
      const wrong = code === '000000' ? '000001' : '000000'
      await startCounting()
      expect((await post('/login', { ...fields, code: wrong }, { origin: issuer })).status).toBe(400)
      expectAtMost(budgets.refusedCode, await countUnits())
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
      for (const target of [
        ...['/admin/users?q=ada&include_total=true', '/admin/users/count'],
        ...[path(person.id), path(person.id, '/factors')],
      ]) {
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
        ['GET', '/pending-sign-ins'],
        ['DELETE', '/pending-sign-ins'],
        ['DELETE', '/remembered-devices'],
      ] as const) {
        await expectWithin(budgets.adminSessions, async () =>
          expect((await as(admin, method, path(person.id, what))).status).toBeLessThan(300),
        )
      }
      await expectWithin(
        budgets.adminSessions,
        prepared(
          () => addOtpRow(person.id),
          async (otp) => {
            const target = path(person.id, `/factors/one-time-passwords/${otp}`)
            expect((await as(admin, 'DELETE', target)).status).toBe(204)
          },
        ),
      )
    })

    it(budgets.adminTakesAway.operation, async () => {
      const admin = await addAdmin()
      for (const [method, what] of [
        ['POST', async () => '/disable'],
        ['DELETE', async () => ''],
        ['DELETE', async (id: string) => `/factors/passkeys/${await addPasskeyRow(id)}`],
      ] as const) {
        await expectWithin(
          budgets.adminTakesAway,
          prepared(
            async () => {
              const { id } = await addManaged()
              return path(id, await what(id))
            },
            async (target) => expect((await as(admin, method, target)).status).toBe(204),
          ),
        )
      }
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
    await expectWithin(budgets.forgedHandle, async () => {
      const refresh = { grant_type: 'refresh_token', refresh_token: `authly_rt_${forged}` }
      expect((await post('/oauth/token', refresh, asClient)).status).toBe(400)
      const code = { grant_type: 'authorization_code', code: `authly_ac_${forged}`, code_verifier: verifier }
      expect((await post('/oauth/token', code, asClient)).status).toBe(400)
      expect(
        (await call('/oidc/userinfo', { headers: { authorization: 'Bearer e30.e30.AAAA' } })).status,
      ).toBe(401)
      const kept = cookies
      cookies = `__Host-authly_session=authly_ss_${forged}; __Host-authly_remembered=authly_rd_${forged}`
      await call(`/oauth/authorize?client_id=${clientId}&redirect_uri=${encodeURIComponent(redirectUri)}`)
      await call('/login')
      cookies = kept
      const request_uri = `urn:ietf:params:oauth:request_uri:${'A'.repeat(400)}`
      const query = new URLSearchParams({ client_id: clientId, request_uri })
      expect((await call(`/oauth/authorize?${query}`)).status).toBe(400)
    })
  })
})
