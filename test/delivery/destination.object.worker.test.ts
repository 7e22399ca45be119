import {
  env,
  evictDurableObject,
  listDurableObjectIds,
  runDurableObjectAlarm,
  runInDurableObject,
} from 'cloudflare:test'
import { eq } from 'drizzle-orm'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { auditEvents } from '../../src/db/schema.ts'
import type { QueuedMessage } from '../../src/delivery/message.ts'
import { testDatabase } from '../fakes/database.ts'
import { hearLog } from '../worker/hear-log.ts'
import { setBindings } from '../worker/wrapped-object.ts'
import { openProvider, queuedMessage, secretUrl } from './message-provider.ts'

const minute = 60_000
const log = hearLog()

// Ahead of the platform's clock: alarms ring when a test says so, not by themselves.
beforeEach(() => vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 86_400_000 }))
afterEach(() => vi.useRealTimers())

const later = (milliseconds: number) => vi.setSystemTime(Date.now() + milliseconds)
const newDestination = () => env.DESTINATION.getByName(crypto.randomUUID())
type Stub = ReturnType<typeof newDestination>

const ringsAt = (stub: Stub) => runInDurableObject(stub, (_, { storage }) => storage.getAlarm())
const rowsOf = (stub: Stub) =>
  runInDurableObject(stub, (_, { storage }) => {
    const tables = storage.sql.exec("SELECT name FROM sqlite_master WHERE name = 'messages'").toArray()
    return tables.length === 0 ? [] : storage.sql.exec('SELECT * FROM messages').toArray()
  })
/** Everything an object stores, as text. */
const storedText = (stub: Stub) =>
  runInDurableObject(stub, (_, { storage }) => {
    const tables = storage.sql
      .exec<{ name: string }>(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\'",
      )
      .toArray()
    const rows = tables.map(({ name }) => storage.sql.exec(`SELECT * FROM "${name}"`).toArray())
    return JSON.stringify([rows, [...storage.kv.list()]])
  })
const eventsOf = async ({ user_id }: QueuedMessage) => {
  const rows = await testDatabase()
    .select()
    .from(auditEvents)
    .where(eq(auditEvents.user_id, user_id as string))
  return rows.map(({ type, data }) => ({ type, ...(data as object) }))
}

/** Lets time pass until the alarm of `stub` is due, again and again, and rings it. */
async function runFor(stub: Stub, milliseconds: number): Promise<void> {
  const until = Date.now() + milliseconds
  for (;;) {
    const at = await ringsAt(stub)
    if (at === null || at > until) break
    vi.setSystemTime(Math.max(at, Date.now()))
    await runDurableObjectAlarm(stub)
  }
  vi.setSystemTime(until)
}

