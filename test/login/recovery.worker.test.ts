/** "Forgot your password?", seen from browsers. */
import { eq } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { auditEvents, passwordCredentials, users } from '../../src/db/schema.ts'
import { uuidv7 } from '../../src/kit/ids.ts'
import { en } from '../../src/messages/en.ts'
import { argon2Hasher } from '../../src/passwords/argon2.ts'
import { optionsOf, withPasskey } from '../account/passkey-pages.ts'
import { testDatabase } from '../fakes/database.ts'
import type { SoftwareAuthenticator } from '../passkeys/software-authenticator.ts'
import { sessionsOf } from '../sessions/object-subject.ts'
import { hearLog } from '../worker/hear-log.ts'
import { useSettings } from '../worker/local-settings.ts'
import { addPersonWithApp, codeOf, passPassword } from './authenticator.ts'
import { issuer, openBrowser, type Shown, signIn, withoutChance } from './browser.ts'
import { askForCode, later, openCodePage, startMail, typeCode } from './mailbox.ts'
import { addApplication, addPerson, authorizePath, goodPassword, type Person } from './people.ts'
import {
  askToRecover,
  choosePassword,
  forgotPath,
  newPassword,
  openPasswordPage,
  openRecovery,
  passCode,
  recovering,
} from './recovering.ts'

const database = testDatabase()
// Destinations that no test lets send say so.
hearLog()
const session = '__Host-authly_session'
beforeEach(() => useSettings({}))
afterEach(() => useSettings({}))

const asksForPassword = ({ html }: Shown) => html.includes('name="new_password"')
/** What the script sends from the page that asks for a passkey. */
const proofOf = async (page: Shown, authenticator: SoftwareAuthenticator) => ({
  ...page.hidden,
  credential: JSON.stringify(await authenticator.get(optionsOf(page), { origin: issuer })),
})
const sessionsIn = ({ id }: Person) => sessionsOf(id).listSessions({ now: Date.now() })
const eventsOf = async ({ id }: Person) =>
  (await database.select().from(auditEvents).where(eq(auditEvents.user_id, id))).map(({ type }) => type)

