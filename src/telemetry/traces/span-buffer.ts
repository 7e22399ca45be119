/**
 * Spans wait in the isolate and are sent together. Requests share the buffer but no I/O: Workers forbid a request to use
 * another's connections, so each flush is a request's own (as in `src/audit/record-event.ts`).
 */
import { delay } from '../../kit/delay.ts'
import { logWarning } from '../../kit/log.ts'
import type { Lifetime } from '../tracer.ts'
import type { Span } from './span.ts'

/**
 * Sends spans.
 * @returns `again` when they may be sent again later; `refused` when they may not; with the reason, for the log
 */
export type SendSpans = (spans: readonly Span[]) => Promise<Sent>
export type Sent = { readonly status: 'accepted' } | { readonly status: 'again' | 'refused'; reason: string }

export interface SpanBuffer {
  /** Takes spans; those beyond the bound are dropped and counted. */
  add(spans: readonly Span[], lifetime: Lifetime): void
  /** Counts spans that somebody else dropped. */
  drop(count: number): void
}

const gatherMs = 1_000
const batchSize = 512
/** About 2 MB: an unreachable collector must not fill the isolate. */
const largestBuffer = 2_048
/** A promised flush is not awaited for longer, because the runtime may have ended its request. */
const promiseTimeoutMs = 10_000
/** After a failure nothing is sent for this long: an unreachable collector costs one request in a while. */
const pauseMs = 15_000

/** Builds the buffer of one isolate. */
export function createSpanBuffer(send: SendSpans, now: () => number = Date.now): SpanBuffer {
  let spans: Span[] = []
  let dropped = 0
  let promisedAt = 0
  let pausedUntil = 0

  const keep = (more: readonly Span[]): void => {
    const room = Math.max(0, largestBuffer - spans.length)
    spans.push(...more.slice(0, room))
    dropped += Math.max(0, more.length - room)
  }

  async function flush(): Promise<void> {
    // Only what is here now: in a busy isolate one request must not flush until the runtime ends it.
    for (let rounds = Math.ceil(spans.length / batchSize); rounds > 0; rounds--) {
      const batch = spans.slice(0, batchSize)
      spans = spans.slice(batchSize)
      if (batch.length === 0) return
      const sent = await send(batch)
      if (sent.status === 'accepted') continue
      if (sent.status === 'again') keep(batch)
      else dropped += batch.length
      pausedUntil = now() + pauseMs
      logWarning('trace_export_failed', { reason: sent.reason, count: dropped })
      dropped = 0
      return
    }
  }

  async function flushAfterGathering(): Promise<void> {
    await delay(gatherMs)
    // From here on, the next span needs its own request to flush it.
    promisedAt = 0
    await flush()
  }

  return {
    add(more, lifetime) {
      keep(more)
      if (now() < pausedUntil || now() - promisedAt <= promiseTimeoutMs) return
      promisedAt = now()
      lifetime.waitUntil(flushAfterGathering())
    },
    drop(count) {
      dropped += count
    },
  }
}
