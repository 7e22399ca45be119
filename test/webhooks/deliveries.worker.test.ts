/** Deliveries of webhooks (Standard Webhooks 1.0.0): from the trail to a receiver, whatever fails in between. */

import { runInDurableObject } from 'cloudflare:test'
import { eq } from 'drizzle-orm'
import { describe, expect, it, vi } from 'vitest'
import { createWebhookVerifier } from '../../sdk/js/webhooks/src/index.ts'
import type { Authorized } from '../../src/access/authorized.ts'
import type { AuditEvent } from '../../src/audit/event.ts'
import { auditEvents, webhookEndpoints } from '../../src/db/schema.ts'
import { delay } from '../../src/kit/delay.ts'
import { uuidv7 } from '../../src/kit/ids.ts'
import type { TrailEvent } from '../../src/webhooks/payload.ts'
import { testDatabase } from '../fakes/database.ts'
import type { SeenRequest } from '../fakes/relying-parties.ts'
import { addAdmin } from '../worker/admin-client.ts'
import { hearLog } from '../worker/hear-log.ts'
import {
  bindings,
  breakOutbox,
  call,
  deliver,
  dispatch,
  dispatcher,
  evict,
  hangOutbox,
  happen,
  meetStatements,
  mendOutbox,
  openWebhook,
  outboxOf,
  ringsAt,
  runFor,
  withWebhooks,
} from './webhook-under-test.ts'

withWebhooks()

const log = hearLog()

const second = 1000
const hour = 3_600_000
const day = 24 * hour

type Webhook = Awaited<ReturnType<typeof openWebhook>>

const timestampOf = ({ headers }: SeenRequest) => Number(headers['webhook-timestamp'])
const idsOf = (seen: readonly SeenRequest[]) => seen.map(({ headers }) => headers['webhook-id'])
const statusesOf = async (webhook: Webhook) => (await webhook.log()).map(({ status }) => status)
const eventsOf = async (webhookId: string, type: string) =>
  (await testDatabase().select().from(auditEvents).where(eq(auditEvents.entity_id, webhookId))).filter(
    (event) => event.type === type,
  )

const testEvent = (): TrailEvent => ({
  ...{ id: uuidv7(), type: 'webhook.test', occurred_at: new Date().toISOString(), outcome: 'success' },
  ...{ actor_type: 'system', actor_id: null, user_id: null, client_id: null, session_id: null },
  ...{ entity_type: null, entity_id: null, request_id: null, changes: null, data: {} },
})

/** A webhook, and an event on its way. */
async function sent(changed: Parameters<typeof openWebhook>[0] = {}) {
  const webhook = await openWebhook(changed)
  const event = await happen()
  await dispatch()
  return { webhook, event }
}

const verify = (secrets: readonly string[], publicKeys: readonly string[], { headers, body }: SeenRequest) =>
  createWebhookVerifier({ secrets: [...secrets], publicKeys: [...publicKeys] })({
    headers: headers as Record<string, string>,
    body,
  })

