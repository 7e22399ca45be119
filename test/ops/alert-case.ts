/** What a test of alert rules says: series as a server would have them, and exactly which alerts fire because of them. */
import type { MetricName } from '../../src/telemetry/metric-catalogue.ts'

export interface Series {
  readonly series: string
  /** In the notation of promtool: `start+increment x times`. */
  readonly values: string
}

/** Labels by which firing alerts are counted. */
export interface Firing {
  readonly alert: string
  readonly severity: 'page' | 'ticket'
  /** Of alerts on burn rates. */
  readonly burnRate?: string
  /** How many of them, e.g. one for each client; default 1. */
  readonly count?: number
}

export interface AlertCase {
  readonly alert: string
  readonly title: string
  readonly series: readonly Series[]
  /** Minutes between samples, and between evaluations. */
  readonly everyMinutes: number
  readonly evaluatedEveryMinutes: number
  /** When to look, in minutes from the first sample. */
  readonly atMinute: number
  /** All that fire then, and no other; empty: none. */
  readonly firing: readonly Firing[]
}

type Labels = Readonly<Record<string, string>>

const target: Labels = { job: 'authly', instance: 'eu.example.test:443', region: 'eu' }

const nameOf = (metric: string, labels: Labels): string => {
  const all = Object.entries({ ...target, ...labels })
  return `${metric}{${all.map(([label, value]) => `${label}=${JSON.stringify(value)}`).join(', ')}}`
}

/** How much is counted in one sample interval, and for how many of them. */
export type Phase = readonly [perSample: number, samples: number]

/** A counter that grows at the rate of each phase, one after the other. */
export function counter(
  metric: `${MetricName}${'' | '_count' | '_bucket'}`,
  labels: Labels,
  phases: readonly Phase[],
): Series {
  let start = 0
  const parts = phases.map(([perSample, samples]) => {
    const part = `${start}+${perSample}x${samples - 1}`
    start += perSample * samples
    return part
  })
  return { series: nameOf(metric, labels), values: parts.join(' ') }
}

/** A gauge with the value of each phase. */
export const gauge = (metric: MetricName | 'up', labels: Labels, phases: readonly Phase[]): Series => ({
  series: nameOf(metric, labels),
  values: phases.map(([value, samples]) => `${value}+0x${samples - 1}`).join(' '),
})

/** How much is observed in one sample interval, the shares of it below each bound, and for how many intervals. */
export interface Observed {
  readonly perSample: number
  readonly below: Readonly<Record<string, number>>
  readonly samples: number
}

/** A histogram: its buckets and its count. */
export function histogram(
  metric: MetricName,
  labels: Labels,
  phases: readonly Observed[],
): readonly Series[] {
  const bounds = Object.keys(phases[0]?.below ?? {})
  const all: readonly Phase[] = phases.map(({ perSample, samples }) => [perSample, samples])
  return [
    counter(`${metric}_count`, labels, all),
    counter(`${metric}_bucket`, { ...labels, le: '+Inf' }, all),
    ...bounds.map((le) =>
      counter(
        `${metric}_bucket`,
        { ...labels, le },
        phases.map(({ perSample, below, samples }) => [perSample * (below[le] ?? 1), samples]),
      ),
    ),
  ]
}
