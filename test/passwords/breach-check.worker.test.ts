import { createExecutionContext, env, waitOnExecutionContext } from 'cloudflare:test'
import { eq, sql } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { auditEvents, passwordCredentials } from '../../src/db/schema.ts'
import { issueSetupLink } from '../../src/users/password-setup.ts'
import worker from '../../src/worker.ts'
import type { SeenRequest } from '../fakes/breached-passwords.ts'
import { testDatabase } from '../fakes/database.ts'
import { type Browser, openBrowser, type Shown, signIn } from '../login/browser.ts'
import { addPerson, goodPassword, type Person } from '../login/people.ts'
import { testDependencies } from '../worker/admin-client.ts'
import { changingSettings } from '../worker/change-setting.ts'
import { hearLog } from '../worker/hear-log.ts'

const breached = 'violet-harbor-lantern'
/** First digits of its SHA-1: never in the log. */
const prefix = '41F9B'
const { TEST_BREACHED_PASSWORDS_URL: standIn } = env as unknown as { TEST_BREACHED_PASSWORDS_URL: string }
const database = testDatabase()
const log = hearLog()
const set = changingSettings()

/** A worker whose list of breached passwords behaves so, and what is still going on there after the answers. */
function startWorker(behaviour: string, base = standIn) {
  const label = crypto.randomUUID()
  const bindings = {
    ...env,
    AUTHLY_BREACHED_PASSWORDS_URL: `${base}/${behaviour}/${label}/range/`,
    AUTHLY_ALLOW_LOOPBACK_FETCH: 'true',
  } as Env
  const contexts: ExecutionContext[] = []
  return {
    open: (address?: string): Browser =>
      openBrowser(address, async (url, init) => {
        const ctx = createExecutionContext()
        contexts.push(ctx)
        return worker.fetch(new Request(url, init), bindings, ctx)
      }),
    afterwards: async () => {
      await Promise.all(contexts.splice(0).map((ctx) => waitOnExecutionContext(ctx)))
    },
    seen: async () => (await (await fetch(`${standIn}/seen/${label}`)).json()) as SeenRequest[],
  }
}

const storedOf = async ({ id }: Person) =>
  (await database.select().from(passwordCredentials).where(eq(passwordCredentials.user_id, id)))[0]
const eventsOf = async ({ id }: Person, type: string) =>
  (await database.select().from(auditEvents).where(eq(auditEvents.user_id, id))).filter(
    (event) => event.type === type,
  )
const makeDue = ({ id }: Person) =>
  database.execute(
    sql`update password_credentials set breach_check_due_at = now() - interval '1 second' where user_id = ${id}`,
  )
/** The step of a sign-in that follows the password. */
const chooseAnother = (browser: Browser, page: Shown, next: string) =>
  browser.post('/login', { ...page.hidden, new_password: next, repeat_password: next })
async function asksForAnother(browser: Browser, { email }: Person): Promise<boolean> {
  const { html } = await browser.follow(await signIn(browser, email, breached))
  return html.includes('stolen elsewhere') && html.includes('value="change_password"')
}
const change = (browser: Browser, page: Shown, next: string, current?: string) =>
  browser.post('/password', {
    ...page.hidden,
    ...(current === undefined ? {} : { current_password: current }),
    ...{ new_password: next, repeat_password: next },
  })

describe('a breached password', () => {
  test('is found after the sign-in, and must be changed at the next one, which says why', async () => {
    const person = await addPerson({ password: breached })
    const server = startWorker('true')
    expect((await signIn(server.open(), person.email, breached)).location).toBe('/account')
    await server.afterwards()
    expect((await storedOf(person))?.breached_at).toBeInstanceOf(Date)
    expect(await eventsOf(person, 'password.breached')).toEqual([
      expect.objectContaining({ actor_type: 'system', user_id: person.id, entity_id: person.id, data: {} }),
    ])

    const browser = server.open()
    const forced = await browser.follow(await signIn(browser, person.email, breached))
    expect(forced.html).toContain('stolen elsewhere')
    expect(forced.html).not.toContain('current_password')
    expect((await browser.get('/account')).location).toBe('/login')
    expect((await chooseAnother(browser, forced, goodPassword)).location).toBe('/account')
    expect(await storedOf(person)).toMatchObject({ breached_at: null, must_change: false })
    await server.afterwards()
    expect((await signIn(server.open(), person.email, goodPassword)).location).toBe('/account')
    await server.afterwards()
    expect(await eventsOf(person, 'password.breached')).toHaveLength(1)
    expect(log.texts.join('\n')).not.toMatch(new RegExp(`${prefix}|${breached}`, 'i'))
  })

  test('is named also where an administrator asked for a change', async () => {
    const person = await addPerson({ password: breached, mustChange: true })
    await database.execute(
      sql`update password_credentials set breached_at = now() where user_id = ${person.id}`,
    )
    expect(await asksForAnother(openBrowser(), person)).toBe(true)
  })

  test.each(['changed', 'set by a link'])('that was just %s is found too', async (how) => {
    const person = await addPerson()
    const server = startWorker('true')
    const browser = server.open()
    if (how === 'changed') {
      await signIn(browser, person.email, goodPassword)
      const answer = await change(browser, await browser.get('/password'), breached, goodPassword)
      expect(answer.location).toBe('/account/security?done=password')
    } else {
      const { url, secretHash } = await issueSetupLink(
        testDependencies().root,
        'https://auth.test',
        person.id,
      )
      await database.execute(sql`
        insert into password_setup_links (user_id, purpose, secret_hash, expires_at)
        values (${person.id}, 'reset', ${secretHash}, now() + interval '1 hour')`)
      const page = await browser.get(url.replace('https://auth.test', ''))
      const fields = { ...page.hidden, new_password: breached, repeat_password: breached }
      expect((await browser.post('/set-password', fields)).location).toBe('/login?done=password')
    }
    await server.afterwards()
    expect(await asksForAnother(server.open(), person)).toBe(true)
  })
})

