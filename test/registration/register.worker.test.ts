/** People make accounts of their own, over HTTP. */
import { solveChallenge } from 'altcha-lib'
import { deriveKey } from 'altcha-lib/algorithms/web/pbkdf2'
import { eq } from 'drizzle-orm'
import { beforeEach, describe, expect, test } from 'vitest'
import { auditEvents, clients, passkeys, passwordCredentials, users } from '../../src/db/schema.ts'
import { maxCodesSent } from '../../src/delivery/codes/decide-code.ts'
import { uuidv7 } from '../../src/kit/ids.ts'
import { en } from '../../src/messages/en.ts'
import type { StoredSettings } from '../../src/settings/settings.ts'
import { answer } from '../account/passkey-pages.ts'
import { testDatabase } from '../fakes/database.ts'
import { type Browser, openBrowser, type Shown, signIn, withoutChance } from '../login/browser.ts'
import { later, otherThan, startMail } from '../login/mailbox.ts'
import { addApplication, addPerson, authorizePath, goodPassword } from '../login/people.ts'
import { createSoftwareAuthenticator } from '../passkeys/software-authenticator.ts'
import { sessionsOf } from '../sessions/object-subject.ts'
import { hearLog } from '../worker/hear-log.ts'
import { useSettings } from '../worker/local-settings.ts'

const database = testDatabase()
// Destinations that no test lets send say so.
hearLog()
const session = '__Host-authly_session'
const texts = en.registration
const open: StoredSettings = { 'registration.mode': 'open', 'registration.challenge': 'off' }

beforeEach(() => useSettings(open))

const newAddress = () => `new-${uuidv7().slice(-12)}@example.test`
const accountOf = async (email: string) =>
  (await database.select().from(users).where(eq(users.email, email)))[0]
const eventsOf = (id: string) => database.select().from(auditEvents).where(eq(auditEvents.user_id, id))

/** Types an address; the page that follows. */
async function typeAddress(browser: Browser, email: string, path = '/register'): Promise<Shown> {
  const page = await browser.follow(await browser.get(path))
  return browser.follow(await browser.post('/register', { ...page.hidden, email }))
}

/** The page after the code, with the browser and the mailbox. */
async function withProvenAddress(path?: string, from?: string) {
  const email = newAddress()
  const mail = startMail()
  await mail.deliver(email)
  const browser = mail.open(from)
  const page = await typeAddress(browser, email, path)
  expect(page.html).toContain(texts.sent)
  const { code } = await mail.arrived(1)
  const proven = await browser.post('/register', { ...page.hidden, code })
  expect(proven.status).toBe(303)
  return { email, mail, browser, code, codePage: page, page: await browser.follow(proven) }
}

/** The second form of the page, whose first one is the passkey's. */
const passwordIn = ({ html, hidden }: Shown, password = goodPassword) => ({
  ...{ csrf_token: hidden['csrf_token'] ?? '', sign_up: hidden['sign_up'] ?? '', step: 'credential' },
  ...(hidden['interaction'] && { interaction: hidden['interaction'] }),
  ...(html.includes('new_password') && { new_password: password, repeat_password: password }),
})

