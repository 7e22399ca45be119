import { eq } from 'drizzle-orm'
import { beforeAll, describe, expect, test, vi } from 'vitest'
import { auditEvents, passwordCredentials, users } from '../../src/db/schema.ts'
import { maxCodeFailures, maxCodesSent } from '../../src/delivery/codes/decide-code.ts'
import { uuidv7 } from '../../src/kit/ids.ts'
import { argon2Hasher } from '../../src/passwords/argon2.ts'
import { testDatabase } from '../fakes/database.ts'
import { hearLog } from '../worker/hear-log.ts'
import { useSettings } from '../worker/local-settings.ts'
import { addPersonWithApp, codeOf } from './authenticator.ts'
import { openBrowser, withoutChance } from './browser.ts'
import { askForCode, later, openCodePage, otherThan, startMail, typeCode } from './mailbox.ts'
import { addApplication, addPerson, authorizePath, goodPassword, type Person } from './people.ts'

const database = testDatabase()
// Destinations that no test lets send say so.
hearLog()
const mail = startMail()
const session = '__Host-authly_session'
const settings = { 'sign_in.email_codes': 'on' }
beforeAll(() => useSettings(settings))

/** A person whose mailbox is open, and a browser that has a code. */
async function withCode(person?: Person, from?: string) {
  const owner = person ?? (await addPerson())
  const service = startMail()
  await service.deliver(owner.email)
  const browser = service.open()
  const page = await askForCode(browser, owner.email, from)
  const { code } = await service.arrived(1)
  return { person: owner, service, browser, page, code }
}

const eventsOf = async ({ id }: Person) =>
  (await database.select().from(auditEvents).where(eq(auditEvents.user_id, id))).map(({ type }) => type)

