/** How many sessions a person has at a client, and how long sessions last, seen from browsers. */
import { env, evictDurableObject, runInDurableObject, SELF } from 'cloudflare:test'
import { afterEach, describe, expect, test } from 'vitest'
import { clients } from '../../src/db/schema.ts'
import { uuidv7 } from '../../src/kit/ids.ts'
import { testDatabase } from '../fakes/database.ts'
import { useSettings } from '../worker/local-settings.ts'
import { type Browser, issuer, openBrowser, type Shown, signIn } from './browser.ts'
import { addPerson, authorizePath, goodPassword } from './people.ts'

afterEach(() => useSettings({}))

async function addLimited(max_sessions_per_user: number): Promise<string> {
  const client_id = `app-${uuidv7().slice(-12)}`
  await testDatabase()
    .insert(clients)
    .values({
      ...{ client_id, client_name: 'Cinema', token_endpoint_auth_method: 'none', first_party: true },
      ...{ redirect_uris: ['https://app.test/cb'], grant_types: ['authorization_code'] },
      ...{ scopes: ['openid', 'profile', 'email'], max_sessions_per_user },
    })
  return client_id
}

const codeOf = ({ location }: Shown) => new URL(location ?? 'about:blank').searchParams.get('code')

/** Redeems the code of the response. @returns the status of the token endpoint */
async function redeem(app: string, shown: Shown): Promise<number> {
  const { status } = await SELF.fetch(`${issuer}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      ...{ grant_type: 'authorization_code', client_id: app, code: codeOf(shown) ?? '' },
      ...{ redirect_uri: 'https://app.test/cb' },
      // RFC 7636 appendix B.
      code_verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
    }),
  })
  return status
}

async function signedIn(count: number): Promise<Browser[]> {
  const person = await addPerson()
  const browsers = Array.from({ length: count }, () => openBrowser())
  for (const browser of browsers) await signIn(browser, person.email, goodPassword)
  return browsers
}
const isSignedIn = async (browser: Browser) => (await browser.get('/account')).status === 200

describe('a client that limits the sessions of a person', () => {
  test('ends the oldest one', async () => {
    const app = await addLimited(1)
    const [first, second] = (await signedIn(2)) as [Browser, Browser]
    expect(await redeem(app, await first.get(authorizePath(app)))).toBe(200)
    expect(await redeem(app, await second.get(authorizePath(app)))).toBe(200)
    expect([await isSignedIn(first), await isSignedIn(second)]).toEqual([false, true])
    // The same browser again, and applications without a limit, are nobody's business.
    expect(await redeem(app, await second.get(authorizePath(app)))).toBe(200)
  })

  test('or refuses one more: a page offers to sign out elsewhere', async () => {
    await useSettings({ 'sessions.when_full': 'refuse' })
    const app = await addLimited(1)
    const [first, second] = (await signedIn(2)) as [Browser, Browser]
    const [one, other] = [await first.get(authorizePath(app)), await second.get(authorizePath(app))]
    expect([codeOf(one), codeOf(other)]).toEqual([expect.any(String), expect.any(String)])
    // Both asked at the same moment: the second code is worth nothing.
    expect([await redeem(app, one), await redeem(app, other)]).toEqual([200, 400])
    const silent = await second.get(authorizePath(app, { prompt: 'none' }))
    expect(new URL(silent.location ?? '').searchParams.get('error')).toBe('interaction_required')

    const full = await second.follow(await second.get(authorizePath(app)))
    expect(full.status).toBe(200)
    expect(full.html).toContain('Cinema')
    expect(await isSignedIn(first)).toBe(true)
    const { location = '' } = await second.post('/sessions-full', full.hidden)
    expect(location).toMatch(/^\/oauth\/authorize\/resume\?/)
    expect(await redeem(app, await second.get(location))).toBe(200)
    expect([await isSignedIn(first), await isSignedIn(second)]).toEqual([false, true])
  })

  test('never from a page of somebody else', async () => {
    await useSettings({ 'sessions.when_full': 'refuse' })
    const app = await addLimited(1)
    const [first, second] = (await signedIn(2)) as [Browser, Browser]
    await redeem(app, await first.get(authorizePath(app)))
    const full = await second.follow(await second.get(authorizePath(app)))
    const { csrf_token: _, ...forged } = full.hidden
    expect((await second.post('/sessions-full', forged)).status).toBe(403)
    expect(await isSignedIn(first)).toBe(true)
  })
})

describe('the limit of sessions of a person', () => {
  test('refuses one more after everything is proven, until the person signs out elsewhere', async () => {
    await useSettings({ 'sessions.when_full': 'refuse', 'sessions.max_per_user': 1 })
    const person = await addPerson()
    const [first, second] = [openBrowser(), openBrowser()]
    await signIn(first, person.email, goodPassword)
    const full = await second.follow(await signIn(second, person.email, goodPassword))
    expect(full.status).toBe(200)
    expect(full.hidden['step']).toBe('make_room')
    expect([await isSignedIn(first), await isSignedIn(second)]).toEqual([true, false])
    const made = await second.post('/login', full.hidden)
    expect(made.location).toBe('/account')
    expect([await isSignedIn(first), await isSignedIn(second)]).toEqual([false, true])
    // The page is spent: sent again it begins nothing.
    const again = await second.post('/login', full.hidden)
    expect(again.headers.getSetCookie().join()).not.toContain('authly_session=')
  })

  test('ends the oldest by default', async () => {
    await useSettings({ 'sessions.max_per_user': 1 })
    const [first, second] = (await signedIn(2)) as [Browser, Browser]
    expect([await isSignedIn(first), await isSignedIn(second)]).toEqual([false, true])
  })
})

describe('the lifetime of sessions', () => {
  test('by setting ends living sessions at their next use, at once where it is over', async () => {
    const [person, browser] = [await addPerson(), openBrowser()]
    await signIn(browser, person.email, goodPassword)
    expect(await isSignedIn(browser)).toBe(true)
    // The shortest idle time is a minute: the last use was longer ago.
    const object = env.USER_SESSIONS.getByName(person.id)
    await runInDurableObject(object, (_, { storage }) =>
      storage.sql.exec('UPDATE sessions SET last_seen_at = last_seen_at - 61000'),
    )
    await evictDurableObject(object)
    expect(await isSignedIn(browser)).toBe(true)
    await useSettings({ 'sessions.idle_seconds': 60 })
    expect(await isSignedIn(browser)).toBe(false)
    await useSettings({})
    expect(await isSignedIn(browser)).toBe(false)
  })

  test('by setting is that of new sessions, and of their cookie', async () => {
    await useSettings({ 'sessions.absolute_seconds': 600 })
    const person = await addPerson()
    const shown = await signIn(openBrowser(), person.email, goodPassword)
    expect(shown.headers.getSetCookie().join()).toMatch(/authly_session=[^;]+;[^,]*Max-Age=600;/)
  })
})
