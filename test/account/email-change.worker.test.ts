/** Another e-mail address, and the link that undoes it, seen from browsers. */
import { env, runInDurableObject } from 'cloudflare:test'
import { eq } from 'drizzle-orm'
import { beforeEach, describe, expect, test } from 'vitest'
import { auditEvents, emailChanges, passkeys, passwordCredentials, users } from '../../src/db/schema.ts'
import { uuidv7 } from '../../src/kit/ids.ts'
import { en } from '../../src/messages/en.ts'
import { withForms } from '../../src/users/account-normal-forms.ts'
import { testDatabase } from '../fakes/database.ts'
import { addPersonWithApp } from '../login/authenticator.ts'
import { type Browser, type Shown, signIn, withoutChance } from '../login/browser.ts'
import { later, type Mail, otherThan, startMail } from '../login/mailbox.ts'
import { addPerson, goodPassword, type Person } from '../login/people.ts'
import { choosePassword, passCode, recovering } from '../login/recovering.ts'
import { createSoftwareAuthenticator } from '../passkeys/software-authenticator.ts'
import { hearLog } from '../worker/hear-log.ts'
import { useSettings } from '../worker/local-settings.ts'
import { add, signInWithPasskey } from './passkey-pages.ts'

const database = testDatabase()
hearLog()
beforeEach(() => useSettings({}))

const path = '/account/email'
const newAddress = () => `new-${uuidv7()}@example.test`
const userOf = async ({ id }: Person) =>
  (await database.select().from(users).where(eq(users.id, id)))[0] as typeof users.$inferSelect
const changesOf = ({ id }: Person) => database.select().from(emailChanges).where(eq(emailChanges.user_id, id))
const eventsOf = async ({ id }: Person) =>
  (await database.select().from(auditEvents).where(eq(auditEvents.user_id, id))).map(({ type }) => type)

interface Signed {
  readonly service: ReturnType<typeof startMail>
  readonly browser: Browser
  readonly person: Person
}

async function signedIn(isProven = true): Promise<Signed> {
  const [service, person] = [startMail(), await addPerson()]
  await database.update(users).set({ email_verified: isProven }).where(eq(users.id, person.id))
  const browser = service.open()
  await signIn(browser, person.email, goodPassword)
  return { service, browser, person }
}

const ask = async ({ browser }: Signed, email: string): Promise<Shown> => {
  const page = await browser.get(path)
  return browser.post(path, { ...page.hidden, email })
}

/** Asks, and takes the code from the mailbox of the new address. */
async function withCode(signed: Signed, email = newAddress()) {
  await signed.service.deliver(email)
  const before = (await signed.service.mails()).length
  const page = await ask(signed, email)
  const { code } = await signed.service.arrived(before + 1)
  return { page, code, email }
}

/** Changes it; the message to the old address has arrived. */
async function changed(
  signed: Signed,
  old: string,
  email?: string,
): Promise<Mail & { readonly email: string }> {
  const asked = await withCode(signed, email)
  await signed.service.deliver(old)
  const before = (await signed.service.mails()).length
  const done = await signed.browser.post(path, { ...asked.page.hidden, code: asked.code })
  expect(done.location).toBe('/account?done=email')
  const notice = await signed.service.arrived(before + 1)
  return { ...notice, email: asked.email }
}

const press = async ({ service }: Signed, { link }: Pick<Mail, 'link'>): Promise<Shown> => {
  const browser = service.open()
  const page = await browser.get(link as string)
  expect(page.status).toBe(200)
  return browser.post('/email/undo', page.hidden)
}

