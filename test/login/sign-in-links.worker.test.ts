import { runInDurableObject } from 'cloudflare:test'
import { eq } from 'drizzle-orm'
import { beforeAll, expect, test } from 'vitest'
import { passwordCredentials, users } from '../../src/db/schema.ts'
import { argon2Hasher } from '../../src/passwords/argon2.ts'
import { testDatabase } from '../fakes/database.ts'
import { hearLog } from '../worker/hear-log.ts'
import { useSettings } from '../worker/local-settings.ts'
import { addPersonWithApp } from './authenticator.ts'
import type { Browser, Shown } from './browser.ts'
import { askForCode, later, startMail, typeCode } from './mailbox.ts'
import { addApplication, addPerson, authorizePath, type Person } from './people.ts'

const database = testDatabase()
// Destinations that no test lets send say so.
hearLog()
const session = '__Host-authly_session'
const settings = { 'sign_in.email_codes': 'on', 'sign_in.magic_links': 'on' }
beforeAll(() => useSettings(settings))

async function withLink(person?: Person, from?: string) {
  const owner = person ?? (await addPerson())
  const service = startMail()
  await service.deliver(owner.email)
  const browser = service.open()
  const page = await askForCode(browser, owner.email, from)
  const { link = '', code } = await service.arrived(1)
  expect(link).toMatch(/^\/login\/link\?link=[\w-]+$/)
  return { person: owner, service, browser, page, link, code }
}

const press = async (browser: Browser, link: string): Promise<Shown> =>
  browser.post('/login/link', (await browser.get(link)).hidden)

const expectOver = (shown: Shown) => {
  expect(shown.status).toBe(400)
  expect(shown.html).toContain('has been used, has expired or was replaced')
}

test('one press signs in, to where the person was going', async () => {
  const client = await addApplication()
  const { browser, link, code, person } = await withLink(undefined, authorizePath(client))
  const page = await browser.get(link)
  expect(page.status).toBe(200)
  for (const name of [person.email, person.username, code]) expect(page.html).not.toContain(name)
  expect(page.headers.get('referrer-policy')).toBe('same-origin')
  expect(page.html).toContain('noindex')
  const done = await browser.post('/login/link', page.hidden)
  expect(done.location).toContain('/oauth/authorize/resume')
  expect((await browser.follow(done)).html).toContain('Demo Shop')
})

test('programs that open links change nothing', async () => {
  const { browser, link, service, person } = await withLink()
  const rows = () => service.rowsOf(person.email, 'codes')
  const before = await rows()
  for (let time = 0; time < 10; time++) {
    const scanner = service.open()
    expect((await scanner.get(link)).status).toBe(200)
    expect((await scanner.get(link, { 'sec-purpose': 'prefetch' })).status).toBe(200)
    expect(scanner.cookies.has(session)).toBe(false)
    expect((await browser.get(link)).status).toBe(200)
  }
  expect(await rows()).toEqual(before)
  expect((await press(browser, link)).location).toBe('/account')
})

test('opened in another browser it shows the code, and signs in nobody there', async () => {
  const { browser, page, link, code, service } = await withLink()
  const phone = service.open()
  const shown = await phone.get(link)
  expect(shown.status).toBe(200)
  expect(shown.html).toContain(code)
  expect(shown.html).not.toContain('<form method="post" action="/login')
  // Its form, sent all the same.
  const first = await phone.get('/login')
  const link_ = new URLSearchParams(link.split('?')[1]).get('link') as string
  const forced = await phone.post('/login/link', {
    csrf_token: first.hidden['csrf_token'] as string,
    link: link_,
  })
  expect(forced.status).toBe(200)
  expect(phone.cookies.has(session)).toBe(false)
  expect((await typeCode(browser, page, code)).location).toBe('/account')
})

test('a sign-in that somebody else began is not finished by opening its link', async () => {
  const victim = await addPerson()
  const { browser: attacker, link, service } = await withLink(victim)
  await service.open().get(link)
  expect(attacker.cookies.has(session)).toBe(false)
  expect((await attacker.get('/account')).location).toBe('/login')
})

test('opened twice: the second press says that it is over', async () => {
  const { browser, link } = await withLink()
  const page = await browser.get(link)
  expect((await browser.post('/login/link', page.hidden)).status).toBe(303)
  expectOver(await browser.post('/login/link', page.hidden))
  expectOver(await press(browser, link))
})

test('50 presses at once: one signs in', async () => {
  const { browser, link } = await withLink()
  const page = await browser.get(link)
  const answers = await Promise.all(
    Array.from({ length: 50 }, () => browser.post('/login/link', page.hidden)),
  )
  expect(answers.filter(({ status }) => status === 303)).toHaveLength(1)
})

test('after ten minutes it is over, before it is pressed', async () => {
  const { browser, link } = await withLink()
  const page = await browser.get(link)
  await later(601_000, settings, async () => {
    expectOver(await browser.get(link))
    expectOver(await browser.post('/login/link', page.hidden))
  })
})

test.each<[string, (person: Person) => Promise<unknown>]>([
  [
    'a password change',
    async ({ id }) =>
      database
        .update(passwordCredentials)
        .set({ hash: await argon2Hasher.hash('orbit kettle purple seven') })
        .where(eq(passwordCredentials.user_id, id)),
  ],
  ['disabling', ({ id }) => database.update(users).set({ status: 'disabled' }).where(eq(users.id, id))],
  ['deletion', ({ id }) => database.delete(users).where(eq(users.id, id))],
])('after %s it is over', async (_what, change) => {
  const { person, browser, link } = await withLink()
  await change(person)
  expectOver(await press(browser, link))
  expect(browser.cookies.has(session)).toBe(false)
})

test('the code that was typed is that of the link', async () => {
  const { browser, page, link, code } = await withLink()
  expect((await typeCode(browser, page, code)).location).toBe('/account')
  expectOver(await press(browser, link))
})

test('more that is demanded is asked for after the press', async () => {
  const { person } = await addPersonWithApp()
  const { browser, link } = await withLink(person)
  const next = await browser.follow(await press(browser, link))
  expect(next.hidden).toMatchObject({ step: 'totp' })
})

test.each(['', 'x', 'authly_il_a.b', 'é', 'A'.repeat(300), 'A'.repeat(5000)])(
  'odd input %#: the same page as for one that is over',
  async (link) => {
    const browser = startMail().open()
    expectOver(await browser.get(`/login/link?${new URLSearchParams({ link })}`))
    const { hidden } = await browser.get('/login')
    expectOver(await browser.post('/login/link', { csrf_token: hidden['csrf_token'] as string, link }))
  },
)

test('a form from elsewhere is refused, and uses nothing up', async () => {
  const { browser, link } = await withLink()
  const page = await browser.get(link)
  expect((await browser.post('/login/link', page.hidden, { origin: 'https://evil.test' })).status).toBe(403)
  expect((await browser.post('/login/link', { ...page.hidden, csrf_token: 'x' })).status).toBe(403)
  expect((await browser.post('/login/link', page.hidden)).status).toBe(303)
})

test('what is stored says nothing: neither code, nor address, nor link', async () => {
  const { person, service, code, link } = await withLink()
  const stored = await runInDurableObject(await service.objectOf(person.email), (_, { storage }) =>
    JSON.stringify([
      storage.sql.exec('SELECT * FROM codes').toArray(),
      storage.sql.exec('SELECT * FROM code_counts').toArray(),
    ]),
  )
  const sealed = new URLSearchParams(link.split('?')[1]).get('link') as string
  for (const secret of [code, person.email, person.username, person.id, sealed]) {
    expect(stored).not.toContain(secret)
  }
})