describe('the outbox of a destination', () => {
  it('hands a message to the provider once and deletes all it stored', async () => {
    const [stub, provider] = [newDestination(), openProvider()]
    await setBindings(stub, provider.bindings)
    const message = await queuedMessage()
    expect(await stub.enqueue(message)).toBe('queued')
    expect(await stub.enqueue(message)).toBe('queued')
    expect((await provider.seen()).requests).toBe(0)
    await runFor(stub, minute)

    const { taken, requests } = await provider.seen()
    expect(requests).toBe(1)
    expect(taken[0]?.body).toMatchObject({ from: '"Authly" <login@auth.test>', to: ['ada@example.com'] })
    expect(taken[0]?.body['text']).toContain(secretUrl)
    expect(taken[0]?.headers['idempotency-key']).toBe(message.message_id)
    expect(await eventsOf(message)).toEqual([
      { type: 'message.sent', kind: 'invitation', channel: 'email', provider: 'resend', attempts: 1 },
    ])
    expect(await rowsOf(stub)).toEqual([])
    expect(await storedText(stub)).toBe('[[],[]]')
    expect(await ringsAt(stub)).toBeNull()
  })

  it('takes messages again after its storage was deleted', async () => {
    const [stub, provider] = [newDestination(), openProvider()]
    await setBindings(stub, provider.bindings)
    for (let round = 0; round < 2; round++) {
      await stub.enqueue(await queuedMessage())
      await runFor(stub, minute)
    }
    expect((await provider.seen()).taken).toHaveLength(2)
  })

  it('a provider down for an hour, then back: every unexpired message once', async () => {
    const [stub, provider] = [newDestination(), openProvider()]
    await setBindings(stub, provider.bindings)
    await provider.set('down')
    const lasting = await Promise.all(Array.from({ length: 5 }, () => queuedMessage()))
    const expiring = await queuedMessage({ expires_at: Date.now() + 30 * minute })
    for (const message of [...lasting, expiring]) await stub.enqueue(message)
    await runFor(stub, 60 * minute)
    const { requests, taken } = await provider.seen()
    expect(taken).toEqual([])
    // Backing off: every two minutes in the end, and one attempt for all messages together.
    expect(requests).toBeGreaterThan(25)
    expect(requests).toBeLessThan(60)

    await provider.set('up')
    await runFor(stub, 10 * minute)
    const sent = (await provider.seen()).taken.map(({ headers }) => headers['idempotency-key'])
    expect(sent).toEqual(lasting.map(({ message_id }) => message_id).toSorted())
    expect(await eventsOf(expiring)).toEqual([
      expect.objectContaining({ type: 'message.dropped', reason: 'expired', channel: 'email' }),
    ])
    expect(await storedText(stub)).toBe('[[],[]]')
    expect(log.lines.filter(({ event }) => event === 'message_failed').length).toBeGreaterThan(20)
    expect(JSON.stringify(log.lines)).not.toContain('ada@example.com')
  })

  it('drops a message that has expired, without asking the provider', async () => {
    const [stub, provider] = [newDestination(), openProvider()]
    await setBindings(stub, provider.bindings)
    const message = await queuedMessage({ expires_at: Date.now() + minute, due_at: Date.now() + 2 * minute })
    await stub.enqueue(message)
    await runFor(stub, 3 * minute)
    expect((await provider.seen()).requests).toBe(0)
    expect((await eventsOf(message)).map(({ type }) => type)).toEqual(['message.dropped'])
  })

  it('stores neither address nor link nor code in a readable form', async () => {
    const stub = newDestination()
    await stub.enqueue(await queuedMessage({ due_at: Date.now() + minute }))
    await stub.enqueue(
      await queuedMessage({ channel: 'sms', address: '+4915112345678', due_at: Date.now() + minute }),
    )
    const text = await storedText(stub)
    expect(text).toContain('invitation')
    for (const secret of ['ada', 'example.com', 'authly_il', '4915112345678', '482913', 'Authly']) {
      expect(text).not.toContain(secret)
    }
  })

  it('a seal moved to another message does not open: the row is dropped, not sent to somebody else', async () => {
    const [stub, provider] = [newDestination(), openProvider()]
    await setBindings(stub, provider.bindings)
    const [one, other] = [await queuedMessage(), await queuedMessage({ address: 'eve@example.com' })]
    const moved = { ...one, sealed: other.sealed }
    await stub.enqueue(moved)
    await runFor(stub, minute)
    expect((await provider.seen()).requests).toBe(0)
    expect(await eventsOf(moved)).toEqual([
      expect.objectContaining({ type: 'message.dropped', reason: 'unreadable' }),
    ])
  })

  it('50 messages queued at once: each is sent once, in order', async () => {
    const [stub, provider] = [newDestination(), openProvider()]
    await setBindings(stub, provider.bindings)
    const messages = await Promise.all(Array.from({ length: 50 }, () => queuedMessage()))
    await Promise.all([...messages, ...messages].map((message) => stub.enqueue(message)))
    await runFor(stub, 5 * minute)
    const sent = (await provider.seen()).taken.map(({ headers }) => headers['idempotency-key'])
    expect(sent).toEqual(messages.map(({ message_id }) => message_id).toSorted())
  })

  it('refuses what nobody could have asked for: more than a hundred waiting messages', async () => {
    const stub = newDestination()
    const due_at = Date.now() + minute
    const messages = await Promise.all(Array.from({ length: 101 }, () => queuedMessage({ due_at })))
    const answers = await Promise.all(messages.map((message) => stub.enqueue(message)))
    expect(answers.filter((answer) => answer === 'full')).toHaveLength(1)
  })

  it('is evicted between queueing and sending, and after the provider took the message: one message', async () => {
    const [stub, provider] = [newDestination(), openProvider()]
    const message = await queuedMessage()
    await stub.enqueue(message)
    await evictDurableObject(stub)
    await setBindings(stub, provider.bindings)
    // The provider takes it, and nobody learns of it.
    await provider.set('loses_answers')
    await runDurableObjectAlarm(stub)
    expect((await provider.seen()).taken).toHaveLength(1)
    expect(await rowsOf(stub)).toHaveLength(1)
    await evictDurableObject(stub)
    await setBindings(stub, provider.bindings)
    await provider.set('up')
    await runFor(stub, minute)
    const { taken, requests } = await provider.seen()
    expect({ taken: taken.length, requests }).toEqual({ taken: 1, requests: 2 })
    expect((await eventsOf(message)).map(({ type }) => type)).toEqual(['message.sent'])
  })

  it('has its alarm set before the provider is asked: what ends the object meanwhile loses nothing', async () => {
    const [stub, provider] = [newDestination(), openProvider()]
    await setBindings(stub, provider.bindings)
    await provider.set('down')
    await stub.enqueue(await queuedMessage())
    await runDurableObjectAlarm(stub)
    expect(await ringsAt(stub)).toBeGreaterThan(Date.now())
  })

  it('waits as long as the provider asks, if that is longer', async () => {
    const [stub, provider] = [newDestination(), openProvider()]
    await setBindings(stub, provider.bindings)
    await provider.set('limited')
    await stub.enqueue(await queuedMessage())
    await runDurableObjectAlarm(stub)
    await runFor(stub, 4 * minute)
    expect((await provider.seen()).requests).toBe(1)
    await provider.set('up')
    await runFor(stub, 3 * minute)
    expect((await provider.seen()).taken).toHaveLength(1)
  })

  it('a wrong key of ours is no fault of the message: it waits for whoever mends it', async () => {
    const [stub, provider] = [newDestination(), openProvider()]
    await setBindings(stub, provider.bindings)
    await provider.set('unauthorized')
    await stub.enqueue(await queuedMessage())
    await runFor(stub, 10 * minute)
    await provider.set('up')
    await runFor(stub, 3 * minute)
    expect((await provider.seen()).taken).toHaveLength(1)
  })

  it.each(['email', 'sms'] as const)(
    '%s: a refusal by the provider is final, and an event',
    async (channel) => {
      const [stub, provider] = [newDestination(), openProvider()]
      await setBindings(stub, provider.bindings)
      await provider.set('refuses')
      const message = await queuedMessage({
        channel,
        address: channel === 'sms' ? '+12' : 'nobody@example.com',
      })
      await stub.enqueue(message)
      await runFor(stub, 10 * minute)
      expect((await provider.seen()).requests).toBe(1)
      const reason = channel === 'sms' ? 'twilio_21211' : 'http_422'
      expect(await eventsOf(message)).toEqual([
        expect.objectContaining({ type: 'message.refused', channel, reason, attempts: 1 }),
      ])
      expect(await storedText(stub)).toBe('[[],[]]')
    },
  )

  it('follows no redirect: message and key would go to another host', async () => {
    const [stub, provider] = [newDestination(), openProvider()]
    await setBindings(stub, provider.bindings)
    await provider.set('redirect')
    await stub.enqueue(await queuedMessage())
    await runDurableObjectAlarm(stub)
    expect((await provider.seen()).requests).toBe(1)
    expect(await rowsOf(stub)).toHaveLength(1)
  })

  it('sends text messages by form, with the host that the code belongs to in the last line', async () => {
    const [stub, provider] = [newDestination(), openProvider()]
    await setBindings(stub, provider.bindings)
    await stub.enqueue(await queuedMessage({ channel: 'sms', address: '+4915112345678' }))
    await runFor(stub, minute)
    const [sms] = (await provider.seen()).taken
    expect(sms).toMatchObject({ api: 'twilio', body: { To: '+4915112345678', From: '+15005550006' } })
    expect(String(sms?.body['Body']).split('\n').at(-1)).toBe('@auth.test #482913')
  })

  it('a header with a line break is refused before any provider sees it', async () => {
    const [stub, provider] = [newDestination(), openProvider()]
    await setBindings(stub, provider.bindings)
    const message = await queuedMessage({ address: 'ada@example.com\r\nBcc: eve@example.com' })
    await stub.enqueue(message)
    await runFor(stub, minute)
    expect((await provider.seen()).requests).toBe(0)
    expect(await eventsOf(message)).toEqual([
      expect.objectContaining({ type: 'message.refused', reason: 'unsafe_header' }),
    ])
  })

  it('holds a message until it is released, half a minute at most, and takes it back', async () => {
    const provider = openProvider()
    const held = async () => {
      const stub = newDestination()
      await setBindings(stub, provider.bindings)
      const message = await queuedMessage({ due_at: Date.now() + 30_000 })
      await stub.enqueue(message)
      return { stub, message }
    }
    const released = await held()
    await released.stub.release(released.message.message_id)
    expect(await ringsAt(released.stub)).toBeLessThanOrEqual(Date.now())
    await runDurableObjectAlarm(released.stub)
    expect((await provider.seen()).taken).toHaveLength(1)

    const forgotten = await held()
    await runFor(forgotten.stub, 29_000)
    expect((await provider.seen()).taken).toHaveLength(1)
    await runFor(forgotten.stub, 2_000)
    expect((await provider.seen()).taken).toHaveLength(2)

    const discarded = await held()
    await discarded.stub.discard(discarded.message.message_id)
    await runFor(discarded.stub, minute)
    expect((await provider.seen()).taken).toHaveLength(2)
    expect(await storedText(discarded.stub)).toBe('[[],[]]')
  })

  it('an alarm or a question about a destination that has no messages stores nothing', async () => {
    const stub = newDestination()
    await stub.release('unknown')
    await stub.discard('unknown')
    expect(await storedText(stub)).toBe('[[],[]]')
    expect((await listDurableObjectIds(env.DESTINATION)).length).toBeGreaterThan(0)
  })

  it('keeps the event while Postgres is away, and sends nothing again', async () => {
    const [stub, provider] = [newDestination(), openProvider()]
    await setBindings(stub, { ...provider.bindings, DATABASE_GATEWAY_URL: 'http://127.0.0.1:1' } as Env)
    const message = await queuedMessage()
    await stub.enqueue(message)
    await runDurableObjectAlarm(stub)
    expect((await provider.seen()).taken).toHaveLength(1)
    later(minute)
    await setBindings(stub, provider.bindings)
    await runFor(stub, 5 * minute)
    expect((await provider.seen()).requests).toBe(1)
    expect((await eventsOf(message)).map(({ type }) => type)).toEqual(['message.sent'])
  })
})
