import { sql } from 'drizzle-orm'
import { expect, test, vi } from 'vitest'
import { type EventDefinition, eventDefinitions } from '../../src/audit/event-types.ts'
import { uuidv7 } from '../../src/kit/ids.ts'
import { testDatabase } from '../fakes/database.ts'
import { openBrowser, signIn } from '../login/browser.ts'
import { addPerson, goodPassword } from '../login/people.ts'
import { addAdmin, callAdmin } from '../worker/admin-client.ts'

const wrongPassword = 'mistyped-orchid-lantern'

test('events of real flows carry only the data their type may have, and no secret of theirs', async () => {
  const person = await addPerson()
  const browser = openBrowser()
  await signIn(browser, person.email, wrongPassword)
  await signIn(browser, person.email, goodPassword)
  const admin = await addAdmin()
  const client = await callAdmin(admin, 'POST', '/admin/clients', {
    body: { client_name: `Shop ${uuidv7()}`, redirect_uris: ['https://shop.example/cb'] },
  })
  expect(client.status, await client.clone().text()).toBe(201)
  const { client_secret, client_id } = (await client.json()) as { client_secret?: string; client_id: string }
  await callAdmin(admin, 'POST', `/admin/users/${person.id}/password-reset`, {
    body: { method: 'temporary_password' },
  })

  const rows = async () =>
    (
      await testDatabase().execute<{ type: keyof typeof eventDefinitions; data: object; whole: string }>(sql`
        select type, data, to_jsonb(audit_events)::text as whole from audit_events
        where user_id = ${person.id} or actor_id = ${admin.id} or client_id = ${client_id}`)
    ).rows
  // They come from different objects, each with its own alarm: one says nothing about the others.
  const expected = ['login.failed', 'session.created', 'client.created'] as const
  const haveCome = async () => {
    const types = new Set((await rows()).map(({ type }) => type))
    return expected.every((type) => types.has(type))
  }
  await vi.waitUntil(haveCome, { timeout: 25_000, interval: 250 })

  const secrets = [wrongPassword, goodPassword, admin.token, ...browser.cookies.values(), client_secret]
  const found = await rows()
  expect(found.map(({ type }) => type)).toEqual(expect.arrayContaining([...expected]))
  for (const { type, data, whole } of found) {
    const definition: EventDefinition | undefined = eventDefinitions[type]
    expect(definition, type).toBeDefined()
    expect(Object.keys(definition?.data ?? {}), type).toEqual(expect.arrayContaining(Object.keys(data)))
    for (const secret of secrets) if (secret) expect(whole).not.toContain(secret)
    expect(whole).not.toMatch(/argon2id|secret_hash|authly_(?:rt|ss)_|eyJ[\w-]+\.eyJ/)
  }
})
