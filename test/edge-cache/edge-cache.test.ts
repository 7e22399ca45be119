import { beforeEach, describe, expect, test } from 'vitest'
import type { Loaded } from '../../src/edge-cache/cached-lookup.ts'
import {
  absentSeconds,
  freshSeconds,
  replicaTrustedSeconds,
  staleIfErrorSeconds,
  stalenessBoundSeconds,
  staleWhileRevalidateSeconds,
} from '../../src/edge-cache/edge-cache.ts'
import { createMemoryTier } from '../../src/edge-cache/memory-tier.ts'
import { cacheUnderTest } from '../fakes/edge-cache.ts'
import { createMemoryReplica } from '../fakes/memory-replica.ts'

interface Row {
  readonly name: string
}

let now: number
let loads: number
/** What Postgres holds; an Error: Postgres is away. */
let origin: Loaded<Row> | undefined | Error

const load = async (): Promise<Loaded<Row> | undefined> => {
  loads++
  if (origin instanceof Error) throw origin
  return origin
}
const advance = (seconds: number) => {
  now += seconds * 1000
}

beforeEach(() => {
  now = 1_800_000_000_000
  loads = 0
  origin = { value: { name: 'first' }, version: 1 }
})

describe('memory tier', () => {
  test('answers from memory, the very same object, while fresh', async () => {
    const { cache } = cacheUnderTest({ now: () => now })
    const first = await cache.read('k', load)
    advance(freshSeconds - 1)
    expect(await cache.read('k', load)).toBe(first)
    expect(loads).toBe(1)
  })

  test('answers the stale value at once and renews it once in the background', async () => {
    const replica = createMemoryReplica()
    const { cache, settle } = cacheUnderTest({ now: () => now, replica })
    await cache.read('k', load)
    await settle()
    replica.entries.clear()
    origin = { value: { name: 'second' }, version: 2 }
    advance(freshSeconds + 1)
    const during = await Promise.all([1, 2, 3, 4].map(() => cache.read<Row>('k', load)))
    expect(during.map((row) => row?.name)).toEqual(['first', 'first', 'first', 'first'])
    await settle()
    expect(loads).toBe(2)
    expect((await cache.read<Row>('k', load))?.name).toBe('second')
  })

  test('never answers beyond the documented staleness bound while Postgres is there', async () => {
    const replica = createMemoryReplica()
    const writer = cacheUnderTest({ now: () => now, replica })
    await writer.cache.read('k', load)
    await writer.settle()
    origin = { value: { name: 'second' }, version: 2 }
    // The worst case: a second isolate takes the replica's copy just before it stops being trusted.
    advance(replicaTrustedSeconds - 1)
    const reader = cacheUnderTest({ now: () => now, replica })
    expect((await reader.cache.read<Row>('k', load))?.name).toBe('first')
    advance(staleWhileRevalidateSeconds)
    expect((await reader.cache.read<Row>('k', load))?.name).toBe('second')
    expect(replicaTrustedSeconds + staleWhileRevalidateSeconds).toBe(stalenessBoundSeconds)
  })

  test('remembers an absence, but only briefly', async () => {
    origin = undefined
    const { cache } = cacheUnderTest({ now: () => now })
    expect(await cache.read('k', load)).toBeUndefined()
    expect(await cache.read('k', load)).toBeUndefined()
    expect(loads).toBe(1)
    origin = { value: { name: 'made' }, version: 1 }
    advance(absentSeconds + 1)
    expect((await cache.read<Row>('k', load))?.name).toBe('made')
  })

  test('a flood of made-up ids pushes out no value and leaves nothing in the replica', async () => {
    const replica = createMemoryReplica()
    const memory = createMemoryTier(10)
    const { cache, settle } = cacheUnderTest({ now: () => now, replica, memory })
    await cache.read('real', load)
    origin = undefined
    for (let index = 0; index < 100; index++) await cache.read(`made-up-${index}`, load)
    await settle()
    expect([...replica.entries.keys()]).toEqual(['real'])
    const loadsBefore = loads
    expect((await cache.read<Row>('real', load))?.name).toBe('first')
    expect(loads).toBe(loadsBefore)
  })

  test('holds no more values than its capacity', async () => {
    const memory = createMemoryTier(10)
    const { cache } = cacheUnderTest({ now: () => now, memory })
    for (let index = 0; index < 100; index++) await cache.read(`key-${index}`, load)
    expect(memory.get('key-89')).toBeUndefined()
    expect(memory.get('key-90')).toBeDefined()
  })
})

describe('replica tier', () => {
  test('a cold isolate reads the replica instead of Postgres', async () => {
    const replica = createMemoryReplica()
    const first = cacheUnderTest({ now: () => now, replica })
    await first.cache.read('k', load)
    await first.settle()
    const second = cacheUnderTest({ now: () => now, replica })
    expect(await second.cache.read('k', load)).toEqual({ name: 'first' })
    expect(loads).toBe(1)
  })

  test('works without the replica: a failing second tier is only slower', async () => {
    const broken = {
      get: () => Promise.reject(new Error('away')),
      put: () => Promise.reject(new Error('away')),
    }
    const { cache, settle } = cacheUnderTest({ now: () => now, replica: broken })
    expect(await cache.read('k', load)).toEqual({ name: 'first' })
    await settle()
  })

  test('a deletion reaches the replica', async () => {
    const replica = createMemoryReplica()
    const first = cacheUnderTest({ now: () => now, replica })
    await first.cache.read('k', load)
    await first.settle()
    origin = undefined
    advance(stalenessBoundSeconds + 1)
    expect(await first.cache.read('k', load)).toBeUndefined()
    await first.settle()
    expect(replica.entries.get('k')?.version).toBe(0)
  })
})

