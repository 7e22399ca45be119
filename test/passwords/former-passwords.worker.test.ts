import { eq, sql } from 'drizzle-orm'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { passwordCredentials, passwordHistory, users } from '../../src/db/schema.ts'
import { argon2Hasher } from '../../src/passwords/argon2.ts'
import { createPasswordStore } from '../../src/passwords/password.store.ts'
import { testDatabase, useOwnDatabase } from '../fakes/database.ts'
import { type Browser, openBrowser, type Shown, signIn } from '../login/browser.ts'
import { addPerson, goodPassword, type Person } from '../login/people.ts'
import { addAdmin, callAdmin, type TestActor } from '../worker/admin-client.ts'

const [second, third] = ['copper-violin-meadow', 'granite-otter-parade']
let admin: TestActor
beforeAll(async () => {
  // The database itself keeps or deletes by the setting, which is the whole server's.
  await useOwnDatabase()
  admin = await addAdmin()
})

async function keep(count: number | null): Promise<void> {
  const changed = await callAdmin(admin, 'PATCH', '/admin/settings/passwords.history', {
    body: { value: count },
    headers: { 'if-match': '*' },
  })
  expect(changed.status).toBe(200)
}
afterEach(() => keep(null))

const formerOf = async ({ id }: Person) =>
  (
    await testDatabase()
      .select()
      .from(passwordHistory)
      .where(eq(passwordHistory.user_id, id))
      .orderBy(sql`replaced_at desc`)
  ).map(({ hash }) => hash)
const hashOf = async ({ id }: Person) =>
  (await testDatabase().select().from(passwordCredentials).where(eq(passwordCredentials.user_id, id)))[0]
    ?.hash

async function signedIn(person: Person, password: string): Promise<Browser> {
  const browser = openBrowser()
  expect((await signIn(browser, person.email, password)).status).toBe(303)
  return browser
}

async function change(browser: Browser, current: string, next: string): Promise<Shown> {
  const page = await browser.get('/password')
  const fields = { current_password: current, new_password: next, repeat_password: next }
  return browser.post('/password', { ...page.hidden, ...fields })
}

async function openLink(person: Person): Promise<{ browser: Browser; page: Shown }> {
  const answer = await callAdmin(admin, 'POST', `/admin/users/${person.id}/reset-password`, {
    body: { method: 'link' },
  })
  const { pathname, search } = new URL(((await answer.json()) as { setup_url: string }).setup_url)
  const browser = openBrowser()
  return { browser, page: await browser.get(pathname + search) }
}

const choose = ({ browser, page }: { browser: Browser; page: Shown }, password: string) =>
  browser.post('/set-password', { ...page.hidden, new_password: password, repeat_password: password })

describe('former passwords', () => {
  test('cannot be chosen again in a change, as many as the setting says', async () => {
    await keep(1)
    const person = await addPerson()
    const first = await hashOf(person)
    const browser = await signedIn(person, goodPassword)
    expect((await change(browser, goodPassword, second)).status).toBe(303)
    const refused = await change(browser, second, goodPassword)
    expect([refused.status, refused.html.includes('You have had this password before')]).toEqual([400, true])
    expect(await formerOf(person)).toEqual([first])

    expect((await change(browser, second, third)).status).toBe(303)
    expect(await formerOf(person)).toHaveLength(1)
    expect((await change(browser, third, second)).status).toBe(400)
    expect((await change(browser, third, goodPassword)).status).toBe(303)
  })

  test('cannot be chosen again by a link, which stays good, nor can the one that it replaces', async () => {
    await keep(5)
    const person = await addPerson()
    const opened = await openLink(person)
    expect(await hashOf(person)).toBeUndefined()
    const refused = await choose(opened, goodPassword)
    expect([refused.status, refused.html.includes('You have had this password before')]).toEqual([400, true])
    expect((await choose(opened, second)).location).toBe('/login?done=password')
  })

  test('are kept when an administrator hands over another one', async () => {
    await keep(5)
    const person = await addPerson()
    const first = await hashOf(person)
    const body = { method: 'temporary_password' }
    const answer = await callAdmin(admin, 'POST', `/admin/users/${person.id}/reset-password`, { body })
    const { temporary_password } = (await answer.json()) as { temporary_password: string }
    expect(await formerOf(person)).toEqual([first])
    const browser = openBrowser()
    const page = await browser.follow(await signIn(browser, person.email, temporary_password))
    const fields = { ...page.hidden, new_password: goodPassword, repeat_password: goodPassword }
    const refused = await browser.post('/login', fields)
    expect([refused.status, refused.html.includes('You have had this password before')]).toEqual([400, true])
  })

  test('are not kept without the setting, and those from before go with the next change', async () => {
    const person = await addPerson()
    await keep(3)
    const browser = await signedIn(person, goodPassword)
    await change(browser, goodPassword, second)
    expect(await formerOf(person)).toHaveLength(1)
    await keep(0)
    expect((await change(browser, second, goodPassword)).status).toBe(303)
    expect(await formerOf(person)).toEqual([])
  })

  test('a rehash is no change, and a deleted account leaves none', async () => {
    await keep(3)
    const person = await addPerson()
    const replacesHash = (await hashOf(person)) as string
    const newHash = await argon2Hasher.hash(goodPassword)
    const store = createPasswordStore(testDatabase())
    await store.renewPasswordHash({ userId: person.id, replacesHash, newHash })
    expect(await formerOf(person)).toEqual([])
    await testDatabase().execute(sql`
      insert into password_history (user_id, hash) values (${person.id}, 'former')`)
    await testDatabase().delete(users).where(eq(users.id, person.id))
    expect(await formerOf(person)).toEqual([])
  })

  test('of 8 changes at once one wins, and one hash is kept', async () => {
    await keep(3)
    const person = await addPerson()
    const first = await hashOf(person)
    const browsers = await Promise.all(Array.from({ length: 8 }, () => signedIn(person, goodPassword)))
    const answers = await Promise.all(
      browsers.map((each, index) => change(each, goodPassword, `${second}-${index}`)),
    )
    expect(answers.filter(({ location }) => location === '/account/security?done=password')).toHaveLength(1)
    expect(await formerOf(person)).toEqual([first])
  })
})