describe('a code by e-mail', () => {
  test('signs in once, to where the person was going', async () => {
    const client = await addApplication()
    const { browser, page, code, person, service } = await withCode(undefined, authorizePath(client))
    expect(page.html).toContain('autocomplete="one-time-code"')
    expect(page.html).toContain('inputmode="numeric"')
    const done = await typeCode(browser, page, code)
    expect(done.status).toBe(303)
    expect(done.location).toContain('/oauth/authorize/resume')
    expect(browser.cookies.has(session)).toBe(true)
    // The form again, in a browser that is not signed in any more.
    browser.cookies.delete(session)
    const again = await typeCode(browser, page, code)
    expect(again.status).toBe(400)
    expect(browser.cookies.has(session)).toBe(false)
    await service.afterwards()
    await vi.waitFor(async () => expect(await eventsOf(person)).toContain('message.sent'))
  })

  test('proves the address', async () => {
    const { browser, page, code, person } = await withCode()
    const read = async () => (await database.select().from(users).where(eq(users.id, person.id)))[0]
    expect(await read()).toMatchObject({ email_verified: false, version: 1 })
    await typeCode(browser, page, code)
    expect(await read()).toMatchObject({ email_verified: true, version: 2 })
    const [event] = (
      await database.select().from(auditEvents).where(eq(auditEvents.user_id, person.id))
    ).filter(({ type }) => type === 'user.updated')
    expect(event).toMatchObject({
      ...{ actor_type: 'user', actor_id: person.id },
      changes: { email_verified: { before: false, after: true } },
    })
    expect(Object.keys(event?.changes as object)).toEqual(['email_verified'])
  })

  test('is typed in groups and in any digits', async () => {
    const { browser, page, code } = await withCode()
    const typed = [...code].map((digit) => String.fromCharCode(0x660 + Number(digit))).join('')
    const done = await typeCode(browser, page, ` ${typed.slice(0, 3)} ${typed.slice(3)}`)
    expect(done.location).toBe('/account')
  })

  test('50 uses at once: one signs in', async () => {
    const { browser, page, code } = await withCode()
    const answers = await Promise.all(Array.from({ length: 50 }, () => typeCode(browser, page, code)))
    expect(answers.filter(({ status }) => status === 303)).toHaveLength(1)
  })

  test('50 wrong ones at once: five count, and the right one is over', async () => {
    const { browser, page, code, service, person } = await withCode()
    const answers = await Promise.all(
      Array.from({ length: 29 }, (_, index) => typeCode(browser, page, otherThan(code, index + 1))),
    )
    expect(answers.filter(({ status }) => status === 303)).toEqual([])
    expect((await typeCode(service.open(), page, code)).status).toBe(403)
    const late = await typeCode(browser, page, code)
    expect(late.status).not.toBe(303)
    expect(await service.rowsOf(person.email, 'codes')).toEqual([])
    expect(maxCodeFailures).toBe(5)
  })

  test('holds in the browser that asked for it alone', async () => {
    const { page, code, service } = await withCode()
    const other = service.open()
    const first = await other.get('/login')
    const sent = { ...page.hidden, csrf_token: first.hidden['csrf_token'] as string, code }
    const answer = await other.post('/login', sent)
    expect(answer.status).toBe(400)
    expect(other.cookies.has(session)).toBe(false)
  })

  test('is none of another identifier', async () => {
    const { browser, page, code } = await withCode()
    const victim = await addPerson()
    const answer = await browser.post('/login', { ...page.hidden, code, identifier: victim.email })
    expect(answer.status).toBe(400)
    expect(browser.cookies.has(session)).toBe(false)
  })

  test('a new one takes the place of the one before', async () => {
    const { browser, page, code, service, person } = await withCode()
    const early = await browser.post('/login', { ...page.hidden, send: 'yes' })
    expect(early.status).toBe(429)
    expect(early.headers.get('retry-after')).toMatch(/^\d+$/)
    await later(31_000, settings, async () => {
      await service.deliver(person.email)
      const fresh = await browser.follow(await browser.post('/login', { ...page.hidden, send: 'yes' }))
      const second = await service.arrived(2)
      expect((await typeCode(browser, page, code)).status).toBe(400)
      expect((await typeCode(browser, fresh, second.code)).location).toBe('/account')
    })
  })

  test('ends after ten minutes', async () => {
    const { browser, page, code } = await withCode()
    await later(601_000, settings, async () => {
      const answer = await typeCode(browser, page, code)
      expect(answer.status).toBe(400)
      // The page asks for a new one.
      expect(answer.html).toContain('name="send"')
      expect(answer.html).not.toContain('name="code"')
    })
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
    [
      'the account was disabled',
      ({ id }) => database.update(users).set({ status: 'disabled' }).where(eq(users.id, id)),
    ],
    ['the account was deleted', ({ id }) => database.delete(users).where(eq(users.id, id))],
    [
      'the account has another address',
      ({ id }) =>
        database
          .update(users)
          .set({ email: `${uuidv7()}@moved.test` })
          .where(eq(users.id, id)),
    ],
    [
      'the account was deleted, and another one has its address',
      async ({ id, email }) => {
        await database.delete(users).where(eq(users.id, id))
        await database.insert(users).values({ id: uuidv7(), username: `n-${uuidv7().slice(-12)}`, email })
      },
    ],
  ])('is over when %s', async (_what, change) => {
    const { person, browser, page, code } = await withCode()
    await change(person)
    const answer = await typeCode(browser, page, code)
    expect(answer.status).toBe(400)
    expect(answer.html).toContain('does not work any more')
    expect(browser.cookies.has(session)).toBe(false)
  })

  test('for a username goes to an address that was proven, and to no other', async () => {
    const [proven, unproven] = [await addPerson(), await addPerson()]
    await database.update(users).set({ email_verified: true }).where(eq(users.id, proven.id))
    const service = startMail()
    for (const { username } of [proven, unproven]) {
      await service.deliver(username)
      await askForCode(service.open(), username)
    }
    expect((await service.arrived(1)).to).toBe(proven.email)
    await vi.waitFor(async () => expect(await service.rowsOf(unproven.username, 'messages')).toEqual([]))
    expect(await service.mails()).toHaveLength(1)
  })

  test('is a first factor: who has an app is asked for it, and both are of two kinds', async () => {
    const { person, app } = await addPersonWithApp()
    const { browser, page, code } = await withCode(person)
    const next = await browser.follow(await typeCode(browser, page, code))
    expect(next.hidden).toMatchObject({ step: 'totp' })
    expect(browser.cookies.has(session)).toBe(false)
    const done = await browser.post('/login', { ...next.hidden, code: codeOf(app, 1) })
    expect(done.location).toBe('/account')
  })

  test('is not offered after the password, nor where the setting is off', async () => {
    const browser = openBrowser()
    // This worker sends no e-mail.
    const page = await openCodePage(browser, 'somebody')
    expect(page.hidden).toMatchObject({ step: 'password' })
    expect(page.html).not.toContain('email_code')
    const sent = await browser.post('/login', { ...page.hidden, step: 'email_code', send: 'yes' })
    expect(sent.status).toBe(303)
    expect(await mail.rowsOf('somebody', 'sqlite_master')).toEqual(
      expect.not.arrayContaining([expect.objectContaining({ name: 'codes' })]),
    )
  })
})

