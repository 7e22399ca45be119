/**
 * What an isolate has counted goes to a metrics object every few seconds. The requests of an isolate share the counts but
 * no I/O: one of them promises to hand over and lives until it has, as with audit events (`src/audit/record-event.ts`).
 * An isolate that ends before loses its last seconds.
 */
import { delay } from '../kit/delay.ts'
import { describeError } from '../kit/describe-error.ts'
import { logError } from '../kit/log.ts'
import type { Family } from './metric-families.ts'

/** Numbered by its isolate: an object that gets it twice counts it once. */
export interface HandOver {
  readonly isolate: string
  /** Grows by one with each. */
  readonly sequence: number
  readonly families: readonly Family[]
}

/** Sends it; rejects when it may not have arrived. Repeating it is harmless. */
export type Deliver = (handOver: HandOver) => Promise<void>

/** How long a request gathers what others count. */
const gatherMs = 5_000
/** The same for an object, whose life costs: it hands over at once, at most every `gatherMs`. */
const objectGatherMs = 100
/** A promise is not awaited for longer, because the runtime may have ended its request. */
const promiseTimeoutMs = 15_000
/** A hand-over that failed for so long is dropped. Objects remember isolates for much longer (`keepIsolatesMs`). */
export const retryForMs = 3_600_000

export interface HandOverSchedule {
  /** Called at the beginning of a request: what is counted until then is handed over together. */
  promise(): void
  /** Called when something was counted: outside of requests, nobody may have promised. */
  ensure(): void
  /** Hands over now what was counted until now. Never throws. */
  now(): Promise<void>
}

export interface HandOverNeeds {
  /** What was counted since the last call. */
  readonly take: () => readonly Family[]
  readonly deliver: Deliver
  /** Keeps the request or object alive in which it is called. */
  readonly waitUntil: (work: Promise<unknown>) => void
  readonly now: () => number
}

export function createHandOverSchedule({ take, deliver, waitUntil, now }: HandOverNeeds): HandOverSchedule {
  let isolate: string | undefined
  let sequence = 0
  /** Sent, or about to be; kept until it has arrived. */
  let pending: { readonly handOver: HandOver; readonly since: number } | undefined
  let promisedAt = 0
  let handedOverAt = 0

  const promiseIn = (milliseconds: number): void => {
    promisedAt = now()
    waitUntil(
      delay(milliseconds).then(() => {
        // From here on, the next count needs its own promise.
        promisedAt = 0
        return handOver()
      }),
    )
  }

  async function handOver(): Promise<void> {
    const earlier = pending
    if (earlier && !(await isDelivered(earlier))) return
    const latest = pending ?? next()
    if (latest) await isDelivered(latest)
  }

  function next() {
    const families = take()
    if (families.length === 0) return undefined
    // Random values may not be made before the first request.
    isolate ??= crypto.randomUUID()
    sequence++
    pending = { handOver: { isolate, sequence, families }, since: now() }
    return pending
  }

  async function isDelivered(sent: NonNullable<typeof pending>): Promise<boolean> {
    handedOverAt = now()
    try {
      await deliver(sent.handOver)
    } catch (error) {
      logError('metrics_hand_over_failed', { reason: describeError(error) })
      if (now() - sent.since < retryForMs) return false
    }
    // Two requests may have sent the same one; the other may have begun the next.
    if (pending === sent) pending = undefined
    return true
  }

  return {
    promise() {
      if (now() - promisedAt > promiseTimeoutMs) promiseIn(gatherMs)
    },
    ensure() {
      const at = now()
      if (at - promisedAt > promiseTimeoutMs && at - handedOverAt > gatherMs) promiseIn(objectGatherMs)
    },
    now: handOver,
  }
}
