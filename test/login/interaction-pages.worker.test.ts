import { eq } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { auditEvents, clients, consents, passwordCredentials } from '../../src/db/schema.ts'
import { argon2Hasher } from '../../src/passwords/argon2.ts'
import { testDatabase } from '../fakes/database.ts'
import { answerOf, type Browser, openBrowser, type Shown, signIn } from './browser.ts'
import { addApplication, addPerson, authorizePath, goodPassword } from './people.ts'

/** Opens an authorization request and follows it to a hosted page. */
const start = async (browser: Browser, path: string): Promise<Shown> =>
  browser.follow(await browser.get(path))

const signInOn = async (browser: Browser, page: Shown, identifier: string): Promise<Shown> =>
  browser.follow(await browser.post('/login', { ...page.hidden, identifier, password: goodPassword }))

const decide = async (browser: Browser, page: Shown, decision: string): Promise<Shown> =>
  browser.follow(await browser.post('/consent', { ...page.hidden, decision }))

describe('a sign-in for an application', () => {
  test('shows who asks, asks for consent, and returns with a code; the next time it asks nothing', async () => {
    const [person, app] = [await addPerson(), await addApplication('Demo Shop')]
    const browser = openBrowser()
    const login = await start(browser, authorizePath(app, { login_hint: person.email, ui_locales: 'de' }))
    expect(login.html).toContain('Demo Shop')
    expect(login.html).toContain(`value="${person.email}"`)
    expect(login.html).toContain('lang="de"')
    expect(login.headers.get('content-security-policy')).toContain("form-action 'self' https:;")

    const consent = await signInOn(browser, login, person.email)
    expect(consent.status).toBe(200)
    expect(consent.html).toContain('Ihre E-Mail-Adresse sehen')
    expect(consent.html).toContain('app.test')
    expect(consent.html).toContain(person.email)
    const done = await decide(browser, consent, 'allow')
    expect(done.location).toMatch(/^https:\/\/app\.test\/cb\?/)
    expect(answerOf(done).get('code')).toBeTruthy()
    expect(answerOf(done).get('state')).toBe('s1')

    const [stored] = await testDatabase().select().from(consents).where(eq(consents.user_id, person.id))
    expect(stored).toMatchObject({ client_id: app, scopes: expect.arrayContaining(['openid', 'email']) })
    const again = await start(browser, authorizePath(app))
    expect(answerOf(again).get('code')).toBeTruthy()
  })

  test('a denied consent returns access_denied and stores nothing (RFC 6749 §4.1.2.1)', async () => {
    const [person, app] = [await addPerson(), await addApplication()]
    const browser = openBrowser()
    const consent = await signInOn(browser, await start(browser, authorizePath(app)), person.email)
    const done = await decide(browser, consent, 'deny')
    expect(answerOf(done).get('error')).toBe('access_denied')
    expect(await testDatabase().select().from(consents).where(eq(consents.user_id, person.id))).toEqual([])
  })

  test('a decision that is neither yes nor no decides nothing', async () => {
    const [person, app] = [await addPerson(), await addApplication()]
    const browser = openBrowser()
    const consent = await signInOn(browser, await start(browser, authorizePath(app)), person.email)
    expect((await browser.post('/consent', { ...consent.hidden, decision: 'maybe' })).status).toBe(400)
  })

  test('a request that outgrows its URL is refused at the application, not with a 500', async () => {
    const app = await addApplication()
    const answer = await openBrowser().get(`${authorizePath(app)}&x=${'\\'.repeat(7000)}`)
    expect(answer.location).toMatch(/^https:\/\/app\.test\/cb\?/)
    expect(answerOf(answer).get('error')).toBe('invalid_request')
    expect(answerOf(answer).get('state')).toBe('s1')
  })

  test('an application’s name is text, whatever it holds', async () => {
    const app = await addApplication('<b>Bank</b>\u202E')
    const login = await start(openBrowser(), authorizePath(app))
    expect(login.html).toContain('&lt;b&gt;Bank&lt;/b&gt;')
    expect(login.html).not.toContain('\u202E')
  })

  test('a link to somebody else’s login in progress does not open (login CSRF)', async () => {
    const app = await addApplication()
    const attacker = openBrowser()
    const begun = await attacker.get(authorizePath(app))
    const victim = openBrowser()
    await victim.get('/login')
    for (const page of ['/login', '/consent', '/select-account', '/password', '/oauth/authorize/resume']) {
      const link = (begun.location as string).replace('/login', page)
      expect((await victim.get(link)).status, page).toBe(400)
    }
  })

  test('consent cannot be given without being signed in', async () => {
    const [person, app] = [await addPerson(), await addApplication()]
    const browser = openBrowser()
    const consent = await signInOn(browser, await start(browser, authorizePath(app)), person.email)
    browser.cookies.delete('__Host-authly_session')
    const done = await decide(browser, consent, 'allow')
    expect(done.html).toContain('action="/login"')
    expect(await testDatabase().select().from(consents).where(eq(consents.user_id, person.id))).toEqual([])
  })

  test('consent that another person gave in the same interaction is asked again', async () => {
    const [ada, grace, app] = [await addPerson(), await addPerson(), await addApplication()]
    const browser = openBrowser()
    const login = await start(browser, authorizePath(app, { prompt: 'consent' }))
    const answer = await browser.post('/login', {
      ...login.hidden,
      identifier: ada.email,
      password: goodPassword,
    })
    const consent = await browser.follow(answer)
    const allowed = await browser.post('/consent', { ...consent.hidden, decision: 'allow' })
    const interaction = (allowed.location as string).split('?')[1]
    const second = await browser.get(`/login?${interaction}&as=another`)
    const asked = await signInOn(browser, second, grace.email)
    expect(asked.html).toContain('action="/consent"')
    expect(asked.html).toContain(grace.email)
  })

  test('a consent page that one person left open is not answered by who signs in after (shared browser)', async () => {
    const [ada, grace, app] = [await addPerson(), await addPerson(), await addApplication()]
    const browser = openBrowser()
    const asked = await signInOn(browser, await start(browser, authorizePath(app)), ada.email)
    expect(asked.html).toContain(ada.email)
    await signIn(browser, grace.email, goodPassword)
    const done = await decide(browser, asked, 'allow')
    expect(done.html).toContain('action="/consent"')
    expect(done.html).toContain(grace.email)
    const stored = testDatabase().select().from(consents)
    expect(await stored.where(eq(consents.user_id, grace.id))).toEqual([])
    expect(answerOf(await decide(browser, done, 'allow')).get('code')).toBeTruthy()
  })

  test('an account choice names one account: who signs in after is not chosen by it', async () => {
    const [ada, grace, app] = [await addPerson(), await addPerson(), await addApplication()]
    const browser = openBrowser()
    await signIn(browser, ada.email, goodPassword)
    const choice = await start(browser, authorizePath(app, { prompt: 'select_account' }))
    await signIn(browser, grace.email, goodPassword)
    const again = await browser.follow(await browser.post('/select-account', choice.hidden))
    expect(again.html).toContain('action="/select-account"')
    expect(again.html).toContain(grace.email)
    const consent = await browser.follow(await browser.post('/select-account', again.hidden))
    expect(consent.html).toContain('action="/consent"')
  })

  test('prompt=select_account offers the account that is signed in, or another (OpenID Connect Core §3.1.2.1)', async () => {
    const [person, app] = [await addPerson(), await addApplication()]
    const browser = openBrowser()
    await signIn(browser, person.email, goodPassword)
    const choice = await start(browser, authorizePath(app, { prompt: 'select_account' }))
    expect(choice.html).toContain(person.email)
    expect(choice.html).toContain('href="/login?interaction=')
    const consent = await browser.follow(await browser.post('/select-account', choice.hidden))
    expect(consent.html).toContain('action="/consent"')
  })

  test('prompt=login asks for the password again and goes on with a new session', async () => {
    const [person, app] = [await addPerson(), await addApplication()]
    const browser = openBrowser()
    await signIn(browser, person.email, goodPassword)
    const before = browser.cookies.get('__Host-authly_session')
    const login = await start(browser, authorizePath(app, { prompt: 'login' }))
    expect(login.html).toContain('action="/login"')
    const consent = await signInOn(browser, login, person.email)
    expect(consent.html).toContain('action="/consent"')
    expect(browser.cookies.get('__Host-authly_session')).not.toBe(before)
  })
})