describe('nobody learns who exists', () => {
  const names = async () => {
    const [known, restricted, disabled] = [
      await addPerson(),
      await addPerson({ mustChange: true }),
      await addPerson({ status: 'disabled' }),
    ]
    return {
      known: known.email,
      username: known.username,
      restricted: restricted.email,
      disabled: disabled.email,
      nobody: `${uuidv7()}@nobody.test`,
      odd: `"><b>${uuidv7()}`,
      wide: `${'é'.repeat(100)}${uuidv7()}`,
    }
  }

  test('every page is the same: asking, waiting, wrong, too often wrong', async () => {
    const all: Record<string, unknown[]> = {}
    for (const [kind, identifier] of Object.entries(await names())) {
      const browser = mail.open()
      const asking = await openCodePage(browser, identifier)
      const sent = await browser.post('/login', { ...asking.hidden, send: 'yes' })
      const waiting = await browser.follow(sent)
      const soon = await browser.post('/login', { ...waiting.hidden, send: 'yes' })
      const tries = []
      for (const typed of ['', 'abc', '12345', '123456', '123456', '123456', '123456', '123456', '123456']) {
        tries.push(await typeCode(browser, waiting, typed))
      }
      const statuses = tries.map(({ status }) => status)
      const pages = [asking, waiting, soon, ...tries].map((page) => {
        const shown = withoutChance(page)
        return { ...shown, html: shown.html.replaceAll(/<bdi>.*?<\/bdi>|\u2068[^\u2069]*\u2069/gs, '') }
      })
      all[kind] = [sent.status, statuses, pages]
    }
    for (const [kind, pages] of Object.entries(all)) expect(pages, kind).toEqual(all['known'])
  })

  test('every object stores the same rows, but for what is in them', async () => {
    const { known, nobody } = await names()
    const service = startMail()
    for (const identifier of [known, nobody]) await askForCode(service.open(), identifier)
    const shape = async (typed: string) => ({
      codes: (await service.rowsOf(typed, 'codes')).map((row) => [
        Object.keys(row),
        String(row['code_mac']).length,
        String(row['account_mark']).length,
      ]),
      counts: (await service.rowsOf(typed, 'code_counts')).length,
    })
    expect(await shape(nobody)).toEqual(await shape(known))
  })

  test('takes the same time', async () => {
    const time = async (identifier: string) => {
      const browser = mail.open()
      const page = await openCodePage(browser, identifier)
      const began = performance.now()
      const waiting = await browser.follow(await browser.post('/login', { ...page.hidden, send: 'yes' }))
      await typeCode(browser, waiting, '000000')
      return performance.now() - began
    }
    const times = { known: [] as number[], nobody: [] as number[] }
    for (let round = 0; round < 12; round++) {
      times.known.push(await time((await addPerson()).email))
      times.nobody.push(await time(`${uuidv7()}@nobody.test`))
    }
    const median = (values: number[]) => values.toSorted((a, b) => a - b)[6] as number
    const [known, nobody] = [median(times.known), median(times.nobody)]
    expect(Math.abs(known - nobody)).toBeLessThan(Math.max(25, Math.min(known, nobody)))
  })
})

describe('limits', () => {
  test('a destination gets so many an hour, known or not', async () => {
    for (const identifier of [(await addPerson()).email, `${uuidv7()}@nobody.test`]) {
      await later(0, settings, async (pass) => {
        const statuses: number[] = []
        for (let round = 0; round <= maxCodesSent; round++) {
          const browser = mail.open()
          const page = await openCodePage(browser, identifier)
          statuses.push((await browser.post('/login', { ...page.hidden, send: 'yes' })).status)
          await pass(31_000)
        }
        expect(statuses).toEqual([...Array.from({ length: maxCodesSent }, () => 303), 429])
      })
    }
  })

  test('a stranger who uses them up does not keep the owner out of a browser they know', async () => {
    const person = await addPerson()
    const service = startMail()
    const browser = service.open()
    const first = await browser.get('/login')
    await browser.post('/login', { ...first.hidden, identifier: person.email, password: goodPassword })
    browser.cookies.delete(session)
    await database.update(users).set({ email_verified: true }).where(eq(users.id, person.id))
    await service.deliver(person.email)
    await later(0, settings, async (pass) => {
      // By both identifiers, so that the limit of the account is used up too.
      for (let round = 0; round < maxCodesSent; round++) {
        for (const identifier of [person.email, person.username]) await askForCode(service.open(), identifier)
        await pass(31_000)
      }
      const stranger = service.open()
      const page = await openCodePage(stranger, person.email)
      expect((await stranger.post('/login', { ...page.hidden, send: 'yes' })).status).toBe(429)
      const own = await askForCode(browser, person.email)
      await service.ring(person.email)
      // Those of the stranger's, and this one.
      const { code } = await service.arrived(maxCodesSent + 1)
      expect((await typeCode(browser, own, code)).location).toBe('/account')
    })
  })

  test('an address asks for so many', async () => {
    const ip = '198.51.100.77'
    const statuses: number[] = []
    for (let round = 0; round < 31; round++) {
      const browser = mail.open(ip)
      const page = await openCodePage(browser, `${uuidv7()}@nobody.test`)
      statuses.push((await browser.post('/login', { ...page.hidden, send: 'yes' })).status)
    }
    expect(statuses.slice(0, 30).every((status) => status === 303)).toBe(true)
    expect(statuses[30]).toBe(429)
  })
})
