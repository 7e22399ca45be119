import { describe, expect, test } from 'vitest'
import { passwordCredentials, users } from '../../src/db/schema.ts'
import { uuidv7 } from '../../src/kit/ids.ts'
import { argon2Hasher } from '../../src/passwords/argon2.ts'
import { policies } from '../../src/rate-limits/policies.ts'
import { testDatabase } from '../fakes/database.ts'
import { addAdmin, callAdmin } from '../worker/admin-client.ts'
import { addManaged } from '../worker/managed-person.ts'
import { openBrowser, signIn } from './browser.ts'
import { goodPassword } from './people.ts'

const { capacity: permits, perSeconds } = policies['login-ip']
/** The most guesses that a full bucket and what has grown back since `begun` allow. */
const maxGuesses = (begun: number) => permits + 1 + ((Date.now() - begun) / 1000) * (permits / perSeconds)

/** Many people with one password, whose hash is made once. */
async function addPeople(count: number): Promise<string[]> {
  const hash = await argon2Hasher.hash(goodPassword)
  const rows = Array.from({ length: count }, () => ({ id: uuidv7(), username: `office-${uuidv7()}` }))
  await testDatabase().insert(users).values(rows)
  await testDatabase()
    .insert(passwordCredentials)
    .values(rows.map(({ id }) => ({ user_id: id, hash })))
  return rows.map(({ username }) => username)
}

const statusOf = async (address: string, name: string, password = goodPassword) =>
  (await signIn(openBrowser(address), name, password)).status

describe('people of one office, each with the right password', () => {
  test('sign in one after the other, more of them than the address has permits', async () => {
    const names = await addPeople(permits + 15)
    const statuses = []
    for (const name of names) statuses.push(await statusOf('198.51.100.40', name))
    expect(statuses).toEqual(Array(names.length).fill(303))
  })

  test.each([
    ['from one address', () => '198.51.100.41'],
    ['from one IPv6 network', (index: number) => `2001:db8:40:1:${index.toString(16)}::1`],
  ])('sign in at the same moment %s', async (_, addressOf) => {
    const names = await addPeople(3 * permits)
    const statuses = await Promise.all(names.map((name, index) => statusOf(addressOf(index), name)))
    expect(statuses).toEqual(Array(names.length).fill(303))
  })

  test('sign in between the mistakes of colleagues, which are all that counts', async () => {
    const names = await addPeople(permits)
    for (const [index, name] of names.entries()) {
      expect(await statusOf('198.51.100.42', name)).toBe(303)
      expect(await statusOf('198.51.100.42', `typo-${index}`)).toBe(400)
    }
  }, 120_000)
})

describe('somebody who guesses from one address', () => {
  test('gets no guess more by signing in to an account of their own', async () => {
    const [own = ''] = await addPeople(1)
    const begun = Date.now()
    let guesses = 0
    for (let round = 0; round < permits + 10; round++) {
      const answer = await statusOf('198.51.100.43', own)
      if (answer === 429) break
      if ((await statusOf('198.51.100.43', `victim-${round}@office.test`, `guess ${round}`)) === 400)
        guesses++
    }
    expect(guesses).toBeLessThanOrEqual(maxGuesses(begun))
  }, 120_000)

  test('gets no guess more by sending them all at once', async () => {
    const browser = openBrowser('198.51.100.44')
    const page = await browser.get('/login')
    const guess = (index: number) =>
      browser.post('/login', {
        ...page.hidden,
        identifier: `victim-${index}@burst.test`,
        password: `guess ${index}`,
      })
    const begun = Date.now()
    const answers = await Promise.all(Array.from({ length: 2 * permits }, (_, index) => guess(index)))
    const guessed = answers.filter(({ status }) => status === 400).length
    expect(guessed).toBeGreaterThanOrEqual(permits)
    expect(guessed).toBeLessThanOrEqual(maxGuesses(begun))
  })
})

test('people invited at once set their passwords from one address: links are counted one by one', async () => {
  const admin = await addAdmin()
  const invited = await Promise.all(Array.from({ length: permits + 5 }, () => addManaged()))
  for (const person of invited) {
    const body = { method: 'link' }
    const reset = await callAdmin(admin, 'POST', `/admin/users/${person.id}/reset-password`, { body })
    const { setup_url } = (await reset.json()) as { setup_url: string }
    const browser = openBrowser('198.51.100.45')
    const page = await browser.get(new URL(setup_url).pathname + new URL(setup_url).search)
    const chosen = { new_password: goodPassword, repeat_password: goodPassword }
    expect((await browser.post('/set-password', { ...page.hidden, ...chosen })).status).toBe(303)
  }
})

test('a person changes their password as often as they know it, and a guesser is held up', async () => {
  const [name = ''] = await addPeople(1)
  const browser = openBrowser('198.51.100.46')
  await signIn(browser, name, goodPassword)
  const attempt = async (current_password: string) => {
    const page = await browser.get('/password')
    // Refused for what is new, not for what is current.
    const fields = { current_password, new_password: 'short', repeat_password: 'short' }
    return (await browser.post('/password', { ...page.hidden, ...fields })).status
  }
  const allowed = policies['password-user'].capacity
  for (let time = 0; time < allowed + 5; time++) expect(await attempt(goodPassword)).toBe(400)
  let guesses = 0
  while (guesses < 10 * allowed && (await attempt('a wrong guess')) === 400) guesses++
  expect(guesses).toBeGreaterThanOrEqual(allowed)
  expect(guesses).toBeLessThan(10 * allowed)
  expect(await attempt(goodPassword)).toBe(429)
})