describe('a password that must be changed', () => {
  const newPassword = 'orbit kettle purple seven'
  const fill = (page: Shown, more: Record<string, string> = {}) => ({
    ...page.hidden,
    current_password: goodPassword,
    new_password: newPassword,
    repeat_password: newPassword,
    ...more,
  })

  test('comes before the session, and then the application gets its answer', async () => {
    const [person, app] = [await addPerson({ mustChange: true }), await addApplication()]
    const browser = openBrowser()
    const forced = await signInOn(browser, await start(browser, authorizePath(app)), person.email)
    expect(forced.hidden).toMatchObject({ step: 'change_password' })
    expect(forced.html).not.toContain('href="/account"')
    expect(browser.cookies.has('__Host-authly_session')).toBe(false)
    expect((await start(browser, authorizePath(app))).hidden).toMatchObject({ step: 'identifier' })

    const consent = await browser.follow(await browser.post('/login', fill(forced)))
    expect(consent.html).toContain('action="/consent"')
    expect((await browser.get('/account')).status).toBe(200)
    const [stored] = await testDatabase()
      .select()
      .from(passwordCredentials)
      .where(eq(passwordCredentials.user_id, person.id))
    expect(stored?.must_change).toBe(false)
  })

  test.each([
    ['the same password', { new_password: goodPassword, repeat_password: goodPassword }, 'new_password'],
    ['a short one', { new_password: 'kettle', repeat_password: 'kettle' }, 'new_password'],
    ['a common one', { new_password: 'password1234', repeat_password: 'password1234' }, 'new_password'],
    ['two different ones', { repeat_password: `${newPassword}!` }, 'repeat_password'],
    ['nothing', { new_password: '', repeat_password: '' }, 'new_password'],
  ])('%s is refused at its field, and the old password stays', async (_, fields, field) => {
    const person = await addPerson({ mustChange: true })
    const browser = openBrowser()
    const page = await browser.follow(await signIn(browser, person.email, goodPassword))
    const answer = await browser.post('/login', fill(page, fields))
    expect(answer.status).toBe(400)
    expect(answer.html).toContain(`id="${field}-problem"`)
    expect(answer.html).not.toContain(newPassword)
    expect((await browser.get('/account')).location).toBe('/login')
    expect((await signIn(openBrowser(), person.email, newPassword)).status).toBe(400)
  })

  test('ends every other session and the old password, and leaves one event', async () => {
    const person = await addPerson()
    const [browser, elsewhere] = [openBrowser(), openBrowser()]
    await signIn(browser, person.email, goodPassword)
    await signIn(elsewhere, person.email, goodPassword)
    const page = await browser.get('/password')
    const answer = await browser.post('/password', fill(page))
    expect(answer.location).toBe('/account/security?done=password')
    expect((await browser.follow(answer)).html).toContain('Your password has been changed.')
    expect((await elsewhere.get('/account')).location).toBe('/login')
    expect((await signIn(openBrowser(), person.email, goodPassword)).status).toBe(400)
    expect((await signIn(openBrowser(), person.email, newPassword)).status).toBe(303)
    const events = await testDatabase().select().from(auditEvents).where(eq(auditEvents.user_id, person.id))
    expect(events.filter(({ type }) => type === 'password.changed')).toHaveLength(1)
  })

  test('ends what was opened with the old one, in this browser too', async () => {
    const person = await addPerson()
    const [browser, thief] = [openBrowser(), openBrowser()]
    await signIn(browser, person.email, goodPassword)
    for (const [name, value] of browser.cookies) thief.cookies.set(name, value)
    await testDatabase()
      .update(passwordCredentials)
      .set({ must_change: true })
      .where(eq(passwordCredentials.user_id, person.id))
    const forced = await browser.follow(
      await signIn(browser, person.email, goodPassword, '/login?as=another'),
    )
    expect((await browser.post('/login', fill(forced))).location).toBe('/account')
    expect((await browser.get('/account')).status).toBe(200)
    expect((await thief.get('/account')).location).toBe('/login')
  })

  test('cannot be changed without a session', async () => {
    const browser = openBrowser()
    const { hidden } = await browser.get('/login')
    const page = { hidden } as Shown
    expect((await browser.post('/password', fill(page))).location).toBe('/login?next=password')
    expect((await browser.get('/password')).location).toBe('/login?next=password')
  })

  describe('was typed a moment ago', () => {
    const change = { new_password: newPassword, repeat_password: newPassword }
    const forced = async (person: { email: string }): Promise<[Browser, Shown]> => {
      const browser = openBrowser()
      return [browser, await browser.follow(await signIn(browser, person.email, goodPassword))]
    }

    test('and is not asked for again; its account is named, for people and password managers', async () => {
      const person = await addPerson({ mustChange: true })
      const [browser, page] = await forced(person)
      expect(page.html).not.toContain('current_password')
      expect(page.html).toMatch(
        new RegExp(`<input[^>]*name="username"[^>]*value="${person.email}"[^>]*readonly`),
      )
      expect((await browser.post('/login', { ...page.hidden, ...change })).location).toBe('/account')
      expect((await signIn(openBrowser(), person.email, newPassword)).status).toBe(303)
    })

    test('and cannot be kept: the same one is refused', async () => {
      const [browser, page] = await forced(await addPerson({ mustChange: true }))
      const same = { new_password: goodPassword, repeat_password: goodPassword }
      const answer = await browser.post('/login', { ...page.hidden, ...same })
      expect([answer.status, answer.html.includes('must differ')]).toEqual([400, true])
    })

    test('proves nothing in another browser, nor once it was used', async () => {
      const [browser, page] = await forced(await addPerson({ mustChange: true }))
      const thief = openBrowser()
      const own = await thief.get('/login')
      const stolen = { ...page.hidden, ...change, csrf_token: own.hidden['csrf_token'] ?? '' }
      expect((await thief.post('/login', stolen)).status).toBe(400)
      expect((await browser.post('/login', { ...page.hidden, ...change })).status).toBe(303)
      const again = { new_password: 'another new phrase 7', repeat_password: 'another new phrase 7' }
      expect((await browser.post('/login', { ...page.hidden, ...again })).status).toBe(400)
    })

    test('proves nothing once another password was set', async () => {
      const person = await addPerson({ mustChange: true })
      const [browser, page] = await forced(person)
      const hash = await argon2Hasher.hash('another one-time password')
      await testDatabase()
        .update(passwordCredentials)
        .set({ hash })
        .where(eq(passwordCredentials.user_id, person.id))
      const answer = await browser.post('/login', { ...page.hidden, ...change })
      expect([answer.status, answer.html.includes('This sign-in has expired')]).toEqual([400, true])
    })

    test('counts only where the password must be changed', async () => {
      const person = await addPerson()
      const [browser] = await forced(person)
      const page = await browser.get('/password')
      expect(page.html).toContain('current_password')
      expect((await browser.post('/password', { ...page.hidden, ...change })).status).toBe(400)
    })
  })
})