describe('an account of one’s own', () => {
  test('is made with a password, on the way to the application that asked for it', async () => {
    const app = await addApplication()
    const path = authorizePath(app, { prompt: 'create', login_hint: 'hint@example.test' })
    const first = await openBrowser().get(path)
    expect(first.status).toBe(303)
    const { browser, page, email } = await withProvenAddress(path)
    const done = await browser.post('/register', passwordIn(page))
    expect(done.location).toContain('/oauth/authorize/resume')
    const consent = await browser.follow(done)
    expect(consent.html).toContain('action="/consent"')
    const account = await accountOf(email)
    expect(account).toMatchObject({
      ...{
        email,
        email_verified: true,
        username: null,
        status: 'active',
        roles: [],
        profile: { locale: 'en' },
      },
      ...{ terms_version: null, deletion_due_at: null },
    })
    const id = account?.id as string
    expect(await sessionsOf(id).listSessions({ now: Date.now() })).toMatchObject([{ amr: ['pwd'] }])
    const registered = (await eventsOf(id)).find(({ type }) => type === 'user.registered')
    expect(registered).toMatchObject({
      ...{ actor_type: 'user', actor_id: id, entity_id: id, outcome: 'success' },
      data: { method: 'password', client_id: app },
    })
    // The password works.
    const elsewhere = openBrowser()
    expect((await signIn(elsewhere, email, goodPassword)).location).toBe('/account')
  })

  test('is made with a passkey alone, which signs in', async () => {
    const { browser, page, email } = await withProvenAddress()
    expect(page.html.indexOf('data-passkey="create"')).toBeLessThan(page.html.indexOf('new_password'))
    const fields = await answer(page, createSoftwareAuthenticator())
    const done = await browser.post('/register', fields)
    expect(done.location).toBe('/account')
    const { id = '' } = (await accountOf(email)) ?? {}
    expect(await database.select().from(passkeys).where(eq(passkeys.user_id, id))).toHaveLength(1)
    expect(
      await database.select().from(passwordCredentials).where(eq(passwordCredentials.user_id, id)),
    ).toEqual([])
    expect(await sessionsOf(id).listSessions({ now: Date.now() })).toMatchObject([
      { acr: 'phr', proofs: [{ step: 'passkey' }] },
    ])
    // The same form again makes nothing, and signs nobody in.
    browser.cookies.delete(session)
    const again = await browser.post('/register', fields)
    expect(again.status).toBe(400)
    expect(browser.cookies.has(session)).toBe(false)
  })

  test('asks for what the deployment wants to know, and keeps the terms that were accepted', async () => {
    await useSettings({
      ...open,
      ...{ 'registration.username': 'required', 'registration.name': 'optional' },
      'registration.terms': { version: '2026-11', uri: 'https://example.com/terms' },
      'registration.reserved_usernames': ['teahouse'],
    })
    const taken = await addPerson()
    const { browser, page, email } = await withProvenAddress()
    const say = (fields: Record<string, string>) => browser.post('/register', { ...page.hidden, ...fields })
    const empty = await say({})
    expect(empty.status).toBe(400)
    expect(empty.html).toContain(texts.usernameMissing)
    expect(empty.html).toContain(texts.termsMissing)
    for (const username of ['Adm1n', 'sup-port', 'Tea-House', taken.username, taken.username.toUpperCase()]) {
      expect((await say({ username, terms: 'yes' })).html, username).toContain(texts.usernameTaken)
    }
    for (const username of ['ab', 'ada@example.com', 'a..b', 'ädä', 'а́da', '.ada', `a${'b'.repeat(70)}`]) {
      expect((await say({ username, terms: 'yes' })).html, username).toContain(texts.usernameMalformed)
    }
    const username = `ada.${uuidv7().slice(-8)}`
    const next = await say({ username, name: 'Ada Lovelace 🙂', terms: 'yes' })
    const done = await browser.post('/register', passwordIn(await browser.follow(next)))
    expect(done.location).toBe('/account')
    const account = await accountOf(email)
    expect(account).toMatchObject({
      ...{ username, terms_version: '2026-11', profile: { name: 'Ada Lovelace 🙂', locale: 'en' } },
    })
    expect(Math.abs((account?.terms_accepted_at?.getTime() ?? 0) - Date.now())).toBeLessThan(60_000)
  })

  test('a username that somebody takes meanwhile is asked for once more', async () => {
    await useSettings({ ...open, 'registration.username': 'required' })
    const { browser, page, email } = await withProvenAddress()
    const username = `grace-${uuidv7().slice(-8)}`
    const next = await browser.follow(await browser.post('/register', { ...page.hidden, username }))
    await database.insert(users).values({ id: uuidv7(), username })
    const refused = await browser.post('/register', passwordIn(next))
    expect(refused.status).toBe(400)
    expect(refused.html).toContain(texts.usernameTaken)
    expect(refused.html).toContain('name="username"')
    expect(await accountOf(email)).toBeUndefined()
  })

  test('of many at once with one address, one is made', async () => {
    const { browser, page, email } = await withProvenAddress()
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => browser.post('/register', passwordIn(page))),
    )
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1)
    const { id = '' } = (await accountOf(email)) ?? {}
    const made = (await eventsOf(id)).filter(({ type }) => type === 'user.registered')
    expect(made).toHaveLength(1)
  })

  test('50 uses of a code at once: one counts', async () => {
    const email = newAddress()
    const mail = startMail()
    await mail.deliver(email)
    const browser = mail.open()
    const page = await typeAddress(browser, email)
    const { code } = await mail.arrived(1)
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => browser.post('/register', { ...page.hidden, code })),
    )
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1)
  })
})