describe('an event', () => {
  it('is posted once, with its id, the time of the attempt and both signatures, and is logged', async () => {
    const { webhook, event } = await sent()
    await deliver(webhook.id)
    const [request, ...more] = await webhook.seen()
    expect(more).toEqual([])
    expect(request).toMatchObject({
      method: 'POST',
      headers: { 'webhook-id': event.id, 'content-type': 'application/json', 'user-agent': 'Authly' },
    })
    expect(timestampOf(request as SeenRequest)).toBe(Math.floor(Date.now() / 1000))
    const expected = { type: 'user.created', data: { id: event.id, user_id: event.user_id } }
    // Each alone: a receiver knows one of them.
    expect(await verify([webhook.secret], [], request as SeenRequest)).toMatchObject(expected)
    const publicKeys = webhook.keys.map(({ public_key }) => public_key)
    expect(await verify([], publicKeys, request as SeenRequest)).toMatchObject(expected)
    expect(await webhook.log()).toEqual([
      expect.objectContaining({
        ...{ event_id: event.id, status: 'delivered', attempts: 1, response_status: 200, reason: null },
        ...{ subject: `user:${event.user_id}`, next_attempt_at: null, type: 'user.created' },
      }),
    ])
  })

  it('has a sequence number that grows, the same in body and log', async () => {
    const user_id = uuidv7()
    const webhook = await openWebhook()
    for (const type of ['user.created', 'user.disabled', 'user.enabled'] as const)
      await happen({ type, user_id })
    await dispatch()
    await deliver(webhook.id)
    const bodies = (await webhook.seen()).map(
      ({ body }) => JSON.parse(body) as { data: { sequence: number } },
    )
    const numbers = bodies.map(({ data }) => data.sequence).sort((a, b) => a - b)
    expect(new Set(numbers).size).toBe(3)
    expect((await webhook.log()).map(({ sequence }) => sequence).sort()).toEqual([...numbers].sort())
  })

  it('goes to the endpoints whose filter it matches, and to no other', async () => {
    const [all, sessions, other] = [
      await openWebhook({ event_types: ['*'] }),
      await openWebhook({ event_types: ['session.*'] }),
      await openWebhook({ user_ids: [uuidv7()] }),
    ]
    const event = await happen()
    await dispatch()
    for (const { id } of [all, sessions, other]) await deliver(id)
    expect(idsOf(await all.seen())).toContain(event.id)
    expect(await sessions.seen()).toEqual([])
    expect(await other.seen()).toEqual([])
  })

  it('that happened before the endpoint was made is not sent to it', async () => {
    await happen()
    const webhook = await openWebhook()
    await dispatch()
    await deliver(webhook.id)
    expect(await webhook.seen()).toEqual([])
  })

  it('of an erased person is sent as the trail shows it now: the outbox keeps no copy', async () => {
    const webhook = await openWebhook()
    const event = await happen({ ip: '203.0.113.77', data: { reason: 'kept-private' } })
    await dispatch()
    const stored = await runInDurableObject(outboxOf(webhook.id), (_, { storage }) =>
      JSON.stringify([storage.sql.exec('SELECT * FROM deliveries').toArray(), [...storage.kv.list()]]),
    )
    expect(stored).toContain(event.id)
    expect(stored).not.toMatch(/203\.0\.113|kept-private|whsec_|whsk_/)
  })
})

