import { env, evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { eq } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { clients, passwordCredentials } from '../../src/db/schema.ts'
import { issueSessionHandle } from '../../src/interaction/session-cookie.ts'
import { openProgress, sealProgress } from '../../src/interaction/sign-in-progress.ts'
import { uuidv7 } from '../../src/kit/ids.ts'
import { argon2Hasher } from '../../src/passwords/argon2.ts'
import { subjectMigrations } from '../../src/sessions/subject-tables.ts'
import { testDatabase } from '../fakes/database.ts'
import { testDependencies } from '../worker/admin-client.ts'
import { useSettings } from '../worker/local-settings.ts'
import { answerOf, type Browser, openBrowser, type Shown, signIn, withoutChance } from './browser.ts'
import { addApplication, addPerson, authorizePath, goodPassword, type Person } from './people.ts'

const session = '__Host-authly_session'
const newPassword = 'orbit kettle purple seven'
const change = { new_password: newPassword, repeat_password: newPassword }

const objectOf = ({ id }: Person) => env.USER_SESSIONS.get(env.USER_SESSIONS.idFromName(id))

/** A sign-in whose first factor is proven, and that demands a step more. */
async function pending(): Promise<{ person: Person; browser: Browser; page: Shown }> {
  const person = await addPerson({ mustChange: true })
  const browser = openBrowser()
  const page = await browser.follow(await signIn(browser, person.email, goodPassword))
  expect(page.hidden).toMatchObject({ step: 'change_password' })
  return { person, browser, page }
}

describe('before the first factor', () => {
  test('an unknown identifier gets the same next page, status and headers', async () => {
    const known = await addPerson()
    const restricted = await addPerson({ mustChange: true })
    const disabled = await addPerson({ status: 'disabled' })
    const names = [
      known.email,
      restricted.email,
      disabled.username,
      'nobody@steps.test',
      'x',
      'é'.repeat(100),
    ]
    const pages = []
    for (const identifier of names) {
      const browser = openBrowser()
      const first = await browser.get('/login')
      const sent = await browser.post('/login', { ...first.hidden, identifier })
      expect(sent.status).toBe(303)
      expect(sent.location).not.toContain(encodeURIComponent(known.username))
      const page = await browser.follow(sent)
      expect(page.hidden).toMatchObject({ step: 'password' })
      pages.push(withoutChance(page))
    }
    for (const page of pages) expect(page).toEqual(pages[0])
  })

  test('nothing is stored: the person’s object stays empty', async () => {
    const person = await addPerson()
    const browser = openBrowser()
    const first = await browser.get('/login')
    await browser.follow(await browser.post('/login', { ...first.hidden, identifier: person.email }))
    const tables = await runInDurableObject(objectOf(person), (_, { storage }) => [
      ...storage.sql.exec("SELECT name FROM sqlite_master WHERE name NOT GLOB '_cf_*'"),
    ])
    expect(tables).toEqual([])
  })

  test('the progress opens in its own browser only (login CSRF)', async () => {
    const attacker = openBrowser()
    const first = await attacker.get('/login')
    const sent = await attacker.post('/login', { ...first.hidden, identifier: 'attacker@steps.test' })
    const victim = openBrowser()
    await victim.get('/login')
    const opened = await victim.get(sent.location as string)
    expect(opened.status).toBe(400)
    expect(opened.html).not.toContain('attacker@steps.test')
    expect(opened.html).toContain('href="/login')
  })
})

describe('a pending sign-in', () => {
  test('goes on after its object was evicted, in the middle', async () => {
    const { person, browser, page } = await pending()
    await evictDurableObject(objectOf(person))
    const again = await browser.get(`/login?sign_in=${page.hidden['sign_in']}`)
    expect(again.hidden).toMatchObject({ step: 'change_password' })
    await evictDurableObject(objectOf(person))
    expect((await browser.post('/login', { ...again.hidden, ...change })).location).toBe('/account')
    expect((await browser.get('/account')).status).toBe(200)
  })

  test('goes on after a worker was killed between Postgres and the object: the password is changed, the way on is shown', async () => {
    const { person, browser, page } = await pending()
    // What the killed worker had done.
    const hash = await argon2Hasher.hash(change.new_password)
    await testDatabase()
      .update(passwordCredentials)
      .set({ hash, must_change: false })
      .where(eq(passwordCredentials.user_id, person.id))
    const lost = await browser.post('/login', { ...page.hidden, ...change })
    expect([lost.status, lost.html.includes('href="/login?next=account"')]).toEqual([400, true])
    expect(browser.cookies.has(session)).toBe(false)
  })

  test('is used once under 50 parallel submissions', async () => {
    const { person, browser, page } = await pending()
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => browser.post('/login', { ...page.hidden, ...change })),
    )
    expect(answers.filter(({ location }) => location === '/account')).toHaveLength(1)
    for (const { status } of answers) expect([303, 400, 409, 429, 503]).toContain(status)
    const sessions = await testDependencies().sessionsOf(person.id).listSessions({ now: Date.now() })
    expect(sessions).toHaveLength(1)
  })

  test('belongs to the holder of its secret, until it expires', async () => {
    const { person, page } = await pending()
    const { root, now, sessionsOf, config } = testDependencies()
    expect(config.issuer).toBe('https://auth.test')
    const stored = await runInDurableObject(objectOf(person), (_, { storage }) => [
      ...storage.sql.exec<{ pending: string }>('SELECT pending FROM pending_sign_ins'),
    ])
    const { pending_id, secret_hash, expires_at } = JSON.parse(stored[0]?.pending ?? '{}')
    const sessions = sessionsOf(person.id)
    expect(await sessions.readPending({ now: now(), pending_id, secret_hash })).toBeDefined()
    expect(await sessions.readPending({ now: now(), pending_id, secret_hash: 'guess' })).toBeUndefined()
    expect(await sessions.readPending({ now: expires_at, pending_id, secret_hash })).toBeUndefined()
    expect(page.html).not.toContain(secret_hash)
    expect(await openProgress(root, page.hidden['sign_in'] as string, [], now())).toEqual({
      status: 'unreadable',
    })
  })

  test('goes on for the application it was begun for alone: another one may demand more', async () => {
    const { browser, page } = await pending()
    const another = await browser.follow(await browser.get(authorizePath(await addApplication())))
    const { interaction } = another.hidden
    const posted = await browser.post('/login', {
      ...page.hidden,
      ...change,
      interaction: interaction as string,
    })
    expect(posted.status).toBe(400)
    expect(browser.cookies.has(session)).toBe(false)
    expect((await browser.follow(await browser.post('/login', { ...page.hidden, ...change }))).status).toBe(
      200,
    )
  })

  test('ends when all sessions of the person are ended', async () => {
    const { person, browser, page } = await pending()
    const { sessionsOf } = testDependencies()
    const origin = { ip: undefined, user_agent: undefined, request_id: 'r' }
    await sessionsOf(person.id).endAllSessions({ now: Date.now(), origin, reason: 'account_disabled' })
    expect((await browser.post('/login', { ...page.hidden, ...change })).status).toBe(400)
  })

  test('keeps what a risk engine needs, and the event of its session has it', async () => {
    const { person, browser, page } = await pending()
    const rows = await runInDurableObject(objectOf(person), (_, { storage }) => [
      ...storage.sql.exec<{ pending: string }>('SELECT pending FROM pending_sign_ins'),
    ])
    expect(JSON.parse(rows[0]?.pending ?? '{}').signals).toMatchObject({
      network: expect.stringMatching(/^203\.0\.113\./),
    })
    await browser.post('/login', { ...page.hidden, ...change })
    const left = await runInDurableObject(
      objectOf(person),
      (_, { storage }) => [...storage.sql.exec('SELECT pending_id FROM pending_sign_ins')].length,
    )
    expect(left).toBe(0)
  })
})

