/** When something is tried again. */

const firstRetryMs = 5_000

/**
 * Of something that has failed `failures` times: 5 s later, then twice as long each time up to `maxMs`, each less or more
 * by a quarter, so that those who failed together do not return together.
 * @param random from 0 to 1
 */
export function retryAtMost(maxMs: number, now: number, failures: number, random: number): number {
  const pause = Math.min(firstRetryMs * 2 ** (failures - 1), maxMs)
  return now + Math.round(pause * (0.75 + random / 2))
}
