/** How far a server's clock is ahead of this machine's, as its answers show (RFC 9110 §6.6.1). */
export interface Clock {
  /** To add to this machine's clock. */
  readonly offsetSeconds: () => number
  /** What was learnt before. */
  readonly set: (offsetSeconds: number) => void
  /**
   * Reads `Date` of an answer that no cache gave.
   * @param sentAt when the request was sent, milliseconds of this machine
   * @returns whether the offset is another one now
   */
  readonly learn: (response: Pick<Response, 'headers'>, sentAt: number) => boolean
}

/** What `Date`, in whole seconds, and the network's delay cannot tell apart. */
const blurSeconds = 5

export function createClock(): Clock {
  let offset = 0
  return {
    offsetSeconds: () => offset,
    set: (offsetSeconds) => {
      offset = offsetSeconds
    },
    learn: (response, sentAt) => {
      const date = Date.parse(response.headers.get('date') ?? '')
      if (Number.isNaN(date)) return false
      const measured = Math.round((date + 500 - (sentAt + Date.now()) / 2) / 1000)
      if (Math.abs(measured - offset) <= blurSeconds) return false
      offset = measured
      return true
    },
  }
}
