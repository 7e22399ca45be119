/**
 * Counts in the memory of one isolate. Counting is on the way of every request: a series is found by walking one `Map`
 * per label, and once it is there, counting allocates nothing.
 */
import {
  type CounterName,
  type HistogramName,
  type MetricDefinition,
  type MetricName,
  metricCatalogue,
} from './metric-catalogue.ts'
import { type Family, keepTopClients, otherValue } from './metric-families.ts'

/** A string for each label of the metric, in the order of the catalogue. */
export type LabelValues<Name extends MetricName> = ValuesOf<(typeof metricCatalogue)[Name]['labels']>
type ValuesOf<Labels extends readonly unknown[]> = { readonly [Index in keyof Labels]: string }

/** Gauges that isolates hand over: the highest value counts. */
export type TimeName = {
  [Name in MetricName]: (typeof metricCatalogue)[Name] extends { readonly from: 'isolates' } ? Name : never
}[MetricName]

export interface MetricRegistry {
  count<Name extends CounterName>(name: Name, by: number, ...labels: LabelValues<Name>): void
  observe<Name extends HistogramName>(name: Name, value: number, ...labels: LabelValues<Name>): void
  /** @param seconds Unix time */
  mark<Name extends TimeName>(name: Name, seconds: number, ...labels: LabelValues<Name>): void
  /** What was counted since the last call. */
  take(): readonly Family[]
}

/** Of one metric between two hand-overs. Attack: made-up names exhaust the isolate's memory. */
const maxSeries = 1000
/** Clients with a name of their own in one hand-over: those with the most requests. */
export const clientsPerHandOver = 50

interface Series {
  readonly labels: readonly string[]
  readonly values: Float64Array
  isTouched: boolean
}

type Branch = Map<string, Branch | Series>

class CountedMetric {
  readonly name: string
  readonly merge: Family['merge']
  readonly labels: Family['labels']
  readonly bounds: readonly number[]
  #series: Series[] = []
  #root: Branch = new Map()

  constructor(name: string, definition: MetricDefinition) {
    this.name = name
    this.merge = definition.type === 'gauge' ? 'highest' : 'sum'
    this.labels = definition.labels
    this.bounds = definition.type === 'histogram' ? definition.buckets : []
  }

  /** The values of a series, which begins at 0. */
  find(labels: readonly string[]): Float64Array {
    let place: Branch | Series | undefined = this.#root
    for (let index = 0; index < labels.length && place instanceof Map; index++) {
      place = place.get(labels[index] as string)
    }
    // A metric without labels has its series under the empty name.
    if (labels.length === 0) place = this.#root.get('')
    const series = (place as Series | undefined) ?? this.#create(labels)
    series.isTouched = true
    return series.values
  }

  #create(wanted: readonly string[]): Series {
    const isFull = this.#series.length >= maxSeries
    const labels = isFull ? wanted.map(() => otherValue) : [...wanted]
    const path = labels.length === 0 ? [''] : labels
    let branch = this.#root
    for (const value of path.slice(0, -1)) {
      const next = branch.get(value) ?? new Map()
      branch.set(value, next)
      branch = next as Branch
    }
    const last = path.at(-1) as string
    const known = branch.get(last) as Series | undefined
    if (known) return known
    const width = this.bounds.length === 0 ? 1 : this.bounds.length + 2
    const series: Series = { labels, values: new Float64Array(width), isTouched: false }
    branch.set(last, series)
    this.#series.push(series)
    return series
  }

  take(): Family | undefined {
    const taken = this.#series.filter(({ isTouched }) => isTouched)
    if (taken.length === 0) return undefined
    const { name, merge, labels, bounds } = this
    const series = taken.map((each) => [each.labels, [...each.values]] as const)
    // Few names come back in a flood of them: the memory of what is rare is given back.
    if (this.#series.length > maxSeries / 2) {
      this.#series = []
      this.#root = new Map()
    }
    for (const each of taken) {
      each.isTouched = false
      each.values.fill(0)
    }
    return { name, merge, labels, bounds, series }
  }
}

export function createMetricRegistry(): MetricRegistry {
  const metrics = new Map<string, CountedMetric>()
  for (const [name, definition] of Object.entries<MetricDefinition>(metricCatalogue)) {
    if (definition.type !== 'gauge' || definition.from === 'isolates') {
      metrics.set(name, new CountedMetric(name, definition))
    }
  }
  const metricOf = (name: MetricName) => metrics.get(name) as CountedMetric

  return {
    count(name, by, ...labels) {
      const values = metricOf(name).find(labels)
      values[0] = (values[0] as number) + by
    },

    observe(name, value, ...labels) {
      const metric = metricOf(name)
      const { bounds } = metric
      const values = metric.find(labels)
      let bucket = 0
      while (bucket < bounds.length && value > (bounds[bucket] as number)) bucket++
      values[bucket] = (values[bucket] as number) + 1
      values[bounds.length + 1] = (values[bounds.length + 1] as number) + value
    },

    mark(name, seconds, ...labels) {
      const values = metricOf(name).find(labels)
      values[0] = Math.max(values[0] as number, seconds)
    },

    take() {
      const taken: Family[] = []
      for (const metric of metrics.values()) {
        const family = metric.take()
        if (family) taken.push(family)
      }
      return keepTopClients(taken, clientsPerHandOver)
    },
  }
}
