/** The security history: the person's own events, in words, through an index. */
import { SELF } from 'cloudflare:test'
import { sql } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { selectHistory } from '../../src/account/personal-data.store.ts'
import { shownEventTypes } from '../../src/account/security-history.ts'
import { createEvent } from '../../src/audit/create-event.ts'
import { auditEventTypes } from '../../src/audit/event.ts'
import { insertEvents } from '../../src/audit/insert-events.store.ts'
import { en } from '../../src/messages/en.ts'
import { testDatabase } from '../fakes/database.ts'
import { type Browser, openBrowser, type Shown, signIn } from '../login/browser.ts'
import { addPerson, goodPassword, type Person } from '../login/people.ts'
import { addAdmin } from '../worker/admin-client.ts'

const path = '/account/security/history'
const firefox = 'Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0'
const origin = { ip: '198.51.100.9', user_agent: firefox, request_id: 'r' }

async function signedIn(person: Person): Promise<Browser> {
  const browser = openBrowser()
  await signIn(browser, person.email, goodPassword)
  return browser
}

const about = ({ id }: Person, actor: object = { actor_type: 'user', actor_id: id }) => ({
  ...{ outcome: 'success' as const, actor_type: 'user' as const, user_id: id },
  ...actor,
})

const rows = ({ html }: Shown) =>
  [...html.matchAll(/<li><p><strong>([^<]*)<\/strong>/g)].map(([, text]) => text)

describe('the security history', () => {
  test('knows only types there are', () => {
    const known: readonly string[] = auditEventTypes
    expect(shownEventTypes(en).filter((type) => !known.includes(type))).toEqual([])
    // One for every refresh of every application would bury the rest.
    expect(shownEventTypes(en).filter((type) => type.startsWith('token.'))).toEqual([])
  })

  test('says what happened, when, where and with what, in the language of the reader', async () => {
    const person = await addPerson()
    const browser = await signedIn(person)
    const signals = { network: undefined, country: 'JP', city: 'Kyoto', device_id: undefined }
    await testDatabase().execute(
      insertEvents([
        createEvent('session.created', Date.now(), origin, { ...about(person), data: { signals } }),
        createEvent('login.locked', Date.now(), origin, {
          ...about(person, { actor_type: 'anonymous', actor_id: undefined }),
          ...{ outcome: 'failure', data: { count: 7 } },
        }),
        createEvent('token.refreshed', Date.now(), origin, about(person)),
      ]),
    )
    const { html } = await browser.get(path)
    for (const text of ['Signed in', 'Kyoto, Japan', 'Firefox, Windows', '198.51.100.9', '7 times']) {
      expect(html).toContain(text)
    }
    const german = await browser.get(path, { 'accept-language': 'de' })
    expect(rows(german)).toContain('Zu viele gescheiterte Anmeldungen: eine Pause wurde eingelegt')
    expect(german.html).toContain('Kyoto, Japan')
    expect(rows(german)).toHaveLength(2)
  })

  // Attack: where an administrator sat, and with what, is told to whomever they acted on.
  test('says that an administrator acted, and nothing about them', async () => {
    const [person, admin] = [await addPerson(), await addAdmin()]
    const browser = await signedIn(person)
    const event = createEvent('user.unlocked', Date.now(), origin, about(person, { actor_id: admin.id }))
    await testDatabase().execute(insertEvents([event]))
    const { html } = await browser.get(path)
    expect(html).toContain('by an administrator')
    for (const text of ['198.51.100.9', 'Firefox', admin.id]) expect(html).not.toContain(text)
  })

  test('goes on page by page, none twice and none left out; a made-up cursor shows only own events', async () => {
    const [person, other] = [await addPerson(), await addPerson()]
    const browser = await signedIn(person)
    const events = Array.from({ length: 60 }, (_, index) =>
      createEvent('otp.added', Date.now() - index, { ...origin, ip: `192.0.2.${index}` }, about(person)),
    )
    await testDatabase().execute(insertEvents(events))
    await testDatabase().execute(
      insertEvents([
        createEvent('otp.removed', Date.now(), { ...origin, ip: '203.0.113.250' }, about(other)),
      ]),
    )
    let shown = await browser.get(path)
    const seen: string[] = []
    for (let pages = 0; pages < 5; pages++) {
      expect(rows(shown).length).toBeLessThanOrEqual(25)
      seen.push(...[...shown.html.matchAll(/<bdi>(192\.0\.2\.\d+)<\/bdi>/g)].map(([, ip]) => ip as string))
      const next = /href="([^"]*\?before=\d+)"/.exec(shown.html)?.[1]
      if (!next) break
      shown = await browser.get(next)
    }
    expect(new Set(seen).size).toBe(60)
    expect(seen).toHaveLength(60)
    for (const cursor of ['0', '999999999999999', '-1', 'x', '1e5', '9'.repeat(40), "1' or '1"]) {
      const answer = await browser.get(`${path}?before=${encodeURIComponent(cursor)}`)
      expect(answer.status, cursor).toBe(200)
      expect(answer.html).not.toContain('203.0.113.250')
    }
  })

  test('is shown to nobody who is not signed in', async () => {
    expect((await openBrowser().get(path)).location).toBe('/login')
    expect((await SELF.fetch(`https://auth.test${path}`, { redirect: 'manual' })).status).toBe(303)
  })

  test('is read through the index of the person’s events', async () => {
    const person = await addPerson()
    const query = selectHistory(person.id, { types: shownEventTypes(en), before: 900_000, limit: 26 })
    const [, plan] = await testDatabase().batch([
      testDatabase().execute(sql`set local enable_seqscan = off`),
      testDatabase().execute(sql`explain ${query}`),
    ])
    const text = JSON.stringify(plan.rows)
    expect(text).toMatch(/Index Scan Backward using audit_events_user_position/)
  })
})
