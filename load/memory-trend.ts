/** Whether memory grows: the straight line through what a process held, second by second. Pure. */

export interface MemoryTrend {
  /** Of the line, at its beginning. */
  readonly startMb: number
  readonly mbPerMinute: number
  /** What the line gains from its beginning to its end, as a share of its beginning. */
  readonly growth: number
}

/** Caches fill, code is compiled and the heap finds its size in the first third, which is left out. */
const settlingShare = 1 / 3

/** @param samples one a second, in MB; at least two must be left after the first third */
export function trendOf(samples: readonly number[]): MemoryTrend {
  const settled = samples.slice(Math.floor(samples.length * settlingShare))
  const { intercept, slope } = leastSquares(settled)
  return {
    startMb: intercept,
    mbPerMinute: slope * 60,
    growth: (slope * (settled.length - 1)) / intercept,
  }
}

/** The line with the least squared distance to `values` at 0, 1, 2 … */
function leastSquares(values: readonly number[]): { intercept: number; slope: number } {
  const meanX = (values.length - 1) / 2
  const meanY = values.reduce((sum, value) => sum + value, 0) / values.length
  let covariance = 0
  let variance = 0
  for (const [x, y] of values.entries()) {
    covariance += (x - meanX) * (y - meanY)
    variance += (x - meanX) ** 2
  }
  const slope = covariance / variance
  return { slope, intercept: meanY - slope * meanX }
}
