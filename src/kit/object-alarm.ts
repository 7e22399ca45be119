/**
 * One alarm per Durable Object, set only when it must fire earlier than scheduled, because setting it is a write that
 * is billed. An object that wakes up reads when its alarm is due before it answers anything, so that it neither sets
 * the alarm again nor postpones it.
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

/** @param ctx of the object, whose constructor calls this */
export function createObjectAlarm(
  ctx: Pick<DurableObjectState, 'storage' | 'blockConcurrencyWhile'>,
): ObjectAlarm {
  const { storage } = ctx
  let due: number | undefined
  let pending: number | undefined
  void ctx.blockConcurrencyWhile(async () => {
    due = (await storage.getAlarm()) ?? undefined
    // A time in the past means nothing: that alarm may be the one that woke the object.
    if (due !== undefined && due > Date.now()) pending = due
  })
  return {
    ringBy(latest, earliest = latest) {
      if (pending !== undefined && pending <= latest) return
      pending = earliest + Math.floor(Math.random() * (latest - earliest))
      due = pending
      // Not awaited: it is part of this turn's writes, and the output gate holds the response until they are
      // durable.
      void storage.setAlarm(pending)
    },
    rang() {
      due = undefined
      pending = undefined
    },
    overdueSince: () => (due !== undefined && due < Date.now() ? due : undefined),
  }
}