describe('who may register', () => {
  test('nobody, where accounts are by invitation: the default', async () => {
    await useSettings({})
    const browser = startMail().open()
    const page = await browser.get('/register')
    expect(page.status).toBe(403)
    expect(page.html).toContain(texts.closed)
    expect((await browser.get('/login')).html).not.toContain('/register')
    const metadata = await browser.get('/.well-known/openid-configuration')
    expect(JSON.parse(metadata.html).prompt_values_supported).not.toContain('create')
    const refused = await browser.get(authorizePath(await addApplication(), { prompt: 'create' }))
    expect(new URL(refused.location ?? '').searchParams.get('error')).toBe('invalid_request')
  })

  test('nobody where no message can prove an address', async () => {
    expect((await openBrowser().get('/register')).status).toBe(403)
  })

  test('everybody, where it is open: the sign-in page and the metadata say so', async () => {
    const browser = startMail().open()
    expect((await browser.get('/login')).html).toContain('/register?next=account')
    const metadata = await browser.get('/.well-known/openid-configuration')
    expect(JSON.parse(metadata.html).prompt_values_supported).toContain('create')
  })

  test('nobody on the way to an application that does not want it', async () => {
    const app = await addApplication()
    await database.update(clients).set({ allow_registration: false }).where(eq(clients.client_id, app))
    const browser = startMail().open()
    const refused = await browser.get(authorizePath(app, { prompt: 'create' }))
    expect(new URL(refused.location ?? '').searchParams.get('error')).toBe('invalid_request')
    const page = await browser.follow(await browser.get(authorizePath(app)))
    expect(page.html).not.toContain('/register')
    // Attack: the page is opened by hand.
    const { interaction = '' } = page.hidden
    expect((await browser.get(`/register?interaction=${interaction}`)).status).toBe(403)
  })

  test('those with an address of a domain of the list, in any spelling, and of none below it', async () => {
    await useSettings({
      ...open,
      ...{
        'registration.mode': 'domains',
        'registration.allowed_domains': ['example.test', 'xn--bcher-kva.test'],
      },
    })
    const browser = startMail().open()
    for (const email of ['a@mail.example.test', 'a@example.test.evil.test', 'a@other.test']) {
      expect((await typeAddress(browser, email)).html, email).toContain(texts.domainNotAllowed)
    }
    for (const email of ['a1@EXAMPLE.test', 'a2@bücher.test']) {
      expect((await typeAddress(browser, email)).html, email).toContain(texts.sent)
    }
  })

  test('what is no address gets no message', async () => {
    const browser = startMail().open()
    for (const email of [
      '',
      'ada',
      'ada@',
      'a b@example.test',
      'Ada <ada@example.test>',
      'a@b@example.test',
    ]) {
      const page = await typeAddress(browser, email)
      expect(page.status, email).toBe(400)
      expect(page.html, email).toContain(texts.emailInvalid)
    }
  })
})

