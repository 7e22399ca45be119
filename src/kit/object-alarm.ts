/**
 * One alarm per Durable Object, set only when it must ring earlier than it would: setting one is a write. When
 * it will ring is kept next to the data too, so that an object that comes back from eviction neither sets it
 * again nor pushes it back.
 */
export interface ObjectAlarm {
  /**
   * Rings not later than `latest` (milliseconds since the Unix epoch). If it must be set for that, then to a
   * moment between both, so that objects which began together do not call Postgres together.
   */
  ringBy(latest: number, earliest?: number): void
  /** Call first in `alarm()`: none is pending any more. */
  rang(): void
}

const key = 'alarm_at'

export function createObjectAlarm(storage: DurableObjectStorage): ObjectAlarm {
  let known = false
  let pending: number | undefined
  return {
    ringBy(latest, earliest = latest) {
      if (!known) {
        known = true
        const stored = storage.kv.get<number>(key)
        // One that should have rung already says nothing: it may be the one being handled.
        if (stored !== undefined && stored > Date.now()) pending = stored
      }
      if (pending !== undefined && pending <= latest) return
      pending = earliest + Math.floor(Math.random() * (latest - earliest))
      storage.kv.put(key, pending)
      // Not awaited: it joins the writes of this turn, and the answer waits for all of them.
      void storage.setAlarm(pending)
    },
    rang() {
      known = true
      pending = undefined
    },
  }
}