describe('a receiver that does not take it', () => {
  it('is asked again for days, later each time, under the same id and with the time of the attempt', async () => {
    const { webhook, event } = await sent()
    await webhook.set('down')
    await runFor(webhook.id, 2 * day)
    const seen = await webhook.seen()
    expect(seen.length).toBeGreaterThan(10)
    expect(seen.length).toBeLessThan(60)
    expect(new Set(idsOf(seen))).toEqual(new Set([event.id]))
    const times = seen.map(timestampOf)
    const pauses = times.slice(1).map((time, index) => time - (times[index] as number))
    expect(pauses[0]).toBeLessThan(10)
    expect(Math.max(...pauses)).toBeGreaterThan(1000)
    for (const request of seen) await expect(verify([webhook.secret], [], request)).rejects.toThrow()
    expect(await webhook.log()).toMatchObject([
      { status: 'waiting', response_status: 503, reason: 'http_503', attempts: seen.length },
    ])
    await webhook.set('up')
    await runFor(webhook.id, day / 2)
    expect(await statusesOf(webhook)).toEqual(['delivered'])
  })

  it('is told by its last attempts, ten at most, in the entry of the event alone', async () => {
    const { webhook, event } = await sent()
    const read = async () => {
      const path = `${webhook.path}/deliveries/${event.id}`
      return (await (await call(await addAdmin(), 'GET', path)).json()) as {
        attempts: number
        recent_attempts: { at: string; response_status: number | null; reason: string | null }[]
      }
    }
    await webhook.set('down')
    await deliver(webhook.id)
    await webhook.set('redirect')
    await runFor(webhook.id, 8 * second)
    const { recent_attempts: two } = await read()
    expect(two).toEqual([
      {
        at: expect.any(String),
        response_status: null,
        reason: 'redirect_refused',
        duration_ms: expect.any(Number),
      },
      { at: expect.any(String), response_status: 503, reason: 'http_503', duration_ms: expect.any(Number) },
    ])
    await webhook.set('down')
    await runFor(webhook.id, day)
    await evict(outboxOf(webhook.id))
    await webhook.set('up')
    await runFor(webhook.id, day / 2)
    const { attempts, recent_attempts } = await read()
    expect(attempts).toBeGreaterThan(10)
    expect(recent_attempts).toHaveLength(10)
    expect(recent_attempts[0]).toMatchObject({ response_status: 200, reason: null })
    expect(new Set(recent_attempts.slice(1).map(({ reason }) => reason))).toEqual(new Set(['http_503']))
    const times = recent_attempts.map(({ at }) => Date.parse(at))
    expect(times).toEqual([...times].sort((a, b) => b - a))
    const seconds = times.map((time) => Math.floor(time / second)).toReversed()
    expect((await webhook.seen()).map(timestampOf).slice(-10)).toEqual(seconds)
    expect((await webhook.log())[0]).not.toHaveProperty('recent_attempts')
  })

  it('is left alone for as long as it asks (Retry-After, RFC 9110 §10.2.3)', async () => {
    const { webhook } = await sent()
    await webhook.set('busy')
    await deliver(webhook.id)
    await happen()
    await dispatch()
    await runFor(webhook.id, hour - 10 * second)
    expect(await webhook.seen()).toHaveLength(1)
    await webhook.set('up')
    await runFor(webhook.id, 2 * hour)
    expect(await statusesOf(webhook)).toEqual(['delivered', 'delivered'])
  })

  it('that is down is asked with one event alone, and gets the rest once it is back', async () => {
    const webhook = await openWebhook()
    await webhook.set('down')
    for (let count = 0; count < 12; count++) await happen()
    await dispatch()
    await runFor(webhook.id, 3 * hour)
    const asked = (await webhook.seen()).length
    expect(asked).toBeLessThan(40)
    await webhook.set('up')
    await runFor(webhook.id, hour)
    expect(new Set(await statusesOf(webhook))).toEqual(new Set(['delivered']))
    expect(await webhook.log()).toHaveLength(12)
  })

  it('for three days does not get it any more', async () => {
    const { webhook } = await sent()
    await webhook.set('down')
    await runFor(webhook.id, 4 * day)
    expect(await webhook.log()).toMatchObject([{ status: 'failed', reason: 'http_503' }])
    expect(await webhook.read()).toMatchObject({ enabled: true })
  })

  it('and takes nothing for five days is disabled, which the trail tells', async () => {
    const { webhook } = await sent()
    await webhook.set('down')
    for (let days = 0; days < 6; days++) {
      await runFor(webhook.id, day)
      await happen()
      await dispatch()
    }
    await runFor(webhook.id, day)
    expect(await webhook.read()).toMatchObject({ enabled: false, disabled_reason: 'failing' })
    const [event, ...more] = await eventsOf(webhook.id, 'webhook.disabled')
    expect(more).toEqual([])
    expect(event).toMatchObject({ data: { reason: 'failing' }, actor_type: 'system' })
    expect(await statusesOf(webhook)).not.toContain('waiting')
  })

  it('and answers 410 is disabled at once: what waits is cancelled, nothing more is sent', async () => {
    const webhook = await openWebhook()
    await webhook.set('gone')
    for (let count = 0; count < 8; count++) await happen()
    await dispatch()
    await deliver(webhook.id)
    const asked = (await webhook.seen()).length
    expect(asked).toBeLessThanOrEqual(5)
    expect(await webhook.read()).toMatchObject({ enabled: false, disabled_reason: 'gone' })
    expect(new Set(await statusesOf(webhook))).toEqual(new Set(['cancelled']))
    expect(await eventsOf(webhook.id, 'webhook.disabled')).toMatchObject([{ data: { reason: 'gone' } }])
    await happen()
    await dispatch()
    await runFor(webhook.id, day)
    expect(await webhook.seen()).toHaveLength(asked)
    // Its object holds nothing any more.
    expect(await ringsAt(outboxOf(webhook.id))).toBeNull()
  })

  // Attack: the receiver leads the signed event, or our request, somewhere else.
  it('and redirects is not followed', async () => {
    const { webhook } = await sent()
    await webhook.set('redirect')
    await deliver(webhook.id)
    expect((await webhook.seen()).map(({ path }) => path.endsWith('/in'))).toEqual([true])
    expect(await webhook.log()).toMatchObject([{ status: 'waiting', reason: 'redirect_refused' }])
  })

  // Attack: an answer without end holds the outbox.
  it('and answers without end has taken it', async () => {
    const { webhook } = await sent()
    await webhook.set('endless')
    await deliver(webhook.id)
    expect(await statusesOf(webhook)).toEqual(['delivered'])
  })

  it('whose answer got lost gets it again, under the same id', async () => {
    const { webhook, event } = await sent()
    await webhook.set('loses_answers')
    await deliver(webhook.id)
    await webhook.set('up')
    await runFor(webhook.id, hour)
    expect(idsOf(await webhook.seen())).toEqual([event.id, event.id])
    expect(await webhook.log()).toMatchObject([{ status: 'delivered', attempts: 2 }])
  })

  it('and never answers is given up for this time after ten seconds', async () => {
    const { webhook } = await sent()
    await webhook.set('hangs')
    await deliver(webhook.id)
    expect(await webhook.log()).toMatchObject([{ status: 'waiting', reason: 'timeout' }])
  }, 30_000)
})