describe('a forgotten password', () => {
  test('is replaced after a code to the mailbox, and the person goes where they were going', async () => {
    const [person, client] = [await addPerson(), await addApplication()]
    const begun = await recovering(person, authorizePath(client))
    expect(begun.page.html).toContain(en.recovery.title)
    expect(begun.mail.text).toContain('wants to choose a new password')
    const page = await passCode(begun)
    expect(page.html).toContain(en.recovery.chooseText)
    expect(begun.browser.cookies.has(session)).toBe(false)
    const done = await choosePassword(begun.browser, page)
    expect(done.location).toContain('/oauth/authorize/resume')
    expect((await begun.browser.follow(done)).html).toContain('Demo Shop')
    expect((await signIn(openBrowser(), person.email, goodPassword)).status).toBe(400)
    expect((await signIn(openBrowser(), person.email, newPassword)).location).toBe('/account')
    expect(await eventsOf(person)).toContain('password.changed')
  })

  test('ends what was opened with the old one, and codes that were sent before', async () => {
    const person = await addPerson()
    const [thief, service] = [openBrowser(), startMail()]
    await signIn(thief, person.email, goodPassword)
    await database.update(users).set({ email_verified: true }).where(eq(users.id, person.id))
    await service.deliver(person.username)
    const [other, early] = [service.open(), await askToRecover(service.open(), person.username)]
    const { code } = await service.arrived(1)
    const begun = await recovering(person)
    await choosePassword(begun.browser, await passCode(begun))
    expect((await thief.get('/account')).location).toBe('/login')
    expect(await sessionsIn(person)).toHaveLength(1)
    expect((await typeCode(other, early, code)).status).not.toBe(303)
  })

  test('needs no setting for codes, and no other way in is offered on the way', async () => {
    const browser = startMail().open()
    const page = await openRecovery(browser, (await addPerson()).email)
    expect(page.html).not.toContain('step=password')
    expect(page.html).not.toContain('step=passkey')
    // Without the link the step does not exist.
    expect((await openCodePage(startMail().open(), 'somebody')).hidden['step']).toBe('password')
  })

  test.each([
    ['the setting is off', { 'recovery.mode': 'off' }],
    ['people sign in without passwords', { 'sign_in.passwords': 'off', 'sign_in.email_codes': 'on' }],
  ] as const)('is not recovered where %s, not even by a page from before', async (_what, settings) => {
    const person = await addPerson()
    const { browser, page, mail } = await recovering(person)
    await useSettings(settings)
    const next = await browser.follow(await typeCode(browser, page, mail.code))
    expect(asksForPassword(next)).toBe(false)
    expect(forgotPath(await openPasswordPage(startMail().open(), person.email))).toBeUndefined()
  })

  test('is not recovered by a deployment that sends no e-mail', async () => {
    expect(forgotPath(await openPasswordPage(openBrowser(), (await addPerson()).email))).toBeUndefined()
  })

  test('must be an acceptable one, and not the one before', async () => {
    const person = await addPerson()
    const begun = await recovering(person)
    const page = await passCode(begun)
    expect((await choosePassword(begun.browser, page, 'short')).status).toBe(400)
    expect((await choosePassword(begun.browser, page, goodPassword)).status).toBe(400)
    expect((await choosePassword(begun.browser, page)).location).toBe('/account')
  })

  test('cannot be replaced when somebody else has replaced it meanwhile', async () => {
    const person = await addPerson()
    const begun = await recovering(person)
    const page = await passCode(begun)
    const hash = await argon2Hasher.hash('orbit kettle purple seven')
    await database.update(passwordCredentials).set({ hash }).where(eq(passwordCredentials.user_id, person.id))
    expect((await choosePassword(begun.browser, page)).status).toBe(400)
    expect((await signIn(openBrowser(), person.email, newPassword)).status).toBe(400)
  })

  test('of two recoveries the first one counts', async () => {
    const person = await addPerson()
    const first = await recovering(person)
    const firstPage = await passCode(first)
    await later(31_000, {}, async () => {
      const second = await recovering(person, undefined, first)
      const secondPage = await passCode(second)
      expect((await choosePassword(second.browser, secondPage)).location).toBe('/account')
      expect((await choosePassword(first.browser, firstPage, 'another orbit of kettles')).status).not.toBe(
        200,
      )
      expect((await signIn(openBrowser(), person.email, newPassword)).location).toBe('/account')
    })
  })

  test('is not asked of who signs in with a code', async () => {
    await useSettings({ 'sign_in.email_codes': 'on' })
    const person = await addPerson()
    const service = startMail()
    await service.deliver(person.email)
    const browser = service.open()
    const page = await askForCode(browser, person.email)
    const { code } = await service.arrived(1)
    const next = await browser.follow(await typeCode(browser, page, code))
    expect(asksForPassword(next)).toBe(false)
  })

  test('50 uses of the code at once: one goes on', async () => {
    const { browser, page, mail } = await recovering(await addPerson())
    const answers = await Promise.all(Array.from({ length: 50 }, () => typeCode(browser, page, mail.code)))
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1)
  })

  test('50 choices at once: one password is stored', async () => {
    const person = await addPerson()
    const begun = await recovering(person)
    const page = await passCode(begun)
    await Promise.all(
      Array.from({ length: 50 }, (_, each) => choosePassword(begun.browser, page, `${newPassword} ${each}`)),
    )
    expect((await eventsOf(person)).filter((type) => type === 'password.changed')).toHaveLength(1)
  })
})

describe('an account with strong factors', () => {
  test('is asked for its app before a password is chosen', async () => {
    const { person, app } = await addPersonWithApp()
    const begun = await recovering(person)
    const asked = await passCode(begun)
    expect(asked.hidden).toMatchObject({ step: 'totp' })
    // Attack: the page that comes later, sent at once.
    const early = await choosePassword(begun.browser, {
      ...asked,
      hidden: { ...asked.hidden, step: 'change_password' },
    })
    expect(asksForPassword(await begun.browser.follow(early))).toBe(false)
    const proven = await begun.browser.post('/login', { ...asked.hidden, code: codeOf(app, 1) })
    const page = await begun.browser.follow(proven)
    expect(asksForPassword(page)).toBe(true)
    expect((await choosePassword(begun.browser, page)).location).toBe('/account')
    expect(await sessionsIn(person)).toMatchObject([{ acr: 'urn:authly:acr:mfa' }])
  })

  test('is asked for it at a browser where it is remembered, too', async () => {
    await useSettings({ 'sign_in.remember_device_days': 30, 'notices.security': 'off' })
    const { person, app } = await addPersonWithApp()
    const service = startMail()
    const browser = service.open()
    const asked = await passPassword(browser, person)
    await browser.post('/login', { ...asked.hidden, code: codeOf(app, 0), remember_device: 'yes' })
    browser.cookies.delete(session)
    const begun = await recovering(person, undefined, { service, browser })
    expect((await passCode(begun)).hidden).toMatchObject({ step: 'totp' })
  })

  test('is asked for its passkey, which a password alone is not', async () => {
    const { person, authenticator } = await withPasskey()
    const begun = await recovering(person)
    const asked = await passCode(begun)
    expect(asked.html).toContain(en.passkeyStep.title)
    expect(asksForPassword(asked)).toBe(false)
    const proven = await begun.browser.post('/login', await proofOf(asked, authenticator))
    expect(asksForPassword(await begun.browser.follow(proven))).toBe(true)
  })

  test('without a password is signed in after its passkey', async () => {
    const { person, authenticator } = await withPasskey()
    await database.delete(passwordCredentials).where(eq(passwordCredentials.user_id, person.id))
    const begun = await recovering(person)
    const asked = await passCode(begun)
    const done = await begun.browser.post('/login', await proofOf(asked, authenticator))
    expect(done.location).toBe('/account')
  })
})

