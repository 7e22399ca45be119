/**
 * Durations in rules. Tests that seed a fault cannot wait for hours: with a time scale of 20, five minutes become fifteen
 * seconds, in windows, waiting times and age limits alike, and everything else stays as it is in production.
 */
export interface Clock {
  /** Seconds as written in PromQL and in rule files, e.g. `5m`. */
  duration(seconds: number): string
  /** Seconds as a number to compare with. */
  seconds(seconds: number): number
}

export const minute = 60
export const hour = 60 * minute
export const day = 24 * hour

/** @param scale by what all durations are divided */
export const createClock = (scale = 1): Clock => ({
  duration: (seconds) => renderDuration(seconds / scale),
  seconds: (seconds) => seconds / scale,
})

const units = [
  ['d', day],
  ['h', hour],
  ['m', minute],
  ['s', 1],
] as const

/** In the largest unit that divides it; Prometheus takes whole milliseconds at the finest. */
export function renderDuration(seconds: number): string {
  for (const [unit, length] of units) if (seconds % length === 0) return `${seconds / length}${unit}`
  return `${Math.max(1, Math.round(seconds * 1000))}ms`
}
