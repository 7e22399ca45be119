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
  void ctx.blockConcurrencyWhile(async () => {
    due = (await storage.getAlarm()) ?? undefined
  })
  return {
    ringBy(latest, earliest = latest) {
      if (due !== undefined && due <= latest) return
      due = earliest + Math.floor(Math.random() * (latest - earliest))
      // Not awaited: it is part of this turn's writes, and the output gate holds the response until they are
      // durable.
      void storage.setAlarm(due)
    },
    rang() {
      due = undefined
    },
    overdueSince: () => (due !== undefined && due < Date.now() ? due : undefined),
  }
}