describe('the look-up', () => {
  test('happens once for 50 sign-ins of a person at the same time', async () => {
    const person = await addPerson({ password: breached })
    const server = startWorker('true')
    const browsers = Array.from({ length: 50 }, (_, index) => server.open(`198.51.100.${index}`))
    const answers = await Promise.all(browsers.map((each) => signIn(each, person.email, breached)))
    await server.afterwards()
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([303]))
    expect(await server.seen()).toHaveLength(1)
    expect(await eventsOf(person, 'password.breached')).toHaveLength(1)
  })

  test('is repeated after the days of the setting', async () => {
    const person = await addPerson()
    const server = startWorker('true')
    await set('passwords.breach_check_days', 7)
    for (const expected of [1, 1]) {
      await signIn(server.open(), person.email, goodPassword)
      await server.afterwards()
      expect(await server.seen()).toHaveLength(expected)
    }
    const days = (Number((await storedOf(person))?.breach_check_due_at) - Date.now()) / 86_400_000
    expect(days).toBeCloseTo(7, 1)
    await makeDue(person)
    await signIn(server.open(), person.email, goodPassword)
    await server.afterwards()
    expect(await server.seen()).toHaveLength(2)
  })

  test('is for passwords that were typed correctly', async () => {
    const person = await addPerson()
    const server = startWorker('true')
    expect((await signIn(server.open(), person.email, breached)).status).toBe(400)
    expect((await signIn(server.open(), 'nobody@example.test', breached)).status).toBe(400)
    await server.afterwards()
    expect(await server.seen()).toEqual([])
  })

  test('can be switched off; what was found before still acts', async () => {
    const [person, found] = [await addPerson({ password: breached }), await addPerson({ password: breached })]
    await database.execute(
      sql`update password_credentials set breached_at = now() where user_id = ${found.id}`,
    )
    await set('passwords.breach_check', 'off')
    const server = startWorker('true')
    expect((await signIn(server.open(), person.email, breached)).location).toBe('/account')
    expect(await asksForAnother(server.open(), found)).toBe(true)
    await server.afterwards()
    expect(await server.seen()).toEqual([])
    expect((await storedOf(person))?.breach_check_due_at).toBeNull()
  })
})

describe('while the list does not answer', () => {
  test.each([
    ['slow', standIn],
    ['trickle', standIn],
    ['garbage', standIn],
    ['unavailable', standIn],
    ['down', 'http://127.0.0.1:1'],
  ])('(%s) sign-ins are as fast, and one in an hour asks', async (behaviour, base) => {
    const person = await addPerson({ password: breached })
    const server = startWorker(behaviour, base)
    const begun = Date.now()
    const answer = await signIn(server.open(), person.email, breached)
    expect(answer.location).toBe('/account')
    expect(Date.now() - begun).toBeLessThan(900)
    await server.afterwards()
    expect(Date.now() - begun).toBeLessThan(4000)
    const minutes = (Number((await storedOf(person))?.breach_check_due_at) - Date.now()) / 60_000
    expect(minutes).toBeGreaterThan(55)
    expect(minutes).toBeLessThan(61)
    await signIn(server.open(), person.email, breached)
    await server.afterwards()
    if (base === standIn) expect(await server.seen()).toHaveLength(1)
    expect(await storedOf(person)).toMatchObject({ breached_at: null })
    expect(log.lines.filter(({ event }) => event === 'breach_check_failed')).toHaveLength(1)
    expect(log.texts.join('\n')).not.toMatch(new RegExp(`${prefix}|${breached}`, 'i'))
  })
})