describe('exactly one delivery is made of an event', () => {
  it('however often the dispatcher is nudged at once', async () => {
    const webhook = await openWebhook()
    const event = await happen()
    await Promise.all(Array.from({ length: 20 }, () => dispatcher().nudge()))
    await Promise.all([dispatch(), dispatch(), dispatch()])
    await Promise.all([deliver(webhook.id), deliver(webhook.id)])
    await dispatch()
    await deliver(webhook.id)
    expect(idsOf(await webhook.seen())).toEqual([event.id])
  })

  it('when the dispatcher ends after it handed a page over and before it noted that', async () => {
    const webhook = await openWebhook()
    const event = await happen()
    await dispatch()
    await deliver(webhook.id)
    await runInDurableObject(dispatcher(), (_, { storage }) => storage.kv.delete('position'))
    await evict(dispatcher())
    await dispatch()
    await deliver(webhook.id)
    expect(idsOf(await webhook.seen())).toEqual([event.id])
    expect(await webhook.log()).toHaveLength(1)
  })

  it('when objects are evicted between all steps', async () => {
    const webhook = await openWebhook()
    const event = await happen()
    await dispatcher().nudge()
    await evict(dispatcher())
    await dispatch()
    await evict(outboxOf(webhook.id))
    await webhook.set('down')
    await deliver(webhook.id)
    await evict(outboxOf(webhook.id))
    await evict(dispatcher())
    await webhook.set('up')
    await runFor(webhook.id, hour)
    await dispatch()
    await runFor(webhook.id, hour)
    expect(idsOf(await webhook.seen())).toEqual([event.id, event.id])
    expect(await webhook.log()).toMatchObject([{ status: 'delivered', attempts: 2 }])
  })
})

describe('while Postgres is down', () => {
  const away = (): Env =>
    ({ ...bindings(), DATABASE_GATEWAY_URL: 'http://127.0.0.1:1/sql' }) as unknown as Env

  it('nothing is lost, nothing counts as a failure, and it goes on by itself', async () => {
    const webhook = await openWebhook()
    const event = await happen()
    await dispatch(away())
    expect(log.lines.some((line) => line.event === 'webhook_dispatch_failed')).toBe(true)
    expect(await ringsAt(dispatcher())).not.toBeNull()
    await dispatch()
    await deliver(webhook.id, away())
    expect(await webhook.seen()).toEqual([])
    await runFor(webhook.id, 5 * 60 * second)
    expect(idsOf(await webhook.seen())).toEqual([event.id])
    expect(await webhook.log()).toMatchObject([{ status: 'delivered', attempts: 1 }])
  })
})

