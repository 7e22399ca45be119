import { expect, test } from 'vitest'
import type { HandOver } from '../../src/telemetry/hand-over.ts'
import { type Family, type SeriesValues, toFamilies } from '../../src/telemetry/metric-families.ts'
import {
  addArrival,
  isCountedAlready,
  namedClients,
  openShard,
  pruneShard,
  storeShard,
} from '../../src/telemetry/metric-shard.ts'

const day = 86_400_000

const tokensOf = (client: string, count: number): Family => ({
  ...{ name: 'authly_token_requests_total', merge: 'sum', bounds: [] },
  labels: ['grant_type', 'outcome', 'error', 'client_id'],
  series: [[['refresh_token', 'success', '', client], [count]]],
})

const histogram = (bounds: readonly number[], values: SeriesValues): Family => ({
  ...{ name: 'authly_signature_duration_seconds', merge: 'sum', labels: ['alg'], bounds },
  series: [[['ES256'], values]],
})

const handOver = (families: readonly Family[], sequence = 1, isolate = 'one'): HandOver => ({
  ...{ isolate, sequence, families },
})

const total = (families: readonly Family[]): number =>
  families.flatMap(({ series }) => series).reduce((sum, [, [value]]) => sum + (value ?? 0), 0)

test('knows what it was given, by isolate', () => {
  const shard = openShard()
  expect(isCountedAlready(shard, handOver([], 1))).toBe(false)
  addArrival(shard, { handOver: handOver([], 2), at: 0 })
  expect(isCountedAlready(shard, handOver([], 2))).toBe(true)
  // Late: it was sent again meanwhile, and the next one too.
  expect(isCountedAlready(shard, handOver([], 1))).toBe(true)
  expect(isCountedAlready(shard, handOver([], 3))).toBe(false)
  expect(isCountedAlready(shard, handOver([], 1, 'two'))).toBe(false)
})

test('adds bucket by bucket; other buckets, of another version, stay apart', () => {
  const shard = openShard()
  const families = [
    histogram([1, 2], [1, 0, 2, 7.5]),
    histogram([1, 2], [1, 1, 0, 2.5]),
    histogram([5], [9, 0, 1]),
  ]
  addArrival(shard, { handOver: handOver(families), at: 0 })
  expect(toFamilies(shard.families).map(({ bounds, series }) => [bounds, series[0]?.[1]])).toEqual([
    [
      [1, 2],
      [2, 1, 2, 10],
    ],
    [[5], [9, 0, 1]],
  ])
})

test('10,000 clients: the first are named, the others are one, and every request counts', () => {
  const shard = openShard()
  for (let index = 0; index < 10_000; index++) {
    addArrival(shard, { handOver: handOver([tokensOf(`client-${index}`, 2)], index + 1), at: 0 })
  }
  const families = toFamilies(shard.families)
  expect(families[0]?.series).toHaveLength(namedClients + 1)
  expect(total(families)).toBe(20_000)
})

test('one metric cannot fill the shard', () => {
  const shard = openShard()
  for (let index = 0; index < 10_000; index++) {
    const family: Family = {
      ...{ name: 'authly_rate_limited_total', merge: 'sum', labels: ['policy'], bounds: [] },
      series: [[[`made-up-${index}`], [1]]],
    }
    addArrival(shard, { handOver: handOver([family], index + 1), at: 0 })
  }
  expect(toFamilies(shard.families)[0]?.series).toHaveLength(2001)
  expect(total(toFamilies(shard.families))).toBe(10_000)
})

test('is the same when it was stored and read', () => {
  const shard = openShard()
  addArrival(shard, { handOver: handOver([tokensOf('a', 2), histogram([1], [1, 2, 3])], 7), at: 5 })
  const restored = openShard(JSON.parse(JSON.stringify(storeShard(shard))))
  expect(storeShard(restored)).toEqual(storeShard(shard))
  expect(isCountedAlready(restored, handOver([], 7))).toBe(true)
})

test('forgets isolates after hours, and the names of clients that were idle for a month, but not what they did', () => {
  const shard = openShard()
  addArrival(shard, { handOver: handOver([tokensOf('idle', 1), tokensOf('busy', 1)]), at: 0 })
  addArrival(shard, { handOver: handOver([tokensOf('busy', 1)], 1, 'two'), at: 20 * day })
  pruneShard(shard, 31 * day)
  expect([...shard.isolates.keys()]).toEqual([])
  const [family] = toFamilies(shard.families)
  expect(family?.series.map(([labels, values]) => [labels.at(-1), ...values])).toEqual([
    ['other', 1],
    ['busy', 2],
  ])
})