describe('who has an account already', () => {
  test('learns it in their mailbox; the pages are those of everybody', async () => {
    const person = await addPerson()
    const mail = startMail()
    const stranger = newAddress()
    await Promise.all([mail.deliver(person.email), mail.deliver(stranger)])
    const walk = async (email: string) => {
      const browser = mail.open()
      const page = await typeAddress(browser, email)
      const wrong = await browser.post('/register', { ...page.hidden, code: '000000' })
      const garbled = await browser.post('/register', { ...page.hidden, code: 'nonsense' })
      return [page, wrong, garbled].map((shown) => {
        const { html, ...rest } = withoutChance(shown)
        return { ...rest, html: html.replaceAll(email, '').replaceAll(/sign_up(?:=|%3D)[\w-]+/g, '') }
      })
    }
    const [known, unknown] = [await walk(person.email), await walk(stranger)]
    expect(known).toEqual(unknown)
    await mail.arrived(2)
    const mails = await mail.mails()
    const toKnown = mails.find(({ to }) => to === person.email)
    expect(toKnown?.text).toContain(en.mail.accountExists.title)
    expect(toKnown?.code).toBeUndefined()
    expect(mails.find(({ to }) => to === stranger)?.code).toMatch(/^\d{6}$/)
  })

  test('registered in another tab: the second one is told, and nothing changes', async () => {
    const { browser, page, email } = await withProvenAddress()
    await browser.post('/register', passwordIn(page))
    const before = await accountOf(email)
    browser.cookies.delete(session)
    const again = await browser.post('/register', passwordIn(page, 'another-kettle-orbit'))
    expect(again.html).toContain(texts.exists)
    expect(await accountOf(email)).toEqual(before)
    expect((await signIn(openBrowser(), email, 'another-kettle-orbit')).status).toBe(400)
  })
})

describe('what a browser holds of it', () => {
  test('is worthless in another browser, and for another authorization request', async () => {
    const { page } = await withProvenAddress()
    const thief = startMail().open()
    const own = await thief.get('/register')
    const stolen = { ...passwordIn(page), csrf_token: own.hidden['csrf_token'] ?? '' }
    const answered = await thief.post('/register', stolen)
    expect(answered.status).toBe(400)
    expect(answered.html).toContain(texts.expiredTitle)

    const { browser, page: other } = await withProvenAddress(
      authorizePath(await addApplication(), { prompt: 'create' }),
    )
    const { interaction: _left, ...without } = passwordIn(other) as Record<string, string>
    expect((await browser.post('/register', without)).html).toContain(texts.expiredTitle)
  })

  test('ends after half an hour', async () => {
    const { browser, page } = await withProvenAddress()
    await later(31 * 60_000, open, async () => {
      expect((await browser.post('/register', passwordIn(page))).html).toContain(texts.expiredTitle)
    })
  })

  test('ends half an hour after the code, however often its page is loaded', async () => {
    const { browser, page } = await withProvenAddress()
    let current = page
    for (const minutes of [20, 40]) {
      await later(minutes * 60_000, open, async () => {
        current = await browser.get(
          `/register?${new URLSearchParams({ sign_up: current.hidden['sign_up'] ?? '' })}`,
        )
      })
    }
    expect(current.html).toContain(texts.expiredTitle)
  })

  test('skips no step', async () => {
    const email = newAddress()
    const mail = startMail()
    const browser = mail.open()
    const page = await typeAddress(browser, email)
    // Attack: the account is made without the code.
    const skipped = await browser.post('/register', {
      ...passwordIn(page),
      new_password: goodPassword,
      repeat_password: goodPassword,
    })
    expect((await browser.follow(skipped)).html).toContain(texts.sent)
    expect(await accountOf(email)).toBeUndefined()
  })
})

describe('limits', () => {
  test('an address gets five messages an hour, and a code five guesses', async () => {
    const email = newAddress()
    const mail = startMail()
    await mail.deliver(email)
    const browser = mail.open()
    const page = await typeAddress(browser, email)
    const { code } = await mail.arrived(1)
    for (let guess = 1; guess <= 5; guess++) {
      await browser.post('/register', { ...page.hidden, code: otherThan(code, guess) })
    }
    const over = await browser.post('/register', { ...page.hidden, code })
    expect(over.status).not.toBe(303)
    let current = page
    for (let sent = 1; sent <= maxCodesSent; sent++) {
      await later(31_000 * sent, open, async () => {
        current = await browser.follow(await browser.post('/register', { ...current.hidden, send: 'yes' }))
      })
    }
    expect(current.status).toBe(429)
  })

  test('one address of the network begins twenty an hour', async () => {
    const browser = startMail().open('198.51.100.77')
    const statuses = []
    for (let count = 0; count < 21; count++) statuses.push((await typeAddress(browser, newAddress())).status)
    expect(statuses.slice(0, 20).every((status) => status === 200)).toBe(true)
    expect(statuses[20]).toBe(429)
  })
})