describe('what waits', () => {
  it('of an endpoint that is deleted is gone with everything about it', async () => {
    const { webhook } = await sent()
    await webhook.set('down')
    await deliver(webhook.id)
    const deleted = await call(await addAdmin(), 'DELETE', webhook.path, undefined, { 'if-match': '*' })
    expect(deleted.status).toBe(204)
    const before = (await webhook.seen()).length
    await runFor(webhook.id, day)
    expect(await webhook.seen()).toHaveLength(before)
    const left = await runInDurableObject(outboxOf(webhook.id), (_, { storage }) => [...storage.kv.list()])
    expect(left).toEqual([])
    expect(await ringsAt(outboxOf(webhook.id))).toBeNull()
  })

  it('of an endpoint that is disabled is cancelled; enabled again it gets what happens then', async () => {
    const { webhook } = await sent()
    expect((await call(await addAdmin(), 'POST', `${webhook.path}/disable`)).status).toBe(204)
    await runFor(webhook.id, hour)
    expect(await webhook.seen()).toEqual([])
    expect(await webhook.log()).toMatchObject([{ status: 'cancelled', reason: 'endpoint_disabled' }])
    const missed = await happen()
    await dispatch()
    expect((await call(await addAdmin(), 'POST', `${webhook.path}/enable`)).status).toBe(204)
    const event = await happen()
    await dispatch()
    await runFor(webhook.id, hour)
    expect(idsOf(await webhook.seen())).toEqual([event.id])
    expect(idsOf(await webhook.seen())).not.toContain(missed.id)
  })

  // Attack: an endpoint that takes nothing fills the storage.
  it('is bounded: what comes on top is dropped, and the log says so', async () => {
    const webhook = await openWebhook()
    const events = Array.from({ length: 10_010 }, (_, index) => ({
      ...{ event_id: uuidv7(), position: 1_000_000 + index, type: 'user.created', subject: null },
    }))
    await outboxOf(webhook.id).enqueue({
      ...{ webhook_id: webhook.id, kind: 'endpoint', up_to: 2_000_000, events },
    })
    const counts = await runInDurableObject(outboxOf(webhook.id), (_, { storage }) =>
      storage.sql.exec('SELECT status, count(*) AS count FROM deliveries GROUP BY status').toArray(),
    )
    expect(counts).toEqual([
      { status: 'dropped', count: 10 },
      { status: 'waiting', count: 10_000 },
    ])
  })
})

