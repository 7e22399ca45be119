/** What a listener has not got yet. It asks, and waits for an answer until there is something. */
import type { TakenEvent } from './outbox-port.ts'
import type { WaitingDeliveries } from './waiting-deliveries.table.ts'

/** At once: a listener prints what it gets. */
const most = 20
/** Who has not asked for this long has gone away. */
const goneAfterMs = 180_000

export interface ListenerQueue {
  /** Something has arrived. @returns after how many milliseconds to look whether anybody asks for it */
  arrived(): number
  /** These were received. */
  taken(eventIds: readonly string[]): void
  /** @param exists whether there are tables */
  next(waitMs: number, exists: () => boolean): Promise<readonly TakenEvent[]>
  /** When to look again; undefined when the listener has gone away. @param now milliseconds since the Unix epoch */
  restsUntil(now: number): number | undefined
}

/** In memory: after an eviction the listener asks again. */
export function createListenerQueue(deliveries: WaitingDeliveries): ListenerQueue {
  let wake: (() => void) | undefined
  let askedAt = Date.now()

  // Nothing is put off: whoever listens is there, or asks again.
  const read = (): readonly TakenEvent[] =>
    deliveries.due(Number.MAX_SAFE_INTEGER, most).map(({ event_id, position, type, subject, attempts }) => ({
      ...{ event_id, position, type, subject, attempts },
    }))

  return {
    arrived() {
      wake?.()
      return goneAfterMs
    },

    taken(eventIds) {
      deliveries.delete(eventIds)
    },

    async next(waitMs, exists) {
      askedAt = Date.now()
      const found = exists() ? read() : []
      if (found.length > 0 || waitMs <= 0) return found
      // Whoever asks last gets it: the connection of the one before is dead.
      wake?.()
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, waitMs)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
      askedAt = Date.now()
      return exists() ? read() : []
    },

    restsUntil: (now) => (now - askedAt >= goneAfterMs ? undefined : askedAt + goneAfterMs),
  }
}
