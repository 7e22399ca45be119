import { sql } from 'drizzle-orm'
import { expect, test } from 'vitest'
import { createEvent } from '../../src/audit/create-event.ts'
import { insertEvents } from '../../src/audit/insert-events.store.ts'
import { expireRegistrations } from '../../src/clients/expire-registrations.store.ts'
import { createRunBatch } from '../../src/db/run-batch.ts'
import { clients, consents, users } from '../../src/db/schema.ts'
import { uuidv7 } from '../../src/kit/ids.ts'
import { ownDatabase } from '../fakes/database.ts'

const database = await ownDatabase()
const runBatch = createRunBatch(database)
const old = new Date(Date.now() - 31 * 86_400_000)

async function add(client_id: string, more: Partial<typeof clients.$inferInsert> = {}): Promise<void> {
  await database.insert(clients).values({
    ...{ client_id, client_name: client_id, token_endpoint_auth_method: 'none', grant_types: [] },
    ...{ origin: 'registration', reviewed: false, created_at: old, updated_at: old, ...more },
  })
}
const expire = () => expireRegistrations(runBatch, 30, Date.now())
const left = async () => {
  const { rows } = await database.execute<{ client_id: string }>(
    sql`select client_id from clients where client_id like 'app-%' or client_id like 'https://%' order by 1`,
  )
  return rows.map(({ client_id }) => client_id)
}

test('deletes what nobody used or reviewed, and nothing else; ids are never given again', async () => {
  const person = uuidv7()
  await database.insert(users).values({ id: person, username: 'ada' })
  await add('app-unused')
  await add('app-young', { created_at: new Date() })
  await add('app-disabled', { enabled: false })
  await add('app-reviewed', { reviewed: true })
  await add('app-of-administrator', { origin: 'administrator', reviewed: true })
  await add('app-agreed')
  await add('app-service')
  await add('https://app.example/unused.json', { origin: 'document' })
  await add('https://app.example/agreed.json', { origin: 'document' })
  for (const client_id of ['app-agreed', 'https://app.example/agreed.json']) {
    await database.insert(consents).values({ user_id: person, client_id, scopes: ['openid'] })
  }
  const issued = createEvent('token.issued', Date.now(), undefined, {
    ...{ outcome: 'success', actor_type: 'client', actor_id: 'app-service', client_id: 'app-service' },
  })
  await runBatch([insertEvents([issued])])
  expect(await expire()).toBe(2)
  const kept = await left()
  expect(kept).toEqual([
    ...['app-agreed', 'app-disabled', 'app-of-administrator', 'app-reviewed', 'app-service', 'app-young'],
    'https://app.example/agreed.json',
  ])
  const { rows } = await database.execute(sql`
    select entity_id, changes from audit_events where type = 'client.expired' order by entity_id`)
  expect(rows.map(({ entity_id }) => entity_id)).toEqual(['app-unused', 'https://app.example/unused.json'])
  expect(JSON.stringify(rows)).not.toContain('registration_token_hash')

  // What was in use once stays, though its traces are gone: consents are withdrawn, events are not kept for ever.
  await database.execute(sql`delete from consents`)
  expect(await expire()).toBe(1)
  expect(await left()).toEqual(kept.slice(0, -1))

  await expect(add('app-unused')).rejects.toThrow()
  await add('https://app.example/unused.json', { origin: 'document' })
})
