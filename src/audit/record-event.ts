/**
 * Events of frequent machine requests do not cost a call each: they are buffered in the isolate and sent together. All
 * requests share the buffer but no I/O: Workers forbid a request to use another's connections, so each flush uses the
 * bindings of its own request.
 */
import { delay } from '../kit/delay.ts'
import { describeError } from '../kit/describe-error.ts'
import { logError } from '../kit/log.ts'
import { count } from '../telemetry/count.ts'
import type { AuditEvent, RecordEvent } from './event.ts'

/** Stores events durably; rejects when that failed. Repeating it is harmless. */
export type AppendEvents = (events: readonly AuditEvent[]) => Promise<void>

const gatherMs = 100
const batchSize = 200
/** A promised flush is not awaited for longer, because the runtime may have ended its request. */
const promiseTimeoutMs = 5_000
/** Together well below the 30 s that the runtime grants after a response. */
const retryDelaysMs = [200, 1_000, 3_000, 8_000]
/** About 10 MB; beyond that the oldest events are dropped to protect the isolate. */
const largestBuffer = 20_000

interface Buffer {
  events: AuditEvent[]
  /** When a request last promised to flush (milliseconds since the Unix epoch); 0 when none does. */
  promisedAt: number
}

const isolateBuffer: Buffer = { events: [], promisedAt: 0 }

/**
 * Records events of one request.
 * @param needs.waitUntil keeps the request alive until its flush is done
 * @param needs.append built from this request's bindings
 */
export function createRecordEvent(
  needs: {
    readonly waitUntil: (work: Promise<unknown>) => void
    readonly append: AppendEvents
  },
  buffer: Buffer = isolateBuffer,
): RecordEvent {
  return (event) => {
    buffer.events.push(event)
    if (buffer.events.length >= batchSize) {
      needs.waitUntil(flush(buffer, needs.append))
    } else if (Date.now() - buffer.promisedAt > promiseTimeoutMs) {
      buffer.promisedAt = Date.now()
      needs.waitUntil(flushAfterGathering(buffer, needs.append))
    }
  }
}

async function flushAfterGathering(buffer: Buffer, append: AppendEvents): Promise<void> {
  await delay(gatherMs)
  // From here on, the next event needs its own request to flush it.
  buffer.promisedAt = 0
  await flush(buffer, append)
}

async function flush(buffer: Buffer, append: AppendEvents): Promise<void> {
  // Only what is buffered now: in a busy isolate one request must not flush until the runtime ends it.
  for (let rounds = Math.ceil(buffer.events.length / batchSize); rounds > 0; rounds--) {
    const batch = buffer.events.splice(0, batchSize)
    if (batch.length === 0 || (await appended(batch, append))) continue
    buffer.events.unshift(...batch)
    const excess = buffer.events.length - largestBuffer
    if (excess > 0) {
      buffer.events.splice(0, excess)
      count('authly_audit_events_lost_total', excess)
      logError('audit_events_lost', { count: excess, reason: 'the outbox cannot be reached' })
    }
    return
  }
}

async function appended(batch: readonly AuditEvent[], append: AppendEvents): Promise<boolean> {
  for (const pause of [...retryDelaysMs, undefined]) {
    try {
      await append(batch)
      return true
    } catch (error) {
      if (pause === undefined) logError('audit_append_failed', { reason: describeError(error) })
      else await delay(pause)
    }
  }
  return false
}
