import { afterEach, expect, test, vi } from 'vitest'
import type { GaugeValue, MetricSources } from '../../src/metrics/metric-sources.ts'
import { type GaugeMemory, readScrape } from '../../src/metrics/read-scrape.ts'
import type { Family } from '../../src/telemetry/metric-families.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

const family = (value: number): Family => ({
  ...{ name: 'authly_sign_ins_total', merge: 'sum', labels: ['method', 'outcome'], bounds: [] },
  series: [[['password', 'success'], [value]]],
})

const sources = (changed: Partial<MetricSources> = {}): MetricSources => ({
  readShards: async () => [
    { families: [family(2)], isolates: 1 },
    { families: [family(3)], isolates: 2 },
  ],
  readOutboxes: async () => [
    { name: 'shard-0', events: 0, since: undefined },
    { name: 'shard-1', events: 7, since: 4_000 },
  ],
  readGauges: async () => [{ name: 'authly_audit_unsealed_events', labels: [], value: 12 }],
  maySeeClients: async () => false,
  ...changed,
})

const freshMemory = (): GaugeMemory => ({ until: 0, gauges: [] })
const named = (gauges: readonly GaugeValue[], name: string) => gauges.filter((gauge) => gauge.name === name)

test('adds the shards, and shows the gauges of Postgres and of the outboxes', async () => {
  const { families, gauges } = await readScrape(sources(), () => 10_000, freshMemory())
  expect(families).toEqual([family(5)])
  expect(named(gauges, 'authly_metrics_isolates')).toMatchObject([{ value: 3 }])
  expect(named(gauges, 'authly_audit_unsealed_events')).toMatchObject([{ value: 12 }])
  expect(named(gauges, 'authly_outbox_oldest_age_seconds')).toMatchObject([
    { labels: ['shard-0'], value: 0 },
    { labels: ['shard-1'], value: 6 },
  ])
})

test('without Postgres its gauges are absent, it is down, and everything else is there', async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  const away = sources({ readGauges: () => Promise.reject(new Error('away')) })
  const { families, gauges } = await readScrape(away, () => 10_000, freshMemory())
  expect(families).toEqual([family(5)])
  expect(named(gauges, 'authly_postgres_up')).toMatchObject([{ value: 0 }])
  expect(named(gauges, 'authly_audit_unsealed_events')).toEqual([])
  expect(named(gauges, 'authly_outbox_events')).toHaveLength(2)
})

test('a Postgres that hangs does not hold the scrape up', async () => {
  vi.useFakeTimers()
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  const hanging = sources({ readGauges: () => new Promise(() => undefined) })
  const scrape = readScrape(hanging, Date.now, freshMemory())
  await vi.advanceTimersByTimeAsync(3_000)
  expect(named((await scrape).gauges, 'authly_postgres_up')).toMatchObject([{ value: 0 }])
  vi.useRealTimers()
})

test('Postgres and the outboxes are asked once in 15 seconds, however often is scraped', async () => {
  const readGauges = vi.fn(sources().readGauges)
  const readOutboxes = vi.fn(sources().readOutboxes)
  const memory = freshMemory()
  let now = 100_000
  const scrape = () => readScrape(sources({ readGauges, readOutboxes }), () => now, memory)
  await scrape()
  await Promise.all([scrape(), scrape(), scrape()])
  now += 14_999
  const { gauges } = await scrape()
  expect(named(gauges, 'authly_audit_unsealed_events')).toHaveLength(1)
  expect([readGauges, readOutboxes].map(({ mock }) => mock.calls.length)).toEqual([1, 1])
  now += 1
  await scrape()
  expect([readGauges, readOutboxes].map(({ mock }) => mock.calls.length)).toEqual([2, 2])
})

test('the first scrapes of an isolate all have gauges, also those of one moment', async () => {
  const memory = freshMemory()
  const scrapes = await Promise.all([1, 2].map(() => readScrape(sources(), () => 100_000, memory)))
  for (const { gauges } of scrapes) expect(named(gauges, 'authly_postgres_up')).toHaveLength(1)
})

test('a shard that does not answer fails the scrape: sums without it would go backwards', async () => {
  const broken = sources({ readShards: () => Promise.reject(new Error('no answer')) })
  await expect(readScrape(broken, () => 0, freshMemory())).rejects.toThrow('no answer')
})
