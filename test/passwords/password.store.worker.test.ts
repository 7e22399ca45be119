import { eq, sql } from 'drizzle-orm'
import { afterAll, describe, expect, test } from 'vitest'
import { createEvent } from '../../src/audit/create-event.ts'
import { auditEvents, passwordCredentials, users } from '../../src/db/schema.ts'
import { uuidv7 } from '../../src/kit/ids.ts'
import { createPasswordStore } from '../../src/passwords/password.store.ts'
import { testDatabase } from '../fakes/database.ts'

const database = testDatabase()
const store = createPasswordStore(database)

// While a hash that is not ours is stored, every refused sign-in of other files waits.
afterAll(async () => {
  await database.execute(sql`delete from password_credentials where hash not like '$%'`)
})

async function addUser(status: 'active' | 'disabled' = 'active') {
  const id = uuidv7()
  const username = `u-${id.slice(-12)}`
  await database.insert(users).values({ id, username, status })
  await database.insert(passwordCredentials).values({ user_id: id, hash: 'old', must_change: true })
  return { id, username }
}

const changeOf = (userId: string, replacesHash: string | undefined, newHash: string) => ({
  userId,
  replacesHash,
  newHash,
  event: createEvent(
    'password.changed',
    1_800_000_000_000,
    { ip: '203.0.113.9', user_agent: 'x', request_id: 'r' },
    {
      outcome: 'success',
      actor_type: 'user',
      actor_id: userId,
      user_id: userId,
      session_id: 's',
      data: { "it's": ['quoted'] },
    },
  ),
})

const credentialOf = async (userId: string) =>
  (await database.select().from(passwordCredentials).where(eq(passwordCredentials.user_id, userId)))[0]
const eventsOf = (userId: string) =>
  database.select().from(auditEvents).where(eq(auditEvents.user_id, userId))

describe('stored passwords', () => {
  test('a change replaces the hash, lifts must_change and writes its event in one statement', async () => {
    const { id } = await addUser()
    const change = changeOf(id, 'old', 'new')
    expect(await store.storePassword(change)).toBe(true)
    expect(await credentialOf(id)).toMatchObject({ hash: 'new', must_change: false })
    expect(await eventsOf(id)).toEqual([
      expect.objectContaining({
        id: change.event.id,
        type: 'password.changed',
        occurred_at: new Date(1_800_000_000_000),
        actor_id: id,
        session_id: 's',
        ip: '203.0.113.9',
        client_id: null,
        data: { "it's": ['quoted'] },
      }),
    ])
  })

  test('of many changes in parallel one wins, with one event', async () => {
    const { id } = await addUser()
    const outcomes = await Promise.all(
      Array.from({ length: 8 }, (_, index) => store.storePassword(changeOf(id, 'old', `new-${index}`))),
    )
    expect(outcomes.filter(Boolean)).toHaveLength(1)
    expect(await eventsOf(id)).toHaveLength(1)
  })

  test('a first one is stored only while there is none, and for an active user', async () => {
    const [{ id }, disabled] = [await addUser(), await addUser('disabled')]
    expect(await store.storePassword(changeOf(id, undefined, 'new'))).toBe(false)
    for (const userId of [id, disabled.id]) {
      await database.delete(passwordCredentials).where(eq(passwordCredentials.user_id, userId))
    }
    expect(await store.findCurrentPassword(id)).toMatchObject({ hash: undefined })
    expect(await store.storePassword(changeOf(id, undefined, 'new'))).toBe(true)
    expect(await store.storePassword(changeOf(disabled.id, undefined, 'new'))).toBe(false)
    expect(await credentialOf(id)).toMatchObject({ hash: 'new', must_change: false })
    expect(await eventsOf(id)).toHaveLength(1)
  })

  test('renewing a hash keeps must_change and loses to a change of the password', async () => {
    const { id } = await addUser()
    await store.renewPasswordHash({ userId: id, replacesHash: 'old', newHash: 'old, stronger' })
    expect(await credentialOf(id)).toMatchObject({ hash: 'old, stronger', must_change: true })
    await store.renewPasswordHash({ userId: id, replacesHash: 'old', newHash: 'late' })
    expect(await credentialOf(id)).toMatchObject({ hash: 'old, stronger' })
  })

  test('finds the password of an active user with the names it must not be built from', async () => {
    const { id, username } = await addUser()
    expect(await store.findCurrentPassword(id)).toEqual({ hash: 'old', identifiers: [username], former: [] })
  })

  test('a disabled or unknown user has no password to change', async () => {
    const { id } = await addUser('disabled')
    expect(await store.findCurrentPassword(id)).toBeUndefined()
    expect(await store.findCurrentPassword(uuidv7())).toBeUndefined()
  })
})
