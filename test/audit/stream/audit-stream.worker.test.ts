import { env, evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { eq, sql } from 'drizzle-orm'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { windowEvents } from '../../../src/audit/stream/socket-subscriber.ts'
import { users } from '../../../src/db/schema.ts'
import { uuidv7 } from '../../../src/kit/ids.ts'
import { setBindings } from '../../worker/wrapped-object.ts'
import { database } from '../delivered-events.ts'
import {
  addAuditor,
  newRegion,
  openSocket,
  openSse,
  positionOf,
  streamOf,
  write,
  writeSlowly,
} from './stream-client.ts'

let auditor: string
beforeAll(async () => {
  auditor = await addAuditor()
})

const wait = (condition: () => boolean) => vi.waitUntil(condition, { timeout: 20_000, interval: 20 })
/** Events of one test are those about its own person. */
const about = () => {
  const person = uuidv7()
  return { person, filter: { user_id: person } }
}
const listeners = async (): Promise<number> => {
  const { rows } = await database().execute(
    sql`SELECT count(*)::int AS count FROM pg_locks
        WHERE locktype = 'advisory' AND (classid::bigint << 32 | objid::bigint) = 715520260010`,
  )
  return Number(rows[0]?.['count'])
}

/** Ends all listening connections. */
const hangUp = () =>
  database().execute(sql`
    SELECT pg_terminate_backend(pid) FROM pg_locks
    WHERE locktype = 'advisory' AND (classid::bigint << 32 | objid::bigint) = 715520260010`)
/** Where nothing listens. */
const nowhere = { DATABASE_GATEWAY_URL: 'http://127.0.0.1:1' }
/** Changes the bindings of the object as it runs now. */
const reach = (region: string, bindings: Record<string, string>) =>
  setBindings(streamOf(region), { ...env, ...bindings })

describe('the live audit stream', () => {
  it('gives each event to each subscriber once and in order, over SSE and WebSocket', async () => {
    const { person, filter } = about()
    const region = newRegion()
    const before = await write(person)
    const socket = await openSocket({ auditor, region, filter })
    const sse = await openSse({ auditor, region, filter })
    const ids = [...(await write(person, 3)), ...(await write(person, 700)), ...(await write(person))]
    await wait(() => socket.ids().length >= ids.length && sse.ids().length >= ids.length)
    expect(socket.ids()).toEqual(ids)
    expect(sse.ids()).toEqual(ids)
    expect(ids).not.toContain(before[0])
    expect(sse.response.headers.get('content-type')).toBe('text/event-stream')
    expect(sse.text()).toContain(
      `id: ${await positionOf(ids[0] as string)}\nevent: audit\ndata: {"id":"${ids[0]}"`,
    )
  })

  it('does not go past a position whose transaction is still open, and skips one that is rolled back', async () => {
    const { person, filter } = about()
    const region = newRegion()
    const socket = await openSocket({ auditor, region, filter })
    const early = await writeSlowly(person)
    const [late] = await write(person)
    expect(await positionOf(late as string)).toBeGreaterThan(early.position)
    await runInDurableObject(streamOf(region), () => new Promise((resolve) => setTimeout(resolve, 600)))
    expect(socket.ids()).toEqual([])
    await early.commit()
    await wait(() => socket.ids().length === 2)
    expect(socket.ids()).toEqual([early.id, late])

    const dropped = await writeSlowly(person)
    const [after] = await write(person)
    await dropped.rollback()
    await wait(() => socket.ids().length === 3)
    expect(socket.ids()).toEqual([early.id, late, after])
  })

  it('gives everybody everything when many transactions write at once', async () => {
    const { person, filter } = about()
    const region = newRegion()
    const sockets = await Promise.all(
      Array.from({ length: 5 }, () => openSocket({ auditor, region, filter })),
    )
    const written = await Promise.all(
      Array.from({ length: 40 }, async (_, index) => {
        if (index % 4 > 0) return write(person, 1 + (index % 3))
        const slow = await writeSlowly(person)
        await slow.commit()
        return [slow.id]
      }),
    )
    const ids = written.flat()
    await wait(() => sockets.every((socket) => socket.ids().length >= ids.length))
    for (const socket of sockets) {
      expect(socket.ids().toSorted()).toEqual(ids.toSorted())
      expect(socket.positions()).toEqual(socket.positions().toSorted((a, b) => a - b))
    }
  })

  it('serves 100 subscribers from one listening connection, and keeps none without subscribers', async () => {
    const { person, filter } = about()
    const region = newRegion()
    const idle = await listeners()
    const sockets = await Promise.all(
      Array.from({ length: 100 }, () => openSocket({ auditor, region, filter })),
    )
    expect(await listeners()).toBe(idle + 1)
    const ids = await write(person, 20)
    await wait(() => sockets.every((socket) => socket.ids().length >= ids.length))
    for (const socket of sockets) expect(socket.ids()).toEqual(ids)
    for (const { socket } of sockets) socket.close()
    await vi.waitUntil(async () => (await listeners()) === idle, { timeout: 10_000 })
  })

  it('filters by type, family, person, actor, client and outcome, live and in the past alike', async () => {
    const { person } = about()
    const region = newRegion()
    const filters = [
      [{ user_id: person, types: ['session.ended'] }, [1]],
      [{ user_id: person, families: ['session'] }, [0, 1]],
      [{ user_id: person, families: ['login'], types: ['session.ended'] }, [1, 2]],
      [{ user_id: person, outcome: 'failure' as const }, []],
      [{ actor_id: person }, [0, 1, 2]],
      [{ user_id: person, client_id: 'other' }, []],
    ] as const
    const live = await Promise.all(filters.map(([filter]) => openSocket({ auditor, region, filter })))
    const ids = [
      ...(await write(person, 1, 'session.created')),
      ...(await write(person, 1, 'session.ended')),
      ...(await write(person, 1, 'login.failed')),
    ]
    const after = (await positionOf(ids[0] as string)) - 1
    const past = await Promise.all(filters.map(([filter]) => openSocket({ auditor, region, filter, after })))
    for (const [index, [, expected]] of filters.entries()) {
      const wanted = expected.map((event) => ids[event])
      await wait(() => [live, past].every((sockets) => (sockets[index]?.ids().length ?? 0) >= wanted.length))
      expect(live[index]?.ids()).toEqual(wanted)
      expect(past[index]?.ids()).toEqual(wanted)
    }
  })
})

describe('resuming', () => {
  it('goes on behind the last id without gap or repetition while events keep coming', async () => {
    const { person, filter } = about()
    const region = newRegion()
    const ids = await write(person, 1200)
    const after = await positionOf(ids[99] as string)
    const writing = (async () => {
      for (let round = 0; round < 10; round++) ids.push(...(await write(person, 5)))
    })()
    const [socket, sse] = await Promise.all([
      openSocket({ auditor, region, filter, after }),
      openSse({ auditor, region, filter, after }),
    ])
    await writing
    await wait(() => socket.ids().length >= ids.length - 100 && sse.ids().length >= ids.length - 100)
    expect(socket.ids()).toEqual(ids.slice(100))
    // A sign of life says: this was all there was. So none comes before the past has been sent.
    expect(socket.messages.findIndex(({ kind }) => kind === 'heartbeat')).toBeGreaterThanOrEqual(1100)
    expect(sse.ids()).toEqual(ids.slice(100))
  })

  it('says so when the position is not of this trail', async () => {
    const { person, filter } = about()
    const socket = await openSocket({ auditor, region: newRegion(), filter, after: 1_000_000_000 })
    const [id] = await write(person)
    await wait(() => socket.ids().length === 1)
    expect(socket.messages[0]).toMatchObject({ kind: 'reset', reason: 'unknown_position' })
    expect(socket.ids()).toEqual([id])
  })
})

describe('failures', () => {
  it('sockets survive an eviction: what was written meanwhile comes first', async () => {
    const { person, filter } = about()
    const region = newRegion()
    const socket = await openSocket({ auditor, region, filter })
    const ids = await write(person, 2)
    await wait(() => socket.ids().length === 2)
    // While it listens, nothing evicts it; so this happens to one that has lost Postgres.
    await reach(region, nowhere)
    await hangUp()
    await evictDurableObject(streamOf(region))
    ids.push(...(await write(person, 3)))
    expect(await runDurableObjectAlarm(streamOf(region))).toBe(true)
    await wait(() => socket.ids().length === 5)
    ids.push(...(await write(person, 1)))
    await wait(() => socket.ids().length === 6)
    expect(socket.ids()).toEqual(ids)
  })

  it('a lost listening connection only delays: it is opened again and nothing is missing', async () => {
    const { person, filter } = about()
    const region = newRegion()
    const socket = await openSocket({ auditor, region, filter })
    await hangUp()
    const ids = await write(person, 3)
    await wait(() => socket.ids().length >= 3)
    expect(socket.ids()).toEqual(ids)
  })

  it('refuses a new subscriber while Postgres is away, and gets along without it with the old ones', async () => {
    const { person, filter } = about()
    const region = newRegion()
    const socket = await openSocket({ auditor, region, filter })
    await reach(region, nowhere)
    await expect(openSocket({ auditor, region, filter, after: 1_000_000_000 })).rejects.toThrow('503')
    const ids = await write(person, 2)
    await reach(region, {})
    ids.push(...(await write(person, 1)))
    await wait(() => socket.ids().length >= 3)
    expect(socket.ids()).toEqual(ids)
  })
})

describe('bounds', () => {
  it('sends a slow WebSocket no more than its window, and goes on where it stopped', async () => {
    const { person, filter } = about()
    const region = newRegion()
    const slow = await openSocket({ auditor, region, filter, slow: true })
    const fast = await openSocket({ auditor, region, filter })
    const ids = await write(person, windowEvents + 300)
    await wait(() => fast.ids().length >= ids.length)
    expect(slow.ids()).toEqual(ids.slice(0, windowEvents))
    slow.acknowledge(slow.positions().at(-1) as number)
    await wait(() => slow.ids().length > windowEvents)
    slow.acknowledge(slow.positions().at(-1) as number)
    await wait(() => slow.ids().length >= windowEvents * 2)
    slow.acknowledge(slow.positions().at(-1) as number)
    await wait(() => slow.ids().length === ids.length)
    expect(slow.ids()).toEqual(ids)
  })

  it('holds little for an SSE client that does not read, which still gets all once it does', async () => {
    const { person, filter } = about()
    const region = newRegion()
    const lazy = await openSse({ auditor, region, filter, read: false })
    const watching = await openSocket({ auditor, region, filter })
    const ids = await write(person, 2000)
    await wait(() => watching.ids().length >= ids.length)
    void lazy.read()
    await wait(() => lazy.ids().length >= ids.length)
    expect(lazy.ids()).toEqual(ids)
  })

  it('ends a stream whose client says what it should not', async () => {
    const socket = await openSocket({ auditor, region: newRegion() })
    socket.socket.send('{"kind":"ack","position":"; drop"}')
    await wait(() => socket.closed.length === 1)
    expect(socket.closed).toEqual([{ code: 4400 }])
  })

  it('keeps the largest filter there can be with its socket', async () => {
    const text = '漢'.repeat(200)
    const types = Array.from({ length: 50 }, (_, index) => `entity_of_some_length.verb_${index}`)
    const filter = { types, families: types, user_id: text, actor_id: text, client_id: text }
    const socket = await openSocket({ auditor, region: newRegion(), filter })
    await wait(() => socket.messages.length === 1)
    expect(socket.messages[0]?.kind).toBe('heartbeat')
  })

  it('answers "ping" without being asked to think', async () => {
    const { person, filter } = about()
    const { socket } = await openSocket({
      auditor,
      region: newRegion(),
      filter: { ...filter, client_id: person },
    })
    const answers: unknown[] = []
    socket.addEventListener('message', ({ data }) => answers.push(data))
    // The JSON reader of the test client does not understand it, and need not.
    socket.send('ping')
    await wait(() => answers.includes('pong'))
  })
})

describe('who may listen', () => {
  it('cuts off somebody who lost the permission, before the next event', async () => {
    const { person, filter } = about()
    const region = newRegion()
    const former = await addAuditor()
    const [cut, kept, sse] = [
      await openSocket({ auditor: former, region, filter }),
      await openSocket({ auditor, region, filter }),
      await openSse({ auditor: former, region, filter }),
    ]
    const seen = await write(person)
    await wait(() => cut.ids().length === 1 && sse.ids().length === 1)
    await database().update(users).set({ roles: [] }).where(eq(users.id, former))
    const [hidden] = await write(person)
    await wait(() => kept.ids().length === 2 && cut.closed.length === 1 && sse.ended())
    expect(cut.ids()).toEqual(seen)
    expect(cut.closed).toEqual([{ code: 4403 }])
    expect(sse.text()).toContain('event: closed\ndata: {"reason":"forbidden"}')
    expect(sse.text()).not.toContain(hidden)
  })

  it('shows the past to nobody who lost the permission since they asked for it', async () => {
    const { person, filter } = about()
    const region = newRegion()
    const former = await addAuditor()
    const [seen] = await write(person)
    const after = (await positionOf(seen as string)) - 1
    await database().update(users).set({ roles: [] }).where(eq(users.id, former))
    const cut = await openSocket({ auditor: former, region, filter, after })
    const kept = await openSocket({ auditor, region, filter, after })
    await wait(() => kept.ids().length === 1 && cut.closed.length === 1)
    expect(cut.ids()).toEqual([])
    expect(cut.closed).toEqual([{ code: 4403 }])
  })

  it('ends with the access token', async () => {
    const token = {
      ...{ subject: `client:${auditor}`, grantId: undefined, jtiHash: 'short' },
      expiresAtSeconds: Math.floor(Date.now() / 1000) + 1,
    }
    const region = newRegion()
    const socket = await openSocket({ auditor, region, token })
    await wait(() => socket.closed.length === 1)
    expect(socket.closed).toEqual([{ code: 4401 }])
  })
})