test('an account without any factor chooses its first password, unless it got one meanwhile', async () => {
  const [person, late] = [await addPerson(), await addPerson()]
  for (const { id } of [person, late]) {
    await database.delete(passwordCredentials).where(eq(passwordCredentials.user_id, id))
  }
  const begun = await recovering(person)
  expect((await choosePassword(begun.browser, await passCode(begun))).location).toBe('/account')
  expect((await signIn(openBrowser(), person.email, newPassword)).location).toBe('/account')
  const other = await recovering(late)
  const page = await passCode(other)
  const hash = await argon2Hasher.hash(goodPassword)
  await database.insert(passwordCredentials).values({ user_id: late.id, hash })
  expect((await choosePassword(other.browser, page)).status).toBe(400)
  expect((await signIn(openBrowser(), late.email, goodPassword)).location).toBe('/account')
})

describe('the link of the message', () => {
  beforeEach(() => useSettings({ 'sign_in.magic_links': 'on' }))
  const over = 'has been used, has expired or was replaced'
  const linked = async () => {
    const person = await addPerson()
    const begun = await recovering(person)
    return { person, ...begun, link: begun.mail.link as string }
  }

  test('leads on where it was asked for, once', async () => {
    const { browser, link, person } = await linked()
    const press = await browser.get(link)
    const page = await browser.follow(await browser.post('/login/link', press.hidden))
    expect(asksForPassword(page)).toBe(true)
    expect((await browser.post('/login/link', press.hidden)).html).toContain(over)
    expect((await choosePassword(browser, page)).location).toBe('/account')
    expect((await signIn(openBrowser(), person.email, newPassword)).location).toBe('/account')
  })

  test('forwarded, it shows the code alone', async () => {
    const { service, link, mail, person } = await linked()
    const other = service.open()
    const shown = await other.get(link)
    expect(shown.html).toContain(mail.code)
    for (const name of [person.email, person.username]) expect(shown.html).not.toContain(name)
    expect(other.cookies.has(session)).toBe(false)
  })

  test.each<[string, (person: Person) => Promise<unknown>]>([
    [
      'the password was changed',
      async ({ id }) =>
        database
          .update(passwordCredentials)
          .set({ hash: await argon2Hasher.hash('orbit kettle purple seven') })
          .where(eq(passwordCredentials.user_id, id)),
    ],
    ['the account was deleted', ({ id }) => database.delete(users).where(eq(users.id, id))],
    [
      'the account was disabled',
      ({ id }) => database.update(users).set({ status: 'disabled' }).where(eq(users.id, id)),
    ],
  ])('is over when %s', async (_what, change) => {
    const { person, browser, link } = await linked()
    await change(person)
    const answered = await browser.post('/login/link', (await browser.get(link)).hidden)
    expect(answered.status).toBe(400)
    expect(answered.html).toContain(over)
  })
})

test('nobody learns who exists: every page is the same', async () => {
  const [known, disabled, strong] = [
    await addPerson(),
    await addPerson({ status: 'disabled' }),
    await addPersonWithApp(),
  ]
  const names = {
    known: known.email,
    username: known.username,
    strong: strong.person.email,
    disabled: disabled.email,
    nobody: `${uuidv7()}@nobody.test`,
  }
  const mail = startMail()
  const all: Record<string, unknown> = {}
  for (const [kind, identifier] of Object.entries(names)) {
    const browser = mail.open()
    const password = await openPasswordPage(browser, identifier)
    const asking = await browser.get(forgotPath(password) as string)
    const sent = await browser.post('/login', { ...asking.hidden, send: 'yes' })
    const waiting = await browser.follow(sent)
    const soon = await browser.post('/login', { ...waiting.hidden, send: 'yes' })
    const wrong = await typeCode(browser, waiting, '000000')
    const pages = [password, asking, waiting, soon, wrong].map((page) => {
      const shown = withoutChance(page)
      return { ...shown, html: shown.html.replaceAll(/<bdi>.*?<\/bdi>|\u2068[^\u2069]*\u2069/gs, '') }
    })
    const rows = { codes: (await mail.rowsOf(identifier, 'codes')).length }
    all[kind] = [sent.status, rows, pages]
  }
  for (const [kind, pages] of Object.entries(all)) expect(pages, kind).toEqual(all['known'])
})