describe('another e-mail address', () => {
  test('is taken after its code, and the old one is told', async () => {
    const signed = await signedIn()
    const { person } = signed
    const { html } = await signed.browser.get('/account')
    expect(html).toMatch(new RegExp(`<dd>[^]*${person.email}[^]*<a href="${path}"[^]*</dd>`))
    const notice = await changed(signed, person.email)
    expect(notice.to).toBe(person.email)
    expect(notice.text).not.toContain(notice.email)
    expect(await userOf(person)).toMatchObject({ email: notice.email, email_verified: true, version: 2 })
    expect(await eventsOf(person)).toContain('email.changed')
    expect((await signIn(signed.service.open(), notice.email, goodPassword)).location).toBe('/account')
    expect((await signIn(signed.service.open(), person.email, goodPassword)).status).toBe(400)
  })

  test('in place of one that nobody had proven: its reader, maybe a stranger, is told nothing and undoes nothing', async () => {
    const signed = await signedIn(false)
    const { page, code, email } = await withCode(signed)
    await signed.service.deliver(signed.person.email)
    const done = await signed.browser.post(path, { ...page.hidden, code })
    expect(done.location).toBe('/account?done=email')
    expect(await userOf(signed.person)).toMatchObject({ email, email_verified: true })
    expect(await changesOf(signed.person)).toEqual([])
    await signed.service.afterwards()
    expect((await signed.service.mails()).map(({ to }) => to)).toEqual([email])
  })

  test('needs a fresh sign-in that is as strong as the account', async () => {
    const { person, browser } = await addPersonWithApp()
    const service = startMail()
    const here = service.open()
    for (const [name, value] of browser.cookies) here.cookies.set(name, value)
    expect((await here.get(path)).location).toContain('because=stronger')
    const signed = await signedIn()
    const form = await signed.browser.get(path)
    await later(901_000, {}, async () => {
      const sent = await signed.browser.post(path, { ...form.hidden, email: newAddress() })
      expect(sent.location).toContain('because=again')
    })
    expect((await userOf(person)).email).toBe(person.email)
  })

  test('that another account has gets the same page; its owner gets a message and no code', async () => {
    const [other, signed] = [await addPerson(), await signedIn()]
    await signed.service.deliver(other.email)
    const page = await ask(signed, other.email)
    const told = await signed.service.arrived(1)
    expect(told.to).toBe(other.email)
    expect(told.code).toBeUndefined()
    expect(told.text).toContain('tried to use this email address')
    const free = await ask(await signedIn(), newAddress())
    expect(withoutChance(page)).toEqual(withoutChance(free))
    const wrong = await signed.browser.post(path, { ...page.hidden, code: '123456' })
    expect(wrong.status).toBe(400)
    expect((await userOf(signed.person)).email).toBe(signed.person.email)
  })

  test('in another spelling of one that has an account is told to the address of that account alone', async () => {
    const signed = await signedIn()
    const owner = { ...(await addPerson()), email: `mike-${uuidv7().slice(-12)}@example.test` }
    await database
      .update(users)
      .set(withForms({ email: owner.email }))
      .where(eq(users.id, owner.id))
    await signed.service.deliver(owner.email)
    expect((await ask(signed, owner.email.replace('mike', 'mıke'))).status).toBe(200)
    expect((await signed.service.arrived(1)).to).toBe(owner.email)
  })

  test('that was taken while its code was on the way is refused', async () => {
    const signed = await signedIn()
    const { page, code, email } = await withCode(signed)
    await database.insert(users).values({ id: uuidv7(), username: `t-${uuidv7().slice(-12)}`, email })
    const late = await signed.browser.post(path, { ...page.hidden, code })
    expect(late.status).toBe(400)
    expect((await userOf(signed.person)).email).toBe(signed.person.email)
    expect(await changesOf(signed.person)).toEqual([])
  })

  test('a wrong code changes nothing, and of 50 uses of the right one one does', async () => {
    const signed = await signedIn()
    const { page, code } = await withCode(signed)
    expect((await signed.browser.post(path, { ...page.hidden, code: otherThan(code) })).status).toBe(400)
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => signed.browser.post(path, { ...page.hidden, code })),
    )
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1)
    expect(await changesOf(signed.person)).toHaveLength(1)
  })

  test('the form of one person in the session of another is none', async () => {
    const [mine, other] = [await signedIn(), await signedIn()]
    const { page, code } = await withCode(mine)
    const own = await other.browser.get(path)
    const sent = { ...own.hidden, change: page.hidden['change'] as string, code }
    expect((await other.browser.post(path, sent)).status).toBe(400)
    expect((await userOf(other.person)).email).toBe(other.person.email)
  })

  test.each(['', 'nobody', 'a@b@c', `${'x'.repeat(300)}@example.test`])('%j is no address', async (email) => {
    expect((await ask(await signedIn(), email)).status).toBe(400)
  })
})

