/** What people are told about their account, and "this was not me". */
import { eq } from 'drizzle-orm'
import { beforeEach, describe, expect, test } from 'vitest'
import { auditEvents, passkeys, passwordCredentials, users } from '../../src/db/schema.ts'
import { en } from '../../src/messages/en.ts'
import { argon2Hasher } from '../../src/passwords/argon2.ts'
import { add, signInWithPasskey } from '../account/passkey-pages.ts'
import { testDatabase } from '../fakes/database.ts'
import { createSoftwareAuthenticator } from '../passkeys/software-authenticator.ts'
import { hearLog } from '../worker/hear-log.ts'
import { useSettings } from '../worker/local-settings.ts'
import { type Browser, type Shown, signIn } from './browser.ts'
import { later, type Mail, startMail } from './mailbox.ts'
import { addPerson, goodPassword, type Person } from './people.ts'
import { choosePassword, newPassword, passCode, recovering } from './recovering.ts'

const database = testDatabase()
hearLog()
beforeEach(() => useSettings({}))

const session = '__Host-authly_session'
const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'

/** A person whose mailbox is open, signed in at a first browser. */
async function atHome(email_verified = true) {
  const [service, person] = [startMail(), await addPerson()]
  await database.update(users).set({ email_verified }).where(eq(users.id, person.id))
  await service.deliver(person.email)
  const browser = service.open()
  await signIn(browser, person.email, goodPassword)
  await service.afterwards()
  return { service, person, browser }
}

const signInBy = async (browser: Browser, { email }: Person): Promise<Shown> => {
  const page = await browser.get('/login')
  const fields = { ...page.hidden, identifier: email, password: goodPassword }
  return browser.post('/login', fields, { 'user-agent': firefox })
}

const press = async (browser: Browser, { link }: Pick<Mail, 'link'>): Promise<Shown> => {
  const page = await browser.get(link as string)
  return browser.post('/not-me', page.hidden)
}

/** Somebody who was told of a sign-in elsewhere. */
async function told() {
  const home = await atHome()
  const elsewhere = home.service.open()
  await signInBy(elsewhere, home.person)
  await home.service.afterwards()
  return { ...home, elsewhere, notice: await home.service.arrived(1) }
}

describe('people are told of', () => {
  test('a sign-in on a new device: with its time and device, not with its address', async () => {
    const { notice, person } = await told()
    expect(notice.to).toBe(person.email)
    expect(notice.subject).toBe(en.notices.newDevice.subject('Authly'))
    expect(notice.text).toContain('Firefox, Linux')
    expect(notice.text).not.toContain(firefox)
    expect(notice.text).not.toMatch(/203\.0\.113\./)
  })

  test('no first sign-in, and none on a device that is known', async () => {
    const { service, person, browser } = await atHome()
    browser.cookies.delete(session)
    expect((await signInBy(browser, person)).location).toBe('/account')
    await service.afterwards()
    expect(await service.rowsOf(person.email, 'sqlite_master')).toEqual([])
  })

  test('a changed password', async () => {
    const { service, browser } = await atHome()
    const page = await browser.get('/password')
    const fields = { current_password: goodPassword, new_password: newPassword, repeat_password: newPassword }
    expect((await browser.post('/password', { ...page.hidden, ...fields })).location).toContain('/account')
    await service.afterwards()
    expect((await service.arrived(1)).text).toContain('was changed')
  })

  test('a factor that is added', async () => {
    const { service, browser } = await atHome()
    await add(browser, createSoftwareAuthenticator())
    await service.afterwards()
    expect((await service.arrived(1)).text).toContain('was added')
  })

  test('new recovery codes, and a factor that is removed', async () => {
    const { service, person, browser } = await atHome()
    const authenticator = createSoftwareAuthenticator()
    await add(browser, authenticator)
    await service.afterwards()
    await service.arrived(1)
    await signInWithPasskey(browser, person, authenticator)
    const codes = await browser.get('/account/recovery-codes')
    expect((await browser.post('/account/recovery-codes', { ...codes.hidden })).status).toBe(303)
    await service.afterwards()
    expect((await service.arrived(2)).subject).toBe(en.notices.recoveryCodes.subject('Authly'))
    const [stored] = await database.select().from(passkeys).where(eq(passkeys.user_id, person.id))
    const { hidden } = await browser.get('/account/passkeys')
    const { csrf_token = '' } = hidden
    const credential_id = stored?.credential_id ?? ''
    const removed = await browser.post('/account/passkeys/remove', { csrf_token, credential_id })
    expect(removed.location).toContain('done=passkey_removed')
    await service.afterwards()
    expect((await service.arrived(3)).text).toContain('was removed')
  })

  test.each([['the setting is off', { 'notices.security': 'off' }]] as const)(
    'nothing where %s',
    async (_what, settings) => {
      await useSettings(settings)
      const { service, person } = await atHome()
      await signInBy(service.open(), person)
      await service.afterwards()
      expect(await service.rowsOf(person.email, 'sqlite_master')).toEqual([])
    },
  )

  test('at an address that nobody has proven, with no button: a stranger who reads it takes nothing away', async () => {
    const { service, browser } = await atHome(false)
    await add(browser, createSoftwareAuthenticator())
    await service.afterwards()
    const { subject, link } = await service.arrived(1)
    expect(subject).toBe(en.notices.factorAdded.subject('Authly'))
    expect(link).toBeUndefined()
  })

  test('all the same with no button, where nobody recovers', async () => {
    await useSettings({ 'recovery.mode': 'off' })
    const { notice } = await told()
    expect(notice.link).toBeUndefined()
  })
})