describe('refresh', () => {
  test('a write is seen at once in its isolate and by cold isolates through the replica', async () => {
    const replica = createMemoryReplica()
    const first = cacheUnderTest({ now: () => now, replica })
    await first.cache.read('k', load)
    await first.settle()
    await first.cache.refresh('k', { value: { name: 'second' }, version: 2 })
    expect(await first.cache.read('k', load)).toEqual({ name: 'second' })
    const second = cacheUnderTest({ now: () => now, replica })
    expect(await second.cache.read('k', load)).toEqual({ name: 'second' })
    expect(loads).toBe(1)
  })

  test('a slow reader that began before the write does not bring the old value back', async () => {
    const replica = createMemoryReplica()
    const { cache, settle } = cacheUnderTest({ now: () => now, replica })
    let answer: (loaded: Loaded<Row>) => void = () => undefined
    const slow = cache.read<Row>('k', () => new Promise((resolve) => (answer = resolve)))
    await new Promise((resolve) => setTimeout(resolve, 0))
    advance(1)
    await cache.refresh('k', { value: { name: 'second' }, version: 2 })
    answer({ value: { name: 'first' }, version: 1 })
    expect(await slow).toEqual({ name: 'second' })
    await settle()
    expect(replica.entries.get('k')?.version).toBe(2)
  })
})

describe('Postgres away', () => {
  test('a warm isolate goes on with what it has, for a day', async () => {
    const { cache, settle } = cacheUnderTest({ now: () => now })
    await cache.read('k', load)
    await settle()
    origin = new Error('connection refused')
    for (let minute = 1; minute < 24 * 60; minute++) {
      advance(60)
      expect(await cache.read('k', load)).toEqual({ name: 'first' })
      await settle()
    }
  })

  test('a cold isolate goes on with the copy of the replica', async () => {
    const replica = createMemoryReplica()
    const warm = cacheUnderTest({ now: () => now, replica })
    await warm.cache.read('k', load)
    await warm.settle()
    origin = new Error('connection refused')
    advance(3600)
    const cold = cacheUnderTest({ now: () => now, replica })
    expect(await cold.cache.read('k', load)).toEqual({ name: 'first' })
  })

  test('a cold isolate waits for a dead Postgres once, not once per key', async () => {
    const replica = createMemoryReplica()
    const warm = cacheUnderTest({ now: () => now, replica })
    for (const key of ['a', 'b', 'c']) await warm.cache.read(key, load)
    await warm.settle()
    origin = new Error('connection refused')
    advance(3600)
    loads = 0
    const cold = cacheUnderTest({ now: () => now, replica })
    for (const key of ['a', 'b', 'c']) expect(await cold.cache.read(key, load)).toEqual({ name: 'first' })
    expect(loads).toBe(1)
  })

  test('asks Postgres again every few seconds and takes the new value when it is back', async () => {
    const { cache, settle } = cacheUnderTest({ now: () => now })
    await cache.read('k', load)
    await settle()
    origin = new Error('connection refused')
    advance(stalenessBoundSeconds)
    await cache.read('k', load)
    loads = 0
    for (let request = 0; request < 50; request++) await cache.read('k', load)
    expect(loads).toBe(0)
    origin = { value: { name: 'second' }, version: 2 }
    advance(6)
    expect(await cache.read('k', load)).toEqual({ name: 'first' })
    await settle()
    expect(await cache.read('k', load)).toEqual({ name: 'second' })
  })

  test('gives up on a copy older than a day, and on a key no tier has', async () => {
    const { cache, settle } = cacheUnderTest({ now: () => now })
    await cache.read('k', load)
    await settle()
    origin = new Error('connection refused')
    advance(staleIfErrorSeconds + 1)
    await expect(cache.read('k', load)).rejects.toThrow('connection refused')
    await expect(cache.read('never-seen', load)).rejects.toThrow('connection refused')
  })
})

describe('recall: what a request can do without', () => {
  test('answers from memory alone; what is not there comes in the background, asked for once', async () => {
    const { cache, settle } = cacheUnderTest({ now: () => now })
    expect(cache.recall('k', load)).toBeUndefined()
    expect(cache.recall('k', load)).toBeUndefined()
    await settle()
    expect(loads).toBe(1)
    expect(cache.recall('k', load)).toEqual({ name: 'first' })
  })

  test('answers what is old while one request renews it', async () => {
    const replica = createMemoryReplica()
    const { cache, settle } = cacheUnderTest({ now: () => now, replica })
    await cache.read('k', load)
    await settle()
    replica.entries.clear()
    origin = { value: { name: 'second' }, version: 2 }
    advance(3600)
    expect([1, 2, 3].map(() => cache.recall('k', load))).toEqual(Array(3).fill({ name: 'first' }))
    await settle()
    expect(loads).toBe(2)
    expect(cache.recall('k', load)).toEqual({ name: 'second' })
  })

  test('never fails, and does not hammer a Postgres that is away', async () => {
    const { cache, settle } = cacheUnderTest({ now: () => now })
    origin = new Error('away')
    for (let request = 0; request < 5; request++) {
      expect(cache.recall('k', load)).toBeUndefined()
      await settle()
    }
    expect(loads).toBe(1)
    advance(10)
    cache.recall('k', load)
    await settle()
    expect(loads).toBe(2)
  })
})
