/** What a scrape shows: all that was counted, and the gauges as they are now. */
import type { Clock } from '../kit/clock.ts'
import { describeError } from '../kit/describe-error.ts'
import { logWarning } from '../kit/log.ts'
import { withTimeout } from '../kit/with-timeout.ts'
import { release } from '../release.ts'
import { type Family, type MergedFamilies, mergeFamilies, toFamilies } from '../telemetry/metric-families.ts'
import type { GaugeValue, MetricSources } from './metric-sources.ts'

export interface Scrape {
  readonly families: readonly Family[]
  readonly gauges: readonly GaugeValue[]
}

/** Attack: whoever scrapes often turns that into queries. So an isolate asks at most once per this time. */
const cacheMilliseconds = 15_000
/** A scrape that Postgres delays comes without its gauges, and in time. */
const timeoutMilliseconds = 3_000

/** The gauges of an isolate as it last read them. */
export interface GaugeMemory {
  until: number
  gauges: readonly GaugeValue[]
}

const isolateMemory: GaugeMemory = { until: 0, gauges: [] }

/** Rejects when a shard does not answer: without it counters would go backwards. */
export async function readScrape(
  sources: MetricSources,
  now: Clock,
  memory: GaugeMemory = isolateMemory,
): Promise<Scrape> {
  const [shards, gauges] = await Promise.all([sources.readShards(), readGauges(sources, now, memory)])
  const merged: MergedFamilies = new Map()
  for (const { families } of shards) mergeFamilies(merged, families)
  const isolates = shards.reduce((sum, shard) => sum + shard.isolates, 0)
  return {
    families: toFamilies(merged),
    gauges: [
      ...gauges,
      { name: 'authly_metrics_isolates', labels: [], value: isolates },
      { name: 'authly_build_info', labels: [release], value: 1 },
    ],
  }
}

async function readGauges(
  sources: MetricSources,
  now: Clock,
  memory: GaugeMemory,
): Promise<readonly GaugeValue[]> {
  // Scrapes that arrive while others are read get the previous ones, because requests do not wait for each other's I/O.
  // Without any they read too: a scrape without gauges would say that Postgres does not answer.
  if (memory.until > now() && memory.gauges.length > 0) return memory.gauges
  memory.until = now() + timeoutMilliseconds
  const [stored, waiting] = await Promise.all([
    readPart('postgres', sources.readGauges),
    readPart('outboxes', sources.readOutboxes),
  ])
  memory.gauges = [
    { name: 'authly_postgres_up', labels: [], value: stored ? 1 : 0 },
    ...(stored ?? []),
    ...(waiting ?? []).flatMap(({ name, events, since }): GaugeValue[] => [
      { name: 'authly_outbox_events', labels: [name], value: events },
      {
        name: 'authly_outbox_oldest_age_seconds',
        labels: [name],
        value: since === undefined ? 0 : Math.max(0, now() - since) / 1000,
      },
    ]),
  ]
  memory.until = now() + cacheMilliseconds
  return memory.gauges
}

/** Absent, and not 0, when the part does not answer. */
async function readPart<T>(subject: string, read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await withTimeout(read(), timeoutMilliseconds, subject)
  } catch (error) {
    logWarning('metrics_gauges_absent', { subject, reason: describeError(error) })
    return undefined
  }
}
