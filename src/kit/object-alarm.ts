/**
 * One alarm per Durable Object, set only when it must ring earlier than it would: setting one is a write. What
 * is known about it is kept in memory; after an eviction the first `ringBy` simply sets it again.
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

export function createObjectAlarm(storage: DurableObjectStorage): ObjectAlarm {
  let pending: number | undefined
  return {
    ringBy(latest, earliest = latest) {
      if (pending !== undefined && pending <= latest) return
      pending = earliest + Math.floor(Math.random() * (latest - earliest))
      // Not awaited: it joins the writes of this turn, and the answer waits for all of them.
      void storage.setAlarm(pending)
    },
    rang() {
      pending = undefined
    },
  }
}