describe('odd browsers', () => {
  const follow = async (browser: Browser, shown: Shown, most: number): Promise<Shown> => {
    let current = shown
    for (let count = 0; current.location?.startsWith('/'); count++) {
      expect(count, current.location).toBeLessThan(most)
      current = await browser.get(current.location)
    }
    return current
  }

  test('two tabs: the second goes on where the first has signed in', async () => {
    const [person, app, browser] = [await addPerson(), await addApplication(), openBrowser()]
    const tabs = [await browser.get(authorizePath(app)), await browser.get(authorizePath(app))]
    const [one, two] = [
      await follow(browser, tabs[0] as Shown, 2),
      await follow(browser, tabs[1] as Shown, 2),
    ]
    await browser.post('/login', { ...one.hidden, identifier: person.email, password: goodPassword })
    const next = await follow(
      browser,
      await browser.post('/login', { ...two.hidden, identifier: person.email }),
      2,
    )
    expect(next.html).toContain('action="/consent"')
  })

  test('back from a later step to the password: it is typed again and leads on', async () => {
    const { person, browser } = await pending()
    const first = await browser.get('/login')
    const named = await browser.follow(
      await browser.post('/login', { ...first.hidden, identifier: person.email }),
    )
    await browser.post('/login', { ...named.hidden, password: goodPassword })
    const again = await browser.follow(
      await browser.post('/login', { ...named.hidden, password: goodPassword }),
    )
    expect(again.hidden).toMatchObject({ step: 'change_password' })
  })

  test('back to the identifier within a pending sign-in: the step that is due is shown', async () => {
    const { browser, page } = await pending()
    const back = await browser.post('/login', { ...page.hidden, step: 'identifier', identifier: 'somebody' })
    expect((await follow(browser, back, 1)).hidden).toMatchObject({ step: 'change_password' })
  })

  test('reload after a completed post: the sign-in is over, and the page shows the way on', async () => {
    const { browser, page } = await pending()
    await browser.post('/login', { ...page.hidden, ...change })
    const reloaded = await browser.post('/login', { ...page.hidden, ...change })
    expect(reloaded.status).toBe(400)
    expect(reloaded.html).toContain('href="/login?next=account"')
    expect((await browser.get('/login?next=account')).html).toContain('href="/account"')
  })

  test('a page left open: without a proven factor it goes on, with one it starts over', async () => {
    const person = await addPerson()
    const browser = openBrowser()
    const first = await browser.get('/login')
    const { root } = testDependencies()
    const binding = browser.cookies.get('__Host-authly_browser') as string
    const opened = await openProgress(root, first.hidden['sign_in'] as string, [binding], Date.now())
    if (opened.status === 'unreadable') throw new Error('must open')
    const sign_in = await sealProgress(root, { ...opened.progress, identifier: person.email, expires_at: 1 })
    const page = await browser.get(`/login?sign_in=${sign_in}`)
    expect(page.hidden).toMatchObject({ step: 'password' })
    expect((await browser.post('/login', { ...page.hidden, password: goodPassword })).location).toBe(
      '/account',
    )
    const gone = { user_id: person.id, pending_id: uuidv7(), secret_hash: 'x' }
    const expired = await sealProgress(root, {
      ...opened.progress,
      expires_at: Date.now() + 1000,
      pending: gone,
    })
    const lost = await openPageWith(browser, expired)
    expect([lost.status, lost.html.includes('This sign-in has expired')]).toEqual([400, true])
  })
  const openPageWith = (browser: Browser, sign_in: string) => browser.get(`/login?sign_in=${sign_in}`)

  test('blocked cookies: the page says so', async () => {
    const browser = openBrowser()
    const page = await browser.get('/login')
    browser.cookies.clear()
    const refused = await browser.post('/login', { ...page.hidden, identifier: 'ada' })
    expect([refused.status, refused.html.includes('sent no cookie')]).toEqual([403, true])
  })

  test('a wrong clock: no cookie names a time of day', async () => {
    const person = await addPerson()
    const answer = await signIn(openBrowser(), person.email, goodPassword)
    expect(answer.headers.getSetCookie().length).toBeGreaterThan(0)
    for (const line of answer.headers.getSetCookie()) expect(line).not.toMatch(/expires=/i)
  })
})

