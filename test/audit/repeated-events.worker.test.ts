import { env, evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { sql } from 'drizzle-orm'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { AuditOutbox } from '../../src/audit/audit-outbox.object.ts'
import { createEvent } from '../../src/audit/create-event.ts'
import type { AuditEvent } from '../../src/audit/event.ts'
import { encodeEvents } from '../../src/audit/outbox.ts'
import { login, origin } from '../sessions/examples.ts'
import { sessionsOf, stubOf } from '../sessions/object-subject.ts'
import { database, setPostgresReachable } from './delivered-events.ts'

const minute = 60_000
let stub: DurableObjectStub<AuditOutbox>
/** Marks the events of one test. */
let agent: string

beforeEach(() => {
  stub = env.AUDIT_OUTBOX.getByName(crypto.randomUUID())
  agent = `test ${crypto.randomUUID()}`
})
afterEach(() => void vi.useRealTimers())

const failure = (
  about: {
    ip?: string
    client_id?: string
    reason?: string
    type?: AuditEvent['type']
    user_id?: string
  } = {},
): AuditEvent => {
  const { ip = '192.0.2.1', client_id, reason = 'unknown client', type, user_id } = about
  return createEvent(
    type ?? 'client.authentication_failed',
    Date.now(),
    { ip, user_agent: agent, request_id: crypto.randomUUID() },
    {
      ...{ outcome: 'failure', actor_type: 'anonymous', client_id, user_id },
      data: { method: 'client_secret_basic', reason },
    },
  )
}

const append = (events: readonly AuditEvent[]) => stub.append(encodeEvents(events), events.length, true)

/** The time of the object goes on; what is due then happens. */
async function pass(milliseconds: number) {
  await runInDurableObject(stub, (_, { storage }) => {
    storage.sql.exec('UPDATE repetitions SET ends_at = ends_at - ?', milliseconds)
  })
  await runDurableObjectAlarm(stub)
}

interface Recorded extends Record<string, unknown> {
  type: string
  ip: string | null
  client_id: string | null
  data: { count?: number; first_at?: string; last_at?: string; client_ids?: string[]; reason?: string }
}
const recorded = async () => {
  const { rows } = await database().execute<Recorded>(
    sql`select id, type, ip, client_id, data from audit_events where user_agent = ${agent} order by position`,
  )
  return rows
}
const keys = () =>
  runInDurableObject(
    stub,
    (_, { storage }) => storage.sql.exec<{ n: number }>('SELECT count(*) AS n FROM repetitions').one().n,
  )

it('three hundred failures a minute of one address for one reason are two events, and none is uncounted', async () => {
  const began = Date.now()
  for (let batch = 0; batch < 3; batch++) {
    await append(
      Array.from({ length: 100 }, (_, index) => failure({ client_id: `made-up-${batch}-${index}` })),
    )
  }
  await runDurableObjectAlarm(stub)
  expect(await recorded()).toMatchObject([{ client_id: 'made-up-0-0', data: { reason: 'unknown client' } }])
  await pass(minute)
  const [, counted, ...others] = await recorded()
  expect(others).toEqual([])
  expect(counted).toMatchObject({
    ...{ ip: '192.0.2.1', client_id: null },
    data: { reason: 'unknown client', method: 'client_secret_basic', count: 299 },
  })
  expect(counted?.data.client_ids).toHaveLength(5)
  expect(Date.parse(String(counted?.data.first_at))).toBeGreaterThanOrEqual(began)
  expect(Date.parse(String(counted?.data.last_at))).toBeLessThanOrEqual(Date.now())
})

it('while it goes on, one event says so for ever longer times; when it is over, the next failure is one of its own', async () => {
  await append([failure(), failure()])
  await pass(minute)
  for (const minutes of [2, 4, 8, 16, 32, 60, 60]) {
    await append([failure(), failure(), failure()])
    await pass(minutes * minute - 1000)
    const before = (await recorded()).length
    await pass(1000)
    expect((await recorded()).length, `after ${minutes} minutes`).toBe(before + 1)
    expect((await recorded()).at(-1)?.data.count).toBe(3)
  }
  await pass(60 * minute)
  expect(await keys()).toBe(0)
  const before = (await recorded()).length
  await append([failure()])
  await runDurableObjectAlarm(stub)
  expect(await recorded()).toHaveLength(before + 1)
})

it('other addresses, networks of IPv6, reasons and kinds are counted apart; people are told one by one', async () => {
  const different = [
    failure(),
    failure({ ip: '192.0.2.2' }),
    failure({ ip: '2001:db8::1' }),
    failure({ ip: '2001:db8:0:1::1' }),
    failure({ reason: 'secret does not match' }),
    failure({ type: 'login.failed' }),
    failure({ type: 'login.locked' }),
  ]
  const oneByOne = [1, 2, 3].map(() => failure({ type: 'login.failed', user_id: 'somebody' }))
  await append([...different, ...oneByOne])
  // The same /64: one host has all of its addresses.
  await append([failure({ ip: '2001:db8::2' }), failure({ ip: '2001:db8::ffff' })])
  await runDurableObjectAlarm(stub)
  expect(await recorded()).toHaveLength(different.length + oneByOne.length)
  await pass(minute)
  expect((await recorded()).slice(different.length + oneByOne.length)).toMatchObject([
    { ip: '2001:db8::ffff', data: { count: 2 } },
  ])
})

it('a single repetition is recorded as it was', async () => {
  await append([failure({ client_id: 'web' }), failure({ client_id: 'web' })])
  await pass(minute)
  const [first, second] = await recorded()
  expect(second).toMatchObject({ ip: first?.ip, client_id: 'web', data: first?.data })
})

it('what is counted survives an eviction and an outage of Postgres', async () => {
  await append([failure({ client_id: 'web' }), failure({ client_id: 'web' }), failure({ client_id: 'web' })])
  await evictDurableObject(stub)
  await append([failure({ client_id: 'web' })])
  await setPostgresReachable(stub as never, false)
  await pass(minute)
  expect(await recorded()).toEqual([])
  await setPostgresReachable(stub as never, true)
  await runDurableObjectAlarm(stub)
  expect((await recorded()).map(({ client_id, data }) => [client_id, data.count])).toEqual([
    ['web', undefined],
    ['web', 3],
  ])
})

it('many addresses fill nothing either: beyond a bound they are counted together', async () => {
  const addresses = Array.from({ length: 700 }, (_, index) => `10.1.${index >> 8}.${index & 255}`)
  await append(addresses.map((ip) => failure({ ip })))
  expect(await keys()).toBe(501)
  await pass(minute)
  const rows = await recorded()
  expect(rows).toHaveLength(502)
  expect(rows.at(-1)).toMatchObject({ ip: null, data: { count: 199 } })
})

it('attempts during the pause of a known account are counted in its object, and leave nothing behind', async () => {
  const subject = crypto.randomUUID()
  const attempt = () =>
    sessionsOf(subject).recordLogin(
      login({ password_ok: false, origin: { ...origin, user_agent: agent }, user_id: subject }),
    )
  for (let failure = 0; failure < 6; failure++) await attempt()
  for (let failure = 0; failure < 40; failure++) expect((await attempt()).status).toBe('locked')
  const person = stubOf(subject)
  await runDurableObjectAlarm(person)
  expect((await recorded()).filter(({ type }) => type === 'login.locked')).toHaveLength(1)
  await evictDurableObject(person)
  await runInDurableObject(person, (_, { storage }) => {
    storage.sql.exec('UPDATE repetitions SET ends_at = 0')
  })
  await runDurableObjectAlarm(person)
  const locked = (await recorded()).filter(({ type }) => type === 'login.locked')
  expect(locked.map(({ data }) => data.count)).toEqual([undefined, 39])
  expect((await recorded()).filter(({ type }) => type === 'login.failed')).toHaveLength(6)
})