describe('the link to the old address', () => {
  test('opened, changes nothing; pressed, it puts the address back and ends everything', async () => {
    const signed = await signedIn()
    const { person, browser } = signed
    const notice = await changed(signed, person.email)
    const scanner = signed.service.open()
    for (let time = 0; time < 3; time++) {
      const page = await scanner.get(notice.link as string)
      for (const name of [person.email, person.username, notice.email]) expect(page.html).not.toContain(name)
    }
    expect((await userOf(person)).email).toBe(notice.email)
    const undone = await press(signed, notice)
    expect(undone.html).toContain(en.noticePages.undoneTitle)
    expect(await userOf(person)).toMatchObject({ email: person.email, email_verified: true })
    expect((await browser.get('/account')).location).toBe('/login')
    expect(await eventsOf(person)).toContain('email.restored')
  })

  test('pressed again, it completes what an outage interrupted: the sessions of a thief end', async () => {
    const signed = await signedIn()
    const { person, browser, service } = signed
    const notice = await changed(signed, person.email)
    const stolen = createSoftwareAuthenticator()
    expect((await add(browser, stolen)).status).toBe(303)
    await signInWithPasskey(browser, person, stolen)
    const inObject = (statement: string) =>
      runInDurableObject(
        env.USER_SESSIONS.getByName(person.id),
        (_, { storage }) => void storage.sql.exec(statement),
      )
    await inObject(`CREATE TRIGGER broken BEFORE DELETE ON sessions BEGIN SELECT RAISE(ABORT, 'broken'); END`)
    expect((await press(signed, notice)).status).toBeGreaterThanOrEqual(500)
    // Postgres has committed; of that the object was told before, so that its copy of the passkey signs nobody in.
    expect((await userOf(person)).email).toBe(person.email)
    await expect(signInWithPasskey(service.open(), person, stolen)).rejects.toThrow()
    expect((await browser.get('/account')).status).toBe(200)
    await inObject('DROP TRIGGER broken')
    const again = await press(signed, notice)
    expect(again.html).toContain(en.noticePages.undoneTitle)
    expect((await browser.get('/account')).location).toBe('/login')
    const types = await eventsOf(person)
    for (const type of ['email.restored', 'password.voided'])
      expect(types.filter((each) => each === type)).toHaveLength(1)
  })

  test('pressed again, it makes no newer password void, and is over once its owner has another address', async () => {
    const signed = await signedIn()
    const { person, service } = signed
    const notice = await changed(signed, person.email)
    expect((await press(signed, notice)).status).toBe(200)
    const begun = await recovering(person, undefined, { service, browser: service.open() })
    expect((await choosePassword(begun.browser, await passCode(begun))).location).toBe('/account')
    expect((await press(signed, notice)).status).toBe(200)
    expect((await begun.browser.get('/account')).location).toBe('/login')
    const stored = database
      .select()
      .from(passwordCredentials)
      .where(eq(passwordCredentials.user_id, person.id))
    expect(await stored).toHaveLength(1)
    await database
      .update(users)
      .set(withForms({ email: newAddress() }))
      .where(eq(users.id, person.id))
    expect((await press(signed, notice)).status).toBe(400)
  })

  test('leaves a thief nothing: neither the password they know, nor the factor they added, of which they alone were told', async () => {
    const signed = await signedIn()
    const { person, browser, service } = signed
    const notice = await changed(signed, person.email)
    const stolen = createSoftwareAuthenticator()
    expect((await add(browser, stolen)).status).toBe(303)
    await signInWithPasskey(browser, person, stolen)
    expect((await press(signed, notice)).status).toBe(200)
    expect((await signIn(service.open(), person.email, goodPassword)).status).toBe(400)
    await expect(signInWithPasskey(service.open(), person, stolen)).rejects.toThrow()
    expect(await database.select().from(passkeys).where(eq(passkeys.user_id, person.id))).toEqual([])
    expect(await eventsOf(person)).toContain('password.voided')
    const begun = await recovering(person, undefined, { service, browser: service.open() })
    expect((await choosePassword(begun.browser, await passCode(begun))).location).toBe('/account')
  })

  test('leaves factors that are older than the change: a reader of the old mailbox gets rid of none', async () => {
    const signed = await signedIn()
    const { person, browser } = signed
    const own = createSoftwareAuthenticator()
    expect((await add(browser, own)).status).toBe(303)
    await signInWithPasskey(browser, person, own)
    const early = new Date(Date.now() - 3_600_000)
    await database.update(passkeys).set({ created_at: early }).where(eq(passkeys.user_id, person.id))
    const notice = await changed(signed, person.email)
    expect((await add(browser, createSoftwareAuthenticator())).status).toBe(303)
    expect((await press(signed, notice)).status).toBe(200)
    expect(await database.select().from(passkeys).where(eq(passkeys.user_id, person.id))).toHaveLength(2)
  })

  test('leaves the password where nobody recovers by themselves', async () => {
    const signed = await signedIn()
    const notice = await changed(signed, signed.person.email)
    await useSettings({ 'recovery.mode': 'off' })
    expect((await press(signed, notice)).status).toBe(200)
    const entered = await signIn(signed.service.open(), signed.person.email, goodPassword)
    expect(entered.location).toBe('/account')
  })

  test('the first of two changes undoes both, and the second cannot be undone then', async () => {
    const signed = await signedIn()
    const first = await changed(signed, signed.person.email)
    const second = await changed(signed, first.email)
    expect((await press(signed, first)).status).toBe(200)
    expect((await userOf(signed.person)).email).toBe(signed.person.email)
    expect((await press(signed, second)).status).toBe(400)
    expect((await userOf(signed.person)).email).toBe(signed.person.email)
  })

  test('50 presses at once: the address is put back once', async () => {
    const signed = await signedIn()
    const notice = await changed(signed, signed.person.email)
    const page = await signed.service.open().get(notice.link as string)
    const browser = signed.service.open()
    const own = await browser.get(notice.link as string)
    expect(page.status).toBe(200)
    await Promise.all(Array.from({ length: 50 }, () => browser.post('/email/undo', own.hidden)))
    const restored = (await eventsOf(signed.person)).filter((type) => type === 'email.restored')
    expect(restored).toHaveLength(1)
  })

  test('when somebody else has the old address meanwhile, it says so and ends the sessions', async () => {
    const signed = await signedIn()
    const { person } = signed
    const notice = await changed(signed, person.email)
    await database
      .insert(users)
      .values({ id: uuidv7(), username: `t-${uuidv7().slice(-12)}`, email: person.email })
    expect((await press(signed, notice)).html).toContain(en.noticePages.takenTitle)
    // It is all that its owner has left: recovery would ask the thief's mailbox.
    expect(await eventsOf(person)).not.toContain('password.voided')
    expect((await userOf(person)).email).toBe(notice.email)
    expect((await signed.browser.get('/account')).location).toBe('/login')
  })

  test.each<[string, (person: Person) => Promise<unknown>]>([
    [
      '72 hours have passed',
      ({ id }) =>
        database
          .update(emailChanges)
          .set({ expires_at: new Date(Date.now() - 1000) })
          .where(eq(emailChanges.user_id, id)),
    ],
    ['the account was deleted', ({ id }) => database.delete(users).where(eq(users.id, id))],
    [
      'the account was disabled',
      ({ id }) => database.update(users).set({ status: 'disabled' }).where(eq(users.id, id)),
    ],
  ])('is over when %s', async (_what, change) => {
    const signed = await signedIn()
    const notice = await changed(signed, signed.person.email)
    await change(signed.person)
    const answer = await press(signed, notice)
    expect(answer.status).toBe(400)
    expect(answer.html).toContain(en.noticePages.over)
  })
})
