/**
 * Counted metrics as data: what isolates hand over, what metrics objects keep, what a scrape reads. They carry their own
 * labels and buckets, so that versions whose catalogues differ can be added to one another during a deployment.
 */
import type { MetricLabel } from './metric-catalogue.ts'

/** A counter: its value. A histogram: a count per bucket, the one of +Inf last, then the sum of all values. */
export type SeriesValues = readonly number[]

export interface Family {
  readonly name: string
  /** `highest`: a time of which the latest counts. */
  readonly merge: 'sum' | 'highest'
  readonly labels: readonly MetricLabel[]
  /** Upper bounds of the buckets; empty for what is no histogram. */
  readonly bounds: readonly number[]
  /** Values of the labels, and what was counted. */
  readonly series: readonly (readonly [labels: readonly string[], values: SeriesValues])[]
}

interface MergedFamily extends Omit<Family, 'series'> {
  readonly series: Map<string, { readonly labels: readonly string[]; readonly values: number[] }>
}

/** By name, labels and buckets: what differs in one of these cannot be added. */
export type MergedFamilies = Map<string, MergedFamily>

/** What stands for all values beyond a bound. */
export const otherValue = 'other'

/** The labels of one series of a family, as a caller may bound them. */
export type BoundLabels = (family: Family, labels: readonly string[]) => readonly string[]

const asTheyAre: BoundLabels = (_, labels) => labels

/**
 * Adds `families` to `merged`.
 * @param maxSeries of one family; the rest is counted as `other`
 */
export function mergeFamilies(
  merged: MergedFamilies,
  families: readonly Family[],
  maxSeries = Number.POSITIVE_INFINITY,
  boundLabels = asTheyAre,
): void {
  for (const family of families) {
    const { name, merge, labels, bounds } = family
    const key = JSON.stringify([name, labels, bounds])
    let target = merged.get(key)
    if (!target) {
      target = { name, merge, labels, bounds, series: new Map() }
      merged.set(key, target)
    }
    for (const [values, counted] of family.series) {
      addSeries(target, boundLabels(family, values), counted, maxSeries)
    }
  }
}

function addSeries(
  { series, merge }: MergedFamily,
  labels: readonly string[],
  counted: SeriesValues,
  maxSeries: number,
): void {
  const known = series.get(JSON.stringify(labels))
  const isBeyond = known === undefined && series.size >= maxSeries
  const bounded = isBeyond ? labels.map(() => otherValue) : labels
  const key = JSON.stringify(bounded)
  const target = known ?? series.get(key)
  if (!target) {
    series.set(key, { labels: bounded, values: [...counted] })
    return
  }
  for (const [index, value] of counted.entries()) {
    const before = target.values[index] ?? 0
    target.values[index] = merge === 'highest' ? Math.max(before, value) : before + value
  }
}

/** As plain data, to be sent or stored. */
export const toFamilies = (merged: MergedFamilies): Family[] =>
  [...merged.values()].map((family) => ({
    ...family,
    series: [...family.series.values()].map(({ labels, values }) => [labels, values] as const),
  }))

/**
 * The same families, in which only the `count` clients with the most events have a name of their own.
 */
export function keepTopClients(families: readonly Family[], count: number): readonly Family[] {
  return families.map((family) => {
    const position = family.labels.indexOf('client_id')
    if (position < 0) return family
    const totals = new Map<string, number>()
    for (const [labels, values] of family.series) {
      const client = labels[position] ?? ''
      totals.set(client, (totals.get(client) ?? 0) + (values[0] ?? 0))
    }
    if (totals.size <= count) return family
    const ranked = [...totals].sort(([, left], [, right]) => right - left)
    const named = new Set(ranked.slice(0, count).map(([client]) => client))
    return renameClients(family, (client) => (named.has(client) ? client : otherValue))
  })
}

/** The family with other names of clients; series that become equal are added. */
export function renameClients(family: Family, rename: (client: string) => string): Family {
  const position = family.labels.indexOf('client_id')
  if (position < 0) return family
  const merged: MergedFamilies = new Map()
  mergeFamilies(merged, [family], undefined, (_, labels) =>
    labels.with(position, rename(labels[position] ?? '')),
  )
  return toFamilies(merged)[0] ?? family
}