describe('a class of sign-ins that is demanded', () => {
  test('wished for and out of reach, it is asked for once and let go', async () => {
    const [person, app, browser] = [await addPerson(), await addApplication(), openBrowser()]
    await signIn(browser, person.email, goodPassword)
    const page = await browser.follow(
      await browser.get(authorizePath(app, { acr_values: 'urn:authly:acr:mfa' })),
    )
    expect(page.html).toContain('action="/consent"')
  })

  test('required and out of reach, the application gets an error, in a new sign-in and in an old one', async () => {
    const [person, app, browser] = [await addPerson(), await addApplication(), openBrowser()]
    await testDatabase()
      .update(clients)
      .set({ required_acr_values: ['phr'] })
      .where(eq(clients.client_id, app))
    // Otherwise a passkey would be set up.
    await useSettings({ 'sign_in.passkeys': 'off' })
    const login = await browser.follow(await browser.get(authorizePath(app)))
    const fields = { ...login.hidden, identifier: person.email, password: goodPassword }
    const fresh = await browser.follow(await browser.post('/login', fields))
    expect(answerOf(fresh).get('error')).toBe('unmet_authentication_requirements')
    expect(browser.cookies.has(session)).toBe(false)
    await signIn(browser, person.email, goodPassword)
    const silent = await browser.get(authorizePath(app, { prompt: 'none' }))
    expect(answerOf(silent).get('error')).toBe('login_required')
    const old = await browser.follow(await browser.get(authorizePath(app)))
    expect(answerOf(old).get('error')).toBe('unmet_authentication_requirements')
    await useSettings({})
  })
})

