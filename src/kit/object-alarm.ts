/**
 * One alarm per Durable Object, set only when it must fire earlier than scheduled, because setting it is a write.
 * The scheduled time is also stored with the data, so that an object restored after eviction neither sets the
 * alarm again nor postpones it.
 */
export interface ObjectAlarm {
  /**
   * Ensures the alarm fires by `latest` (milliseconds since the Unix epoch). If it must be set for that, a random
   * time between both is chosen, so that objects created together do not call Postgres together.
   */
  ringBy(latest: number, earliest?: number): void
  /** Must be called first in `alarm()`: no alarm is pending any more. */
  rang(): void
  /** When the alarm should have fired, if that is past (milliseconds since the Unix epoch). */
  overdueSince(): number | undefined
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
        // A time in the past means nothing: that alarm may be the one being handled.
        if (stored !== undefined && stored > Date.now()) pending = stored
      }
      if (pending !== undefined && pending <= latest) return
      pending = earliest + Math.floor(Math.random() * (latest - earliest))
      storage.kv.put(key, pending)
      // Not awaited: it is part of this turn's writes, and the output gate holds the response until they are
      // durable.
      void storage.setAlarm(pending)
    },
    rang() {
      known = true
      pending = undefined
    },
    overdueSince() {
      const due = storage.kv.get<number>(key)
      return due !== undefined && due < Date.now() ? due : undefined
    },
  }
}
