/**
 * Counting, from wherever code stands. Until `startCounting` nothing is counted, and a count is one comparison: what is
 * switched off costs nothing.
 */
import type { HandOverSchedule } from './hand-over.ts'
import type { CounterName, HistogramName } from './metric-catalogue.ts'
import type { LabelValues, MetricRegistry, TimeName } from './metric-registry.ts'

interface Counting {
  readonly registry: MetricRegistry
  readonly schedule: HandOverSchedule
}

let counting: Counting | undefined

/** From here on this isolate counts. @returns ends it */
export function startCounting(started: Counting): () => void {
  counting = started
  return () => {
    counting = undefined
  }
}

export const isCounting = (): boolean => counting !== undefined

/** Adds to a counter. */
export function count<Name extends CounterName>(name: Name, by: number, ...labels: LabelValues<Name>): void {
  if (counting === undefined) return
  counting.registry.count(name, by, ...labels)
  counting.schedule.ensure()
}

/** Adds a value, in seconds or as the catalogue says, to a histogram. */
export function measure<Name extends HistogramName>(
  name: Name,
  value: number,
  ...labels: LabelValues<Name>
): void {
  if (counting === undefined) return
  counting.registry.observe(name, value, ...labels)
  counting.schedule.ensure()
}

/** Notes when something happened. @param milliseconds since the Unix epoch */
export function mark<Name extends TimeName>(
  name: Name,
  milliseconds: number,
  ...labels: LabelValues<Name>
): void {
  if (counting === undefined) return
  counting.registry.mark(name, milliseconds / 1000, ...labels)
  counting.schedule.ensure()
}

/** What is counted during the next seconds is handed over by the request that calls this. */
export const promiseHandOver = (): void => counting?.schedule.promise()

/** Hands over what was counted until now. Never throws. */
export const handOverNow = async (): Promise<void> => counting?.schedule.now()
