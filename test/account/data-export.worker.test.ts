/** The file with everything that is stored about a person. */
import { eq, sql } from 'drizzle-orm'
import { describe, expect, test, vi } from 'vitest'
import { exportData } from '../../src/account/export-data.ts'
import { createPersonalDataStore } from '../../src/account/personal-data.store.ts'
import { createEvent } from '../../src/audit/create-event.ts'
import { insertEvents } from '../../src/audit/insert-events.store.ts'
import { createRunBatch } from '../../src/db/run-batch.ts'
import { auditEvents, passwordCredentials, passwordSetupLinks, users } from '../../src/db/schema.ts'
import { testDatabase } from '../fakes/database.ts'
import { allow, type Browser, openBrowser, signIn } from '../login/browser.ts'
import { addApplication, addPerson, authorizePath, goodPassword, type Person } from '../login/people.ts'
import { sessionsOf } from '../sessions/object-subject.ts'
import { addAdmin } from '../worker/admin-client.ts'
import { addOtpRow, addPasskeyRow, addRecoveryCodeRows, hiddenValues } from '../worker/factors.ts'
import { useSettings } from '../worker/local-settings.ts'

const path = '/account/data/export'
const database = testDatabase()
const origin = { ip: '198.51.100.77', user_agent: 'admin’s browser', request_id: 'r' }

async function signedIn(person: Person): Promise<Browser> {
  const browser = openBrowser()
  await signIn(browser, person.email, goodPassword)
  return browser
}

const download = async (browser: Browser) => browser.post(path, (await browser.get('/account/data')).hidden)

interface Exported {
  readonly account: Record<string, unknown>
  readonly events: readonly Record<string, unknown>[]
  readonly [part: string]: unknown
}

