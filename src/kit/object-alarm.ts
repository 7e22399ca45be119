/**
 * One alarm per Durable Object, set only when it must ring earlier than it would: setting one is a write. What
 * is known about it is kept in memory; after an eviction the first `ringBy` simply sets it again.
 */
export interface ObjectAlarm {
  /** Rings at `at` (milliseconds since the Unix epoch) or before. */
  ringBy(at: number): void
  /** Call first in `alarm()`: none is pending any more. */
  rang(): void
}

export function createObjectAlarm(storage: DurableObjectStorage): ObjectAlarm {
  let pending: number | undefined
  return {
    ringBy(at) {
      if (pending !== undefined && pending <= at) return
      pending = at
      // Not awaited: it joins the writes of this turn, and the answer waits for all of them.
      void storage.setAlarm(at)
    },
    rang() {
      pending = undefined
    },
  }
}