// Attack, or a bug: whoever brings one outbox to fail stops the webhooks of everybody.
describe('an outbox that fails', () => {
  const stored = () => runInDurableObject(dispatcher(), (_, { storage }) => [...storage.kv.list()])

  /** One that fails, and one that does not; both have got an event before. */
  async function opened() {
    const [broken, other] = [await openWebhook(), await openWebhook()]
    const first = await happen()
    await dispatch()
    for (const { id } of [broken, other]) await deliver(id)
    await breakOutbox(broken.id)
    return { broken, other, first }
  }

  it('holds up no other endpoint, and gets what it missed once, when it is back', async () => {
    const { broken, other, first } = await opened()
    const events = [first]
    for (let count = 0; count < 3; count++) {
      events.push(await happen())
      await dispatch()
      await evict(dispatcher())
      await deliver(other.id)
    }
    const ids = events.map(({ id }) => id)
    expect(idsOf(await other.seen())).toEqual(ids)
    expect(idsOf(await broken.seen())).toEqual([first.id])
    expect(log.lines).toContainEqual(
      expect.objectContaining({ event: 'webhook_dispatch_failed', subject: broken.id, outcome: 'refused' }),
    )
    await mendOutbox(broken.id)
    vi.setSystemTime(Date.now() + 60 * second)
    await dispatch()
    events.push(await happen())
    await dispatch()
    for (const { id } of [broken, other]) await deliver(id)
    for (const webhook of [broken, other])
      expect(idsOf(await webhook.seen()).sort()).toEqual(events.map(({ id }) => id).sort())
    expect(await stored()).toEqual([['position', expect.any(Number)]])
  })

  // Two, so that their times do not add up.
  it('because it never answers holds up nobody either, and gets each event once when it answers again', async () => {
    const [one, two, other] = [await openWebhook(), await openWebhook(), await openWebhook()]
    const releases = [await hangOutbox(one.id), await hangOutbox(two.id)]
    const event = await happen()
    await dispatch()
    await deliver(other.id)
    expect(idsOf(await other.seen())).toEqual([event.id])
    for (const { id } of [one, two]) {
      const reason = expect.stringContaining('TimeoutError')
      const line = { event: 'webhook_dispatch_failed', subject: id, outcome: 'refused', reason }
      expect(log.lines).toContainEqual(expect.objectContaining(line))
    }
    expect(await stored()).toMatchObject([
      ['position', { behind: { [one.id]: { failures: 1 }, [two.id]: { failures: 1 } } }],
    ])
    // What they were handed reaches them after all, and again.
    for (const release of releases) await release()
    const later = await happen()
    vi.setSystemTime(Date.now() + 60 * second)
    await dispatch()
    await dispatch()
    for (const webhook of [one, two, other]) {
      await deliver(webhook.id)
      await runFor(webhook.id, hour)
      expect(idsOf(await webhook.seen())).toEqual([event.id, later.id])
    }
    expect(await stored()).toEqual([['position', expect.any(Number)]])
  }, 60_000)

  it('for an hour is left behind, and a replay of what it missed repairs that', async () => {
    const { broken } = await opened()
    const from = new Date(Date.now() - 48 * hour).toISOString()
    const missed = await happen()
    const until = Date.now() + 2 * hour
    while (Date.now() < until) {
      await dispatch()
      vi.setSystemTime(Date.now() + 60 * second)
    }
    expect(log.lines).toContainEqual(
      expect.objectContaining({
        event: 'webhook_dispatch_failed',
        subject: broken.id,
        outcome: 'left_behind',
      }),
    )
    const asked = log.lines.filter(({ subject }) => subject === broken.id).length
    expect(asked).toBeLessThanOrEqual(60)
    await mendOutbox(broken.id)
    const later = await happen()
    await dispatch()
    await deliver(broken.id)
    expect(idsOf(await broken.seen())).toContain(later.id)
    expect(idsOf(await broken.seen())).not.toContain(missed.id)
    const replay = await call(await addAdmin(), 'POST', `${broken.path}/replay`, { from, only: 'missed' })
    expect(replay.status, await replay.clone().text()).toBe(200)
    await runFor(broken.id, hour)
    expect(idsOf(await broken.seen())).toContain(missed.id)
  }, 60_000)

  it('and is deleted meanwhile is forgotten', async () => {
    const { broken, other } = await opened()
    await happen()
    await dispatch()
    await call(await addAdmin(), 'DELETE', broken.path, undefined, { 'if-match': '*' })
    vi.setSystemTime(Date.now() + 60 * second)
    await dispatch()
    expect(await stored()).toEqual([['position', expect.any(Number)]])
    expect(await other.read()).toMatchObject({ enabled: true })
  })
})

describe('an order of a worker of the version before, which tells the trail itself', () => {
  it.each(['sendAgain', 'sendTest', 'replay'] as const)(
    '%s: is taken, and so is the next',
    async (method) => {
      const { id } = await openWebhook()
      const due = () => ({ event_id: uuidv7(), position: 1, type: 'user.created', subject: null })
      const range = { from: '2026-01-01T00:00:00Z', until: '2026-02-01T00:00:00Z', only: 'all' } as const
      const outbox = outboxOf(id)
      const order = {
        sendAgain: () => outbox.sendAgain(id, due()),
        sendTest: () => outbox.sendTest(id, testEvent()),
        replay: () => outbox.replay({ id: uuidv7(), webhook_id: id, authorized: {} as Authorized, ...range }),
      }[method]
      expect([await order(), await order()]).toEqual([true, true])
      expect(await ringsAt(outbox)).not.toBeNull()
      const counts = await runInDurableObject(outbox, (_, { storage: { sql } }) =>
        ['deliveries', 'replays', 'outbox'].map(
          (table) => sql.exec<{ n: number }>(`SELECT count(*) AS n FROM ${table}`).one().n,
        ),
      )
      expect(counts).toEqual(method === 'replay' ? [0, 2, 0] : [2, 0, 0])
    },
  )
})