describe('this was not me', () => {
  test('ends everything and makes the password void until it is recovered; it signs nobody in', async () => {
    const { service, person, browser, elsewhere, notice } = await told()
    const reader = service.open()
    for (let time = 0; time < 3; time++) {
      const page = await reader.get(notice.link as string)
      for (const name of [person.email, person.username]) expect(page.html).not.toContain(name)
    }
    expect((await elsewhere.get('/account')).status).toBe(200)
    expect((await press(reader, notice)).html).toContain(en.noticePages.doneTitle)
    expect(reader.cookies.has(session)).toBe(false)
    for (const each of [browser, elsewhere]) expect((await each.get('/account')).location).toBe('/login')
    expect((await signIn(service.open(), person.email, goodPassword)).status).toBe(400)
    const events = await database.select().from(auditEvents).where(eq(auditEvents.user_id, person.id))
    expect(events.map(({ type }) => type)).toContain('password.voided')
    const begun = await recovering(person, undefined, { service, browser: service.open() })
    expect((await choosePassword(begun.browser, await passCode(begun))).location).toBe('/account')
    expect((await signIn(service.open(), person.email, newPassword)).location).toBe('/account')
    // The owner has recovered: the same link, or an older one, is over.
    await database
      .update(passwordCredentials)
      .set({ changed_at: new Date(Date.now() + 120_000) })
      .where(eq(passwordCredentials.user_id, person.id))
    expect((await press(reader, notice)).status).toBe(400)
    expect((await signIn(service.open(), person.email, newPassword)).location).toBe('/account')
  })

  test('works once: 25 presses at once, and one does it', async () => {
    const { service, notice } = await told()
    const reader = service.open()
    const page = await reader.get(notice.link as string)
    const answers = await Promise.all(Array.from({ length: 25 }, () => reader.post('/not-me', page.hidden)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  })

  test('takes away the first factor of a thief, so that its owner is not asked for it', async () => {
    const { service, person, browser } = await atHome()
    const stolen = createSoftwareAuthenticator()
    expect((await add(browser, stolen)).status).toBe(303)
    await service.afterwards()
    const notice = await service.arrived(1)
    await signInWithPasskey(browser, person, stolen)
    expect((await press(service.open(), notice)).status).toBe(200)
    await expect(signInWithPasskey(browser, person, stolen)).rejects.toThrow()
    const left = await database.select().from(passkeys).where(eq(passkeys.user_id, person.id))
    expect(left).toEqual([])
    const events = await database.select().from(auditEvents).where(eq(auditEvents.user_id, person.id))
    expect(events.find(({ type }) => type === 'password.voided')).toMatchObject({ data: { factors: 1 } })
    const begun = await recovering(person, undefined, { service, browser: service.open() })
    expect((await choosePassword(begun.browser, await passCode(begun))).location).toBe('/account')
  })

  test('leaves an older factor, and one that was added days ago: a reader of the mailbox gets rid of neither', async () => {
    const { service, person, browser } = await atHome()
    await add(browser, createSoftwareAuthenticator())
    await service.afterwards()
    const first = await service.arrived(1)
    const created = (days: number) =>
      database
        .update(passkeys)
        .set({ created_at: new Date(Date.now() - days * 86_400_000) })
        .where(eq(passkeys.user_id, person.id))
    await created(1)
    expect((await press(service.open(), first)).status).toBe(200)
    const read = () => database.select().from(passkeys).where(eq(passkeys.user_id, person.id))
    expect(await read()).toHaveLength(1)

    const late = await atHome()
    await add(late.browser, createSoftwareAuthenticator())
    await late.service.afterwards()
    const notice = await late.service.arrived(1)
    await later(73 * 3_600_000, {}, async () => {
      expect((await press(late.service.open(), notice)).status).toBe(200)
    })
    const kept = await database.select().from(passkeys).where(eq(passkeys.user_id, late.person.id))
    expect(kept).toHaveLength(1)
  })

  test.each<[string, (person: Person) => Promise<unknown>]>([
    [
      'the password was changed since',
      async ({ id }) =>
        database
          .update(passwordCredentials)
          .set({ hash: await argon2Hasher.hash(newPassword), changed_at: new Date(Date.now() + 120_000) })
          .where(eq(passwordCredentials.user_id, id)),
    ],
    ['the account was deleted', ({ id }) => database.delete(users).where(eq(users.id, id))],
    [
      'the account was disabled',
      ({ id }) => database.update(users).set({ status: 'disabled' }).where(eq(users.id, id)),
    ],
  ])('is over when %s', async (_what, change) => {
    const { service, notice, person } = await told()
    await change(person)
    const answer = await press(service.open(), notice)
    expect(answer.status).toBe(400)
    expect(answer.html).toContain(en.noticePages.over)
  })

  test('is over after seven days', async () => {
    const { service, notice } = await told()
    await later(7 * 86_400_000 + 1000, {}, async () => {
      expect((await service.open().get(notice.link as string)).status).toBe(400)
    })
  })
})

test('a provider that is down fails no sign-in', async () => {
  const { service, person } = await atHome()
  await service.provider.set('down')
  expect((await signInBy(service.open(), person)).location).toBe('/account')
  await service.afterwards()
})
