/** Whoever has lost every second factor waits, and the owner of the account can stop it. */
import { eq } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  accountRecoveries,
  auditEvents,
  otpCredentials,
  passkeys,
  recoveryCodes,
  users,
} from '../../src/db/schema.ts'
import { en } from '../../src/messages/en.ts'
import { withPasskey } from '../account/passkey-pages.ts'
import { testDatabase } from '../fakes/database.ts'
import { addRecoveryCodeRows } from '../worker/factors.ts'
import { hearLog } from '../worker/hear-log.ts'
import { useSettings } from '../worker/local-settings.ts'
import { addPersonWithApp, codeOf, type PersonWithApp, passPassword } from './authenticator.ts'
import { openBrowser, type Shown, signIn } from './browser.ts'
import { later, type Mail, startMail } from './mailbox.ts'
import type { Person } from './people.ts'
import { choosePassword, newPassword, passCode, type Recovering, recovering } from './recovering.ts'

const database = testDatabase()
// Destinations that no test lets send say so.
hearLog()
const session = '__Host-authly_session'
const hour = 3_600_000
beforeEach(() => useSettings({}))
afterEach(() => useSettings({}))

const rowOf = async ({ id }: Person) =>
  (await database.select().from(accountRecoveries).where(eq(accountRecoveries.user_id, id)))[0]
const eventsOf = async ({ id }: Person) =>
  (await database.select().from(auditEvents).where(eq(auditEvents.user_id, id))).map(({ type }) => type)
const asksForPassword = ({ html }: Shown) => html.includes('name="new_password"')

/** The page of the waiting period, of a recovery whose code was typed. */
async function openWaiting({ browser }: Pick<Recovering, 'browser'>, asked: Shown): Promise<Shown> {
  const { sign_in = '' } = asked.hidden
  return browser.get(`/login?${new URLSearchParams({ sign_in, step: 'lost_factors' })}`)
}

interface Waiting extends Recovering {
  readonly person: Person
  readonly offered: Shown
  readonly waiting: Shown
  readonly notice: Mail
}

/** Somebody who waits; the notice has arrived. */
async function waitingFor(person: Person, own?: Parameters<typeof recovering>[2]): Promise<Waiting> {
  const begun = await recovering(person, undefined, own)
  const offered = await openWaiting(begun, await passCode(begun))
  const before = (await begun.service.mails()).length
  const waiting = await begun.browser.follow(await begun.browser.post('/login', offered.hidden))
  const notice = await begun.service.arrived(before + 1)
  return { ...begun, person, offered, waiting, notice }
}

const press = async ({ service, notice }: Waiting): Promise<Shown> => {
  const browser = service.open()
  const page = await browser.get(notice.link as string)
  return browser.post('/recovery/stop', page.hidden)
}

/** Signs in with password and app: with the code of a step that was not used yet. */
async function proveApp({ person, app }: PersonWithApp): Promise<void> {
  const browser = openBrowser()
  const asked = await passPassword(browser, person)
  expect((await browser.post('/login', { ...asked.hidden, code: codeOf(app, 1) })).location).toBe('/account')
}

describe('the waiting period', () => {
  test('ends in another password and without the factors, and every address is told', async () => {
    const { person } = await addPersonWithApp()
    await addRecoveryCodeRows(person.id, 2)
    const begun = await waitingFor(person)
    expect(begun.offered.html).toContain('72 hours')
    expect(begun.waiting.html).toContain('The waiting period has begun')
    expect(begun.notice.to).toBe(person.email)
    expect(begun.browser.cookies.has(session)).toBe(false)
    await later(72 * hour + 60_000, {}, async () => {
      const again = await recovering(person, undefined, begun)
      const page = await passCode(again)
      expect(page.html).toContain(en.recovery.lost.choose)
      const before = (await again.service.mails()).length
      expect((await choosePassword(again.browser, page)).location).toBe('/account')
      await again.service.afterwards()
      await again.service.ring(person.email)
      const told = await again.service.arrived(before + 1)
      expect(told.text).toContain('was chosen for your account')
      expect((await signIn(openBrowser(), person.email, newPassword)).location).toBe('/account')
    })
    for (const table of [otpCredentials, recoveryCodes, accountRecoveries]) {
      expect(await database.select().from(table).where(eq(table.user_id, person.id))).toEqual([])
    }
    expect(await eventsOf(person)).toEqual(
      expect.arrayContaining(['recovery.waiting', 'recovery.completed', 'password.changed']),
    )
  })

  test('removes passkeys, also from what the account’s object knows', async () => {
    const { person } = await withPasskey()
    const begun = await waitingFor(person)
    await later(72 * hour + 60_000, {}, async () => {
      const again = await recovering(person, undefined, begun)
      expect((await choosePassword(again.browser, await passCode(again))).location).toBe('/account')
    })
    expect(await database.select().from(passkeys).where(eq(passkeys.user_id, person.id))).toEqual([])
  })

  test('opens nothing before its time, nor after it', async () => {
    const { person } = await addPersonWithApp()
    const begun = await waitingFor(person)
    await later(71 * hour, {}, async (pass) => {
      expect((await passCode(await recovering(person, undefined, begun))).hidden['step']).toBe('totp')
      await pass(74 * hour)
      expect((await passCode(await recovering(person, undefined, begun))).hidden['step']).toBe('totp')
    })
  })

  test('asked for again goes on, and does not begin anew', async () => {
    const { person } = await addPersonWithApp()
    const begun = await waitingFor(person)
    const row = await rowOf(person)
    const again = await begun.browser.follow(await begun.browser.post('/login', begun.offered.hidden))
    expect(again.html).toContain('The waiting period has begun')
    expect(await rowOf(person)).toEqual(row)
    expect(await begun.service.mails()).toHaveLength(2)
  })

  test('tells a verified telephone too, where text messages may go', async () => {
    const { person } = await addPersonWithApp()
    const number = `+49170${String(Date.now() % 10_000_000).padStart(7, '0')}`
    await database
      .update(users)
      .set({ phone_number: number, phone_number_verified: true })
      .where(eq(users.id, person.id))
    await useSettings({ 'sms.allowed_countries': ['+49'] })
    const service = startMail()
    await service.deliver(number, 'sms')
    const browser = service.open()
    await waitingFor(person, { service, browser })
    expect((await service.text(1)).body).toContain('/recovery/stop?link=')
  })
})