describe('behind a proven address', () => {
  test('registrations take nothing from those who sign in behind the same address of the network', async () => {
    await useSettings({ ...open, 'registration.username': 'required' })
    const from = '198.51.100.79'
    const { username } = await addPerson()
    const { browser, page, email } = await withProvenAddress(undefined, from)
    const say = (name: string) => browser.post('/register', { ...page.hidden, username: name })
    let said = await say(username)
    for (let time = 0; time < 40 && said.status !== 429; time++) said = await say(username)
    expect(said.headers.get('ratelimit-policy')).toBe('"register-step-ip";q=30;w=300')
    expect(await accountOf(email)).toBeUndefined()
    expect((await signIn(openBrowser(from), username, goodPassword)).location).toBe('/account')
  })

  test('usernames are not tried without end', async () => {
    await useSettings({ ...open, 'registration.username': 'required' })
    const { username } = await addPerson()
    const { browser, page } = await withProvenAddress()
    const tries = Array.from({ length: 40 }, () => browser.post('/register', { ...page.hidden, username }))
    const statuses = (await Promise.all(tries)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 400).length).toBeLessThanOrEqual(30)
    expect(statuses).toContain(429)
  })

  test('a form that is sent all day costs a hash a few times, also when the account is made', async () => {
    const { browser, page, email } = await withProvenAddress()
    const fields = passwordIn(page)
    expect((await browser.post('/register', fields)).location).toBe('/account')
    const again = Array.from({ length: 40 }, () => browser.post('/register', fields))
    const statuses = (await Promise.all(again)).map(({ status }) => status)
    expect(statuses.filter((status) => status !== 429).length).toBeLessThanOrEqual(30)
    expect(statuses).toContain(429)
    expect(await accountOf(email)).toBeDefined()
  })
})

describe('a challenge', () => {
  const challenging: StoredSettings = { ...open, 'registration.challenge': 'when_abused' }
  const solve = async (page: Shown) => {
    const puzzle = (page.hidden['puzzle'] ?? '').replaceAll('&quot;', '"')
    const solution = await solveChallenge({ challenge: JSON.parse(puzzle), deriveKey })
    return { puzzle, answer: JSON.stringify(solution) }
  }

  test('is asked for when more register than usual, counts for one address, and cannot be made easier', async () => {
    await useSettings(challenging)
    const browser = startMail().open('198.51.100.78')
    for (let calm = 0; calm < 5; calm++) {
      expect((await typeAddress(browser, newAddress())).html).toContain(texts.sent)
    }
    const email = newAddress()
    const challenged = await typeAddress(browser, email)
    expect(challenged.status).toBe(200)
    expect(challenged.html).toContain(texts.challenged)
    expect(challenged.html).toContain('/assets/work.')
    const script = /\/assets\/work\.[0-9a-z]{7}\.js/.exec(challenged.html)?.[0] as string
    expect((await browser.get(script)).html).toContain('PBKDF2')
    const { puzzle, answer: solved } = await solve(challenged)
    const send = (fields: Record<string, string>) =>
      browser.post('/register', { ...challenged.hidden, email, puzzle, answer: solved, ...fields })
    const harder = JSON.parse(puzzle)
    for (const [attack, fields] of Object.entries({
      'no answer': { answer: '' },
      'for another address': { email: newAddress() },
      'a wrong answer': { answer: solved.replace(/\d+/, (count) => String(Number(count) + 1)) },
      'an easier puzzle': {
        puzzle: JSON.stringify({ ...harder, parameters: { ...harder.parameters, keyPrefix: '' } }),
      },
      'a dearer puzzle': {
        puzzle: JSON.stringify({ ...harder, parameters: { ...harder.parameters, cost: 1e9 } }),
      },
      'a signature of nobody': { puzzle: JSON.stringify({ ...harder, signature: '00'.repeat(32) }) },
      'no JSON': { puzzle: '{' },
    })) {
      expect((await send(fields)).html, attack).toContain(texts.challenged)
    }
    expect((await browser.follow(await send({}))).html).toContain(texts.sent)
  })

  test('is asked of everybody where the deployment says so', async () => {
    await useSettings({ ...open, 'registration.challenge': 'always' })
    const browser = startMail().open()
    expect((await typeAddress(browser, newAddress())).html).toContain(texts.challenged)
  })
})