describe('what was before there were steps', () => {
  const signedInBefore = async (must_change: boolean) => {
    const person = await addPerson({ mustChange: must_change })
    const now = Date.now()
    const { root, config } = testDependencies()
    const session_id = uuidv7(now)
    const { handle, secretHash } = await issueSessionHandle(root, { user_id: person.id, session_id })
    await runInDurableObject(objectOf(person), (_, { storage }) => {
      const before = subjectMigrations.slice(0, -1)
      for (const script of before) storage.sql.exec(script)
      storage.kv.put('schema_version', before.length)
      storage.sql.exec(
        'INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, ?, ?)',
        ...[session_id, secretHash, person.id, now, 'urn:authly:acr:pwd', '["pwd"]', now, now, 3600],
        ...[now + 3_600_000, Number(must_change), now + 3_600_000],
      )
    })
    const browser = openBrowser()
    expect(config.secureCookies).toBe(true)
    browser.cookies.set(session, handle)
    return { person, browser }
  }

  test('a session goes on, and counts as a password sign-in', async () => {
    const { person, browser } = await signedInBefore(false)
    expect((await browser.get('/account')).status).toBe(200)
    const [listed] = await testDependencies().sessionsOf(person.id).listSessions({ now: Date.now() })
    expect(listed).toMatchObject({ amr: ['pwd'], acr: 'urn:authly:acr:pwd' })
    const app = await addApplication()
    expect((await browser.follow(await browser.get(authorizePath(app)))).html).toContain('action="/consent"')
  })

  test('a session that must change its password still may do nothing else', async () => {
    const { browser } = await signedInBefore(true)
    expect((await browser.get('/account')).location).toBe('/password')
    const page = await browser.get('/password')
    const answer = await browser.post('/password', {
      ...page.hidden,
      current_password: goodPassword,
      ...change,
    })
    expect(answer.location).toBe('/account/security?done=password')
    expect((await browser.get('/account')).status).toBe(200)
  })
})