describe('where password managers send people (W3C change-password-url)', () => {
  test('leads to the change page, over the sign-in where nobody is signed in', async () => {
    const person = await addPerson()
    const browser = openBrowser()
    const login = await browser.follow(await browser.get('/.well-known/change-password'))
    expect(login.html).toContain('action="/login"')
    const answer = await browser.post('/login', {
      ...login.hidden,
      identifier: person.email,
      password: goodPassword,
    })
    expect((await browser.follow(answer)).html).toContain('action="/password"')
    expect((await browser.get('/.well-known/change-password')).status).toBe(303)
  })

  test('and an address that cannot exist has an error status, which tells them that the other is meant', async () => {
    const probe = '/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200'
    expect((await openBrowser().get(probe)).status).toBe(404)
    expect((await openBrowser().get(probe, { accept: '*/*' })).status).toBe(404)
  })

  test('a sign-in leads nowhere else afterwards, whatever a link says (open redirect)', async () => {
    const person = await addPerson()
    for (const next of ['https://evil.test/', '//evil.test', 'constructor', '/logout']) {
      const browser = openBrowser()
      const answer = await signIn(
        browser,
        person.email,
        goodPassword,
        `/login?next=${encodeURIComponent(next)}`,
      )
      expect(answer.location, next).toBe('/account')
    }
  })
})

describe('what an application says about itself', () => {
  test('is linked with its host where people decide, opens apart, and only over https', async () => {
    const client_id = await addApplication('Demo Shop')
    await testDatabase()
      .update(clients)
      .set({
        policy_uri: 'https://shop.test/privacy',
        tos_uri: 'javascript:alert(1)',
        client_uri: 'http://shop.test',
      })
      .where(eq(clients.client_id, client_id))
    const person = await addPerson()
    const browser = openBrowser()
    const login = await start(browser, authorizePath(client_id))
    const consent = await signInOn(browser, login, person.email)
    const choice = await start(browser, authorizePath(client_id, { prompt: 'select_account' }))
    for (const { html } of [login, consent, choice]) {
      expect(html).toContain(
        '<a href="https://shop.test/privacy" target="_blank" rel="noopener noreferrer">Privacy policy (\u2068shop.test\u2069)</a>',
      )
      expect(html).not.toContain('javascript:')
      expect(html).not.toContain('http://shop.test')
    }
  })
})
