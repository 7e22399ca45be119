/** At most so many a second, for what must not grow with the number of requests. */
export function createRateGate(perSecond: number, now: () => number = Date.now): () => boolean {
  let second = 0
  let taken = 0
  return () => {
    const current = Math.floor(now() / 1000)
    if (current !== second) {
      second = current
      taken = 0
    }
    if (taken >= perSecond) return false
    taken++
    return true
  }
}