describe('an order for an endpoint that is over', () => {
  type Over = { readonly enabled: false } | 'deleted'

  /** Behind the back of its outbox, which has something to ask for. */
  async function over(how: Over) {
    const { webhook } = await sent()
    const [database, own] = [testDatabase(), eq(webhookEndpoints.id, webhook.id)]
    if (how === 'deleted') await database.delete(webhookEndpoints).where(own)
    else await database.update(webhookEndpoints).set(how).where(own)
    return webhook
  }

  const order = async ({ id }: Webhook, kind: 'test' | 'replay') => {
    const recorded: AuditEvent = {
      ...{ id: uuidv7(), occurred_at: Date.now(), outcome: 'success', actor_type: 'system' },
      ...{ type: kind === 'test' ? 'webhook.tested' : 'webhook.replayed', entity_id: id },
    }
    const range = { from: '2026-01-01T00:00:00Z', until: '2026-02-01T00:00:00Z', only: 'all' } as const
    const authorized = { actor: 'user', id: uuidv7() } as unknown as Authorized
    const isTaken =
      kind === 'test'
        ? await outboxOf(id).sendTest(id, testEvent(), recorded)
        : await outboxOf(id).replay({ id: uuidv7(), webhook_id: id, authorized, ...range }, recorded)
    expect(isTaken).toBe(true)
    return recorded
  }

  const expectToldAndGone = async ({ id }: Webhook, recorded: AuditEvent) => {
    await runFor(id, hour)
    expect((await eventsOf(id, recorded.type)).map((event) => event.id)).toEqual([recorded.id])
    const left = await runInDurableObject(outboxOf(id), (_, { storage }) => [...storage.kv.list()])
    expect(left).toEqual([])
    expect(await ringsAt(outboxOf(id))).toBeNull()
  }

  it.each<['test' | 'replay', string, Over]>([
    ['test', 'deleted', 'deleted'],
    ['replay', 'disabled', { enabled: false }],
  ])(
    '%s: is told by the trail although it came while Postgres was asked and the endpoint is %s',
    async (kind, _, how) => {
      const webhook = await over(how)
      let [isHeld, isAsked] = [true, false]
      const end = meetStatements("and kind = 'endpoint'", async () => {
        isAsked = true
        while (isHeld) await delay(20)
      })
      const rung = deliver(webhook.id)
      await vi.waitFor(() => expect(isAsked).toBe(true), { timeout: 10_000 })
      const recorded = await order(webhook, kind)
      isHeld = false
      await rung
      end()
      await expectToldAndGone(webhook, recorded)
    },
  )

  it('leaves nothing behind, although the trail could not be told when the outbox learned that it is over', async () => {
    const webhook = await over({ enabled: false })
    const recorded = await order(webhook, 'test')
    const end = meetStatements('has_webhooks', () => Promise.reject(new TypeError('away')))
    await deliver(webhook.id)
    expect(await eventsOf(webhook.id, recorded.type)).toEqual([])
    end()
    await expectToldAndGone(webhook, recorded)
  })
})

describe('without an endpoint', () => {
  it('the dispatcher stores nothing and rings no more', async () => {
    const webhook = await openWebhook()
    await dispatch()
    expect(await ringsAt(dispatcher())).not.toBeNull()
    await call(await addAdmin(), 'DELETE', webhook.path, undefined, { 'if-match': '*' })
    await dispatch()
    expect(await ringsAt(dispatcher())).toBeNull()
    const left = await runInDurableObject(dispatcher(), (_, { storage }) => [...storage.kv.list()])
    expect(left).toEqual([])
  })
})
