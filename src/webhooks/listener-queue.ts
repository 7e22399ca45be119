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
  /** @param exists whether anything is stored */
  next(waitMs: number, exists: () => boolean): Promise<readonly TakenEvent[]>
  /** When to look again; undefined when the listener has gone away. @param now milliseconds since the Unix epoch */
  restsUntil(now: number): number | undefined
  /** It has ended: nobody will ask any more. */
  end(): void
}

const askedAtKey = 'asked_at'

/** Who waits is known in memory alone: after an eviction the listener asks again. */
export function createListenerQueue(
  deliveries: WaitingDeliveries,
  kv: Pick<SyncKvStorage, 'get' | 'put'>,
): ListenerQueue {
  let wake: (() => void) | undefined
  let askedAt = 0
  // Stored too: this object is evicted between two alarms, and then nobody would ever have gone away.
  const lastAsked = () => Math.max(askedAt, kv.get<number>(askedAtKey) ?? 0)

  // Nothing is put off: whoever listens is there, or asks again.
  const read = (): readonly TakenEvent[] =>
    deliveries.due(Number.MAX_SAFE_INTEGER, most).map(({ event_id, position, type, subject, attempts }) => ({
      ...{ event_id, position, type, subject, attempts },
    }))

  return {
    arrived() {
      if (kv.get(askedAtKey) === undefined) kv.put(askedAtKey, Date.now())
      wake?.()
      return goneAfterMs
    },

    taken(eventIds) {
      deliveries.delete(eventIds)
    },

    async next(waitMs, exists) {
      askedAt = Date.now()
      if (kv.get(askedAtKey) !== undefined) kv.put(askedAtKey, askedAt)
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

    restsUntil: (now) => (now - lastAsked() >= goneAfterMs ? undefined : lastAsked() + goneAfterMs),

    end() {
      askedAt = 0
      kv.put(askedAtKey, 0)
      wake?.()
    },
  }
}
