import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { authorize } from '../../../src/access/authorize-actor.ts'
import type { Authorized } from '../../../src/access/authorized.ts'
import { type Broadcaster, createBroadcaster } from '../../../src/audit/stream/broadcaster.ts'
import type { StreamFilter } from '../../../src/audit/stream/stream-filter.ts'
import { matches } from '../../../src/audit/stream/stream-filter.ts'
import type { StreamEvent, StreamMessage } from '../../../src/audit/stream/stream-message.ts'
import type { Subscriber } from '../../../src/audit/stream/subscriber.ts'
import { TrailBusy, type TrailReader } from '../../../src/audit/stream/trail-reader.ts'

const pageSize = 3

/** A trail in memory that fails, is busy and answers late when it is told to. */
function createTrail() {
  const events: StreamEvent[] = []
  let position = 0
  const faults: ('busy' | 'down')[] = []
  const answer = async <T>(read: () => T): Promise<T> => {
    const fault = faults.shift()
    await new Promise((resolve) => setImmediate(resolve))
    if (fault === 'busy') throw new TrailBusy('busy')
    if (fault === 'down') throw new Error('down')
    return read()
  }
  const reader: TrailReader = {
    readTail: (after) =>
      answer(() => {
        const rest = after === undefined ? [] : events.filter((event) => event.position > after)
        const page = rest.slice(0, pageSize)
        const more = rest.length > pageSize
        return {
          events: page,
          more,
          upTo: more ? (page.at(-1)?.position ?? 0) : position,
          forbidden: new Set(),
        }
      }),
    readPast: (after, upTo, { filter }) =>
      answer(() => {
        const found = events.filter(
          (event) => event.position > after && event.position <= upTo && matches(filter, event),
        )
        const page = found.slice(0, pageSize)
        return { events: page, upTo: found.length > pageSize ? (page.at(-1)?.position ?? upTo) : upTo }
      }),
    hasGaps: () => answer(() => false),
  }
  return {
    reader,
    events,
    faults,
    /** Positions have holes: some transactions are rolled back. */
    write(type: string, hole: boolean) {
      position += hole ? 2 : 1
      events.push({
        ...{ position, type, outcome: 'success', user_id: null, actor_id: null, client_id: null, json: '{}' },
      })
    },
    end: () => position,
  }
}

const authorized = authorize(
  { type: 'user', id: 'u', clientId: 'c', scopes: ['admin:audit:read'] },
  'admin:audit:read',
) as Authorized

interface Probe extends Subscriber {
  room: number
  readonly got: number[]
  readonly from: number
}

function createProbe(filter: StreamFilter, from: number, after: number | undefined): Probe {
  const probe: Probe = {
    subscription: {
      authorized,
      token: { subject: 'u', grantId: undefined, jtiHash: 'j', expiresAtSeconds: 0 },
      ...{ filter, after },
    },
    cursor: after ?? 0,
    room: 2,
    got: [],
    from,
    hasRoom: () => probe.room > 0,
    send(message: StreamMessage) {
      if (message.kind !== 'event') return
      probe.room--
      probe.got.push(message.event.position)
    },
    save: () => undefined,
    close: () => undefined,
  }
  return probe
}

const settle = async () => {
  for (let turn = 0; turn < 400; turn++) await new Promise((resolve) => setImmediate(resolve))
}

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('write' as const),
      type: fc.constantFrom('a.x', 'b.y'),
      hole: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('pump' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('fault' as const),
      kind: fc.constantFrom('busy' as const, 'down' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('join' as const),
      back: fc.option(fc.nat(20)),
      narrow: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('room' as const),
      which: fc.nat(5),
      more: fc.integer({ min: 1, max: 6 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('evict' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('breathe' as const) }) },
)

describe('the broadcaster', () => {
  it('gives each subscriber each event that passes its filter, once and in order, whatever happens when', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 120, size: 'max' }), async (steps) => {
        const trail = createTrail()
        const probes: Probe[] = []
        const make = (): Broadcaster =>
          createBroadcaster({
            ...{
              reader: trail.reader,
              now: () => 0,
              wait: async () => undefined,
              onFailure: () => undefined,
            },
          })
        let broadcaster = make()
        for (const each of steps) {
          if (each.do === 'write') trail.write(each.type, each.hole)
          else if (each.do === 'pump') void broadcaster.pump().catch(() => undefined)
          else if (each.do === 'fault') trail.faults.push(each.kind)
          else if (each.do === 'breathe') await new Promise((resolve) => setImmediate(resolve))
          else if (each.do === 'room') {
            const probe = probes[each.which % Math.max(1, probes.length)]
            if (!probe) continue
            probe.room += each.more
            broadcaster.nudge(probe)
          } else if (each.do === 'join') {
            await settle()
            trail.faults.length = 0
            const after = each.back === null ? undefined : Math.max(0, trail.end() - each.back)
            const probe = createProbe(each.narrow ? { families: ['a'] } : {}, after ?? trail.end(), after)
            await broadcaster.subscribe(probe)
            // Without `after` it begins at the tail, which may lie behind what was just written.
            probes.push(after === undefined ? Object.assign(probe, { from: probe.cursor }) : probe)
          } else {
            // What was on its way belongs to the object that is gone.
            await settle()
            broadcaster = make()
            for (const probe of probes) broadcaster.restore(probe)
          }
        }
        trail.faults.length = 0
        for (let round = 0; round < 60; round++) {
          for (const probe of probes) {
            probe.room = 4
            broadcaster.nudge(probe)
          }
          await broadcaster.pump().catch(() => undefined)
          await new Promise((resolve) => setImmediate(resolve))
        }
        await settle()
        for (const { got, from, subscription } of probes) {
          expect(got).toEqual(
            trail.events
              .filter((event) => event.position > from && matches(subscription.filter, event))
              .map(({ position }) => position),
          )
        }
      }),
      { numRuns: 150 },
    )
  }, 60_000)

  it('tells of a failed read, and reads again when it is asked to', async () => {
    const trail = createTrail()
    const broadcaster = createBroadcaster({
      ...{ reader: trail.reader, now: () => 0, wait: async () => undefined, onFailure: () => undefined },
    })
    const probe = createProbe({}, 0, undefined)
    await broadcaster.subscribe(probe)
    trail.write('a.x', false)
    trail.faults.push('down')
    await expect(broadcaster.pump()).rejects.toThrow('down')
    expect(probe.got).toEqual([])
    trail.faults.push('busy', 'busy')
    await broadcaster.pump()
    expect(probe.got).toEqual([1])
  })

  it('says so when retention has removed events behind the position, and goes on with what is left', async () => {
    const trail = createTrail()
    for (let count = 0; count < 3; count++) trail.write('a.x', false)
    trail.events.splice(1, 1)
    const reader: TrailReader = { ...trail.reader, hasGaps: async (after) => after < 2 }
    const broadcaster = createBroadcaster({
      ...{ reader, now: () => 0, wait: async () => undefined, onFailure: () => undefined },
    })
    const told: StreamMessage[] = []
    const listen = async (after: number) => {
      const probe = createProbe({}, after, after)
      await broadcaster.subscribe(
        Object.assign(probe, { send: (message: StreamMessage) => void told.push(message) }),
      )
      await settle()
      return told.splice(0).filter(({ kind }) => kind !== 'heartbeat')
    }
    expect(await listen(1)).toMatchObject([
      { kind: 'reset', reason: 'events_removed', after: 1 },
      { kind: 'event', event: { position: 3 } },
    ])
    expect(await listen(2)).toMatchObject([{ kind: 'event', event: { position: 3 } }])
  })
})