describe('the export of one’s own data', () => {
  test('is one JSON document with everything, sent as a file that nobody keeps', async () => {
    const person = await addPerson()
    await database
      .update(users)
      .set({ profile: { name: 'Ada' }, terms_version: '2026-01', terms_accepted_at: new Date() })
      .where(eq(users.id, person.id))
    const browser = await signedIn(person)
    const client = await addApplication('Demo Shop')
    const consent = await browser.follow(await browser.get(authorizePath(client)))
    await allow(browser, consent)
    const answer = await download(browser)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toBe('application/json')
    expect(answer.headers.get('content-disposition')).toBe('attachment; filename="account.json"')
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const data = JSON.parse(answer.html) as Exported
    expect(data.account).toMatchObject({
      ...{ id: person.id, username: person.username, email: person.email, profile: { name: 'Ada' } },
      terms_version: '2026-01',
    })
    expect(data).toMatchObject({
      ...{ issuer: 'https://auth.test', identifiers: expect.arrayContaining([person.email]) },
      ...{ password: { must_change: false }, passkeys: [], one_time_passwords: [] },
      ...{ sessions: [{ acr: 'urn:authly:acr:pwd' }], known_devices: [{}], remembered_devices: [] },
      ...{ consents: [{ client_id: client, client_name: 'Demo Shop' }], applications: [] },
      recovery_codes: { unused: 0, used: 0 },
    })
    expect(data.events.map(({ type }) => type)).toContain('user.data_exported')
    const [recorded] = await database
      .select()
      .from(auditEvents)
      .where(sql`user_id = ${person.id} and type = 'user.data_exported'`)
    expect(recorded).toMatchObject({ actor_id: person.id, outcome: 'success' })
  })

  // Attack: a file on a lost disk, or in the cloud, lets its finder sign in.
  test('holds no hash, key, seed or secret', async () => {
    const person = await addPerson()
    const browser = await signedIn(person)
    await addPasskeyRow(person.id, { public_key: 'public-key-of-a-passkey' })
    await addOtpRow(person.id)
    await addRecoveryCodeRows(person.id, 3)
    await database
      .insert(passwordSetupLinks)
      .values({ user_id: person.id, purpose: 'reset', secret_hash: 'hash-of-a-link', expires_at: new Date() })
    const [{ hash = '' } = {}] = await database
      .select()
      .from(passwordCredentials)
      .where(eq(passwordCredentials.user_id, person.id))
    // Signed in before the factors were there, so that the session must be as strong as those: asked in the object.
    const store = createPersonalDataStore(createRunBatch(database), createRunBatch(database))
    const needs = {
      config: { issuer: 'https://auth.test' },
      now: Date.now,
      sessionsOf,
      openPersonalData: async () => store,
    }
    const body = await exportData(needs, { user_id: person.id, session_id: 's', origin })
    const text = await new Response(body).text()
    const data = JSON.parse(text) as Exported
    expect(data).toMatchObject({
      passkeys: [{ name: 'Phone', aaguid: 'ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4' }],
      one_time_passwords: [{ name: 'Authenticator', kind: 'totp' }],
      recovery_codes: { unused: 3 },
      password_links: [{ purpose: 'reset' }],
    })
    for (const secret of [
      hash,
      'argon2',
      'public-key-of-a-passkey',
      'hash-of-a-link',
      ...Object.values(hiddenValues),
    ]) {
      expect(text).not.toContain(secret)
    }
    expect(text).not.toMatch(/secret|_hash|sealed/)
    for (const cookie of browser.cookies.values()) expect(text).not.toContain(cookie.slice(-20))
  })

  // Attack: a thief of an open session, or of the password of somebody with a second factor, takes everything.
  test('needs a recent sign-in that is as strong as the account', async () => {
    const person = await addPerson()
    const browser = await signedIn(person)
    const { hidden } = await browser.get('/account/data')
    await addOtpRow(person.id)
    expect((await browser.post(path, hidden)).location).toMatch(/^\/login\?next=data&because=stronger/)
    const other = await addPerson()
    const old = await signedIn(other)
    const form = (await old.get('/account/data')).hidden
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 1_800_000 })
    try {
      await useSettings({})
      expect((await old.post(path, form)).location).toMatch(/^\/login\?next=data&because=again/)
    } finally {
      vi.useRealTimers()
      await useSettings({})
    }
  })

  test('is limited, and not started by another site', async () => {
    const browser = await signedIn(await addPerson())
    const { hidden } = await browser.get('/account/data')
    expect((await browser.post(path, hidden, { origin: 'https://evil.test' })).status).toBe(403)
    const answers = []
    for (let count = 0; count < 6; count++) answers.push(await browser.post(path, hidden))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 429])
    expect(answers[5]?.headers.get('retry-after')).toMatch(/^\d+$/)
  })

  // Attack: where an administrator sat, and who it was, is told to whomever they acted on. Nor do others' events come along.
  test('says nothing about others', async () => {
    const [person, admin, other] = [await addPerson(), await addAdmin(), await addPerson()]
    const by = (actor_id: string, user_id: string) =>
      createEvent('user.updated', Date.now(), origin, {
        ...{
          outcome: 'success',
          actor_type: 'user',
          actor_id,
          user_id,
          entity_type: 'user',
          entity_id: user_id,
        },
      })
    await database.execute(insertEvents([by(admin.id, person.id), by(person.id, other.id)]))
    const text = (await download(await signedIn(person))).html
    const { events } = JSON.parse(text) as Exported
    expect(events.filter(({ type }) => type === 'user.updated')).toMatchObject([
      { actor_type: 'user', actor_id: null, ip: null, user_agent: null },
    ])
    for (const theirs of [admin.id, other.id, '198.51.100.77']) expect(text).not.toContain(theirs)
  })

  test('reads a long history page by page, none twice and none left out', async () => {
    const person = await addPerson()
    const events = Array.from({ length: 2500 }, () =>
      createEvent('token.refreshed', Date.now(), undefined, {
        ...{ outcome: 'success', actor_type: 'client', actor_id: 'c', user_id: person.id },
      }),
    )
    await database.execute(insertEvents(events))
    let pages = 0
    const runBatch = createRunBatch(database)
    const counting: typeof runBatch = async (statements) => {
      pages += 1
      return runBatch(statements)
    }
    const store = createPersonalDataStore(runBatch, counting)
    const needs = {
      config: { issuer: 'https://auth.test' },
      now: Date.now,
      sessionsOf,
      openPersonalData: async () => store,
    }
    const body = await exportData(needs, { user_id: person.id, session_id: 's', origin })
    const reader = (body as ReadableStream<Uint8Array>).getReader()
    const chunks: Uint8Array[] = []
    const sizes: number[] = []
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      chunks.push(next.value)
      sizes.push(pages)
    }
    const data = JSON.parse(await new Blob(chunks).text()) as Exported
    expect(new Set(data.events.map(({ id }) => id)).size).toBe(2501)
    expect(data.events).toHaveLength(2501)
    // One page is read ahead at most: what is not read yet is not in memory.
    expect(sizes[0]).toBeLessThanOrEqual(2)
    expect(pages).toBe(3)
  })

  test('of an account that is gone is no file', async () => {
    const person = await addPerson()
    const store = createPersonalDataStore(createRunBatch(database), createRunBatch(database))
    await database.delete(users).where(eq(users.id, person.id))
    const needs = {
      config: { issuer: 'https://auth.test' },
      now: Date.now,
      sessionsOf,
      openPersonalData: async () => store,
    }
    expect(await exportData(needs, { user_id: person.id, session_id: 's', origin })).toBeUndefined()
  })
})
