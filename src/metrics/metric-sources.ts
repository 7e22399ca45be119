/** Where a scrape reads what it shows. */
import type { Authorized } from '../access/authorized.ts'
import type { ReadOutboxes } from '../audit/waiting-events.ts'
import type { GaugeName } from '../telemetry/metric-catalogue.ts'
import type { Family } from '../telemetry/metric-families.ts'

/** The present value of one series of a gauge. */
export interface GaugeValue {
  readonly name: GaugeName
  /** Values of its labels, in the order of the catalogue. */
  readonly labels: readonly string[]
  readonly value: number
}

export interface MetricSources {
  /** What isolates have counted, by shard. Rejects when one is missing. */
  readonly readShards: () => Promise<
    readonly { readonly families: readonly Family[]; readonly isolates: number }[]
  >
  readonly readOutboxes: ReadOutboxes
  /** What Postgres knows, in one round trip. Rejects when it is unavailable. */
  readonly readGauges: () => Promise<readonly GaugeValue[]>
  /** Rejects when Postgres is unavailable, or refuses that the metrics are read. */
  readonly maySeeClients: (authorized: Authorized) => Promise<boolean>
}