describe('it is stopped', () => {
  test('by who reads the notice: once, signing in nobody', async () => {
    const { person } = await addPersonWithApp()
    const begun = await waitingFor(person)
    const scanner = begun.service.open()
    for (let time = 0; time < 3; time++) {
      const page = await scanner.get(begun.notice.link as string)
      expect(page.status).toBe(200)
      for (const name of [person.email, person.username]) expect(page.html).not.toContain(name)
    }
    expect(await rowOf(person)).toBeDefined()
    const stopped = await press(begun)
    expect(stopped.html).toContain(en.noticePages.stoppedTitle)
    expect(await rowOf(person)).toBeUndefined()
    expect((await press(begun)).html).toContain(en.noticePages.over)
    expect(scanner.cookies.has(session)).toBe(false)
    // What was begun with it ends too.
    const late = await begun.browser.post('/login', begun.offered.hidden)
    expect(late.html).not.toContain('The waiting period has begun')
    await later(73 * hour, {}, async () => {
      expect((await passCode(await recovering(person, undefined, begun))).hidden['step']).toBe('totp')
    })
  })

  test('by a sign-in with the second factor', async () => {
    const known = await addPersonWithApp()
    const begun = await waitingFor(known.person)
    await proveApp(known)
    await later(73 * hour, {}, async () => {
      expect((await passCode(await recovering(known.person, undefined, begun))).hidden['step']).toBe('totp')
    })
  })

  test('by neither a password nor a wrong code', async () => {
    const { person } = await addPersonWithApp()
    const begun = await waitingFor(person)
    const browser = openBrowser()
    const asked = await passPassword(browser, person)
    await browser.post('/login', { ...asked.hidden, code: '000000' })
    await later(73 * hour, {}, async () => {
      expect(asksForPassword(await passCode(await recovering(person, undefined, begun)))).toBe(true)
    })
  })

  test('between the code and the new password: the factors stay', async () => {
    const { person } = await addPersonWithApp()
    const begun = await waitingFor(person)
    await later(73 * hour, {}, async () => {
      const again = await recovering(person, undefined, begun)
      const page = await passCode(again)
      expect(asksForPassword(page)).toBe(true)
      await press(begun)
      expect((await choosePassword(again.browser, page)).location).not.toBe('/account')
    })
    const generators = await database
      .select()
      .from(otpCredentials)
      .where(eq(otpCredentials.user_id, person.id))
    expect(generators).toHaveLength(1)
    expect((await signIn(openBrowser(), person.email, newPassword)).status).toBe(400)
  })

  test('in Postgres alone: that is enough', async () => {
    const { person } = await addPersonWithApp()
    const begun = await waitingFor(person)
    await later(73 * hour, {}, async () => {
      const again = await recovering(person, undefined, begun)
      const page = await passCode(again)
      await database.delete(accountRecoveries).where(eq(accountRecoveries.user_id, person.id))
      expect((await choosePassword(again.browser, page)).status).toBe(409)
    })
  })
})

describe('nobody waits', () => {
  test('who has a role that administers, or demands a class: the page says whom to ask', async () => {
    const { person } = await addPersonWithApp()
    await database
      .update(users)
      .set({ roles: ['admin'] })
      .where(eq(users.id, person.id))
    const begun = await recovering(person)
    const asked = await passCode(begun)
    const page = await openWaiting(begun, asked)
    expect(page.html).toContain(en.recovery.lost.barred)
    expect(page.html).not.toContain(en.recovery.lost.action)
    const { sign_in = '', csrf_token = '' } = asked.hidden
    await begun.browser.post('/login', { sign_in, csrf_token, step: 'lost_factors' })
    expect(await rowOf(person)).toBeUndefined()
  })

  test('who got such a role meanwhile', async () => {
    const { person } = await addPersonWithApp()
    const begun = await waitingFor(person)
    await database
      .update(users)
      .set({ roles: ['admin'] })
      .where(eq(users.id, person.id))
    await later(73 * hour, {}, async () => {
      expect((await passCode(await recovering(person, undefined, begun))).hidden['step']).toBe('totp')
    })
  })

  test('who signs in, and does not recover', async () => {
    const { person } = await addPersonWithApp()
    const browser = startMail().open()
    const asked = await passPassword(browser, person)
    const { sign_in = '', csrf_token = '' } = asked.hidden
    expect(asked.html).not.toContain('lost_factors')
    await browser.post('/login', { sign_in, csrf_token, step: 'lost_factors' })
    expect(await rowOf(person)).toBeUndefined()
  })
})

test('a link that is not ours, or is cut off, is over', async () => {
  const { person } = await addPersonWithApp()
  const { notice, service } = await waitingFor(person)
  const browser = service.open()
  for (const link of ['/recovery/stop', '/recovery/stop?link=x', (notice.link as string).slice(0, -3)]) {
    expect((await browser.get(link)).status).toBe(400)
  }
})
