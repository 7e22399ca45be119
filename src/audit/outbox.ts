/**
 * The outbox of a Durable Object: events are written in the same transaction as the change they record and delivered to
 * Postgres later, in batches, from an alarm. They are deleted only after Postgres has stored them, and their ids make a
 * repeated delivery harmless: each arrives exactly once despite failures.
 */
import { describeError } from '../kit/describe-error.ts'
import { logError } from '../kit/log.ts'
import type { ObjectAlarm } from '../kit/object-alarm.ts'
import type { ObjectSchema } from '../kit/object-schema.ts'
import { storableJson } from '../kit/storable.ts'
import { observe } from '../telemetry/observe.ts'
import type { Backlog } from './backlog.ts'
import { createDeliveryCauses } from './delivery-causes.ts'
import type { AuditEvent, AuditEventType } from './event.ts'

export const outboxTable = `
  CREATE TABLE outbox (position INTEGER PRIMARY KEY, event_count INTEGER NOT NULL, events TEXT NOT NULL);
`

/** Sends a JSON array of events to Postgres; rejects when they were not stored. */
export type DeliverEvents = (eventsJson: string) => Promise<void>

export interface Outbox {
  /** Writes events (JSON objects joined by commas, see `encodeEvents`). Call `flushSoon` afterwards. */
  append(encoded: string, count: number): void
  /**
   * Schedules an alarm that calls `flush`: within seconds, or later when the events are also forwarded by the caller.
   */
  flushSoon(delivery: 'own' | 'forwarded'): void
  /** How many events wait, and since when the oldest does; `undefined` when none waits. */
  waiting(): { readonly events: number; readonly since: number } | undefined
  /** Delivers waiting events. Never throws; on failure all of them stay and another alarm is set. */
  flush(): Promise<'empty' | 'failed'>
  /** A lookup, however much waits. */
  backlog(): Backlog
}

/** When deliveries began to fail; absent while they succeed, so that they cost no write. */
const failingKey = 'failing_since'

const ownMs = 5_000
/** Forwarded events reach Postgres long before this; the sweep is for those whose isolate ended first. */
const sweepMs = 3_600_000
const batchSize = 500
const maxBackoffMs = 60_000

/**
 * The events of every sign-in and token request: they are delivered in the isolate's batches instead of once per user.
 */
const routineTypes: ReadonlySet<AuditEventType> = new Set([
  'session.created',
  'token.issued',
  'token.refreshed',
  'token.replayed',
])

/** Whether all of `events` may be forwarded; an urgent one keeps the others of its change with it. */
export const areRoutine = (events: readonly AuditEvent[]): boolean =>
  events.every((event) => routineTypes.has(event.type))

export const encodeEvents = (events: readonly AuditEvent[]): string =>
  // One event that Postgres cannot store would block all later ones.
  events.map(storableJson).join(',')

export function createOutbox(
  storage: DurableObjectStorage,
  schema: ObjectSchema,
  alarm: ObjectAlarm,
  deliver: DeliverEvents,
): Outbox {
  const { sql } = storage
  const causes = createDeliveryCauses(storage)
  let failures = 0

  const ringAfter = (milliseconds: number): void => {
    const earliest = Date.now() + milliseconds
    alarm.ringBy(earliest + milliseconds / 2, earliest)
  }

  const takeBatch = () => {
    const rows = sql
      .exec<Row>('SELECT position, event_count, events FROM outbox ORDER BY position LIMIT ?', batchSize)
      .toArray()
    let count = 0
    let end = 0
    while (end < rows.length && (end === 0 || count + (rows[end] as Row).event_count <= batchSize)) {
      count += (rows[end++] as Row).event_count
    }
    return rows.slice(0, end)
  }

  return {
    append(encoded, count) {
      schema.ensure()
      sql.exec('INSERT INTO outbox (event_count, events) VALUES (?, ?)', count, encoded)
      causes.add()
    },

    waiting() {
      if (!schema.exists()) return undefined
      const [row] = sql
        .exec<{ events: number; oldest: string }>(
          'SELECT sum(event_count) AS events, (SELECT events FROM outbox ORDER BY position LIMIT 1) AS oldest FROM outbox',
        )
        .toArray()
      if (!row?.events) return undefined
      const [oldest] = JSON.parse(`[${row.oldest}]`) as readonly AuditEvent[]
      return { events: row.events, since: oldest?.occurred_at ?? Date.now() }
    },

    flushSoon(delivery) {
      // While Postgres is unavailable, new events wait for the retry instead of causing another.
      if (failures > 0) ringAfter(maxBackoffMs)
      else ringAfter(delivery === 'own' ? ownMs : sweepMs)
    },

    async flush() {
      try {
        while (schema.exists()) {
          const batch = takeBatch()
          const last = batch.at(-1)
          if (!last) break
          const events = batch.reduce((count, row) => count + row.event_count, 0)
          await observe('delivery', { events, causes: causes.read() }, () =>
            deliver(`[${batch.map((row) => row.events).join(',')}]`),
          )
          sql.exec('DELETE FROM outbox WHERE position <= ?', last.position)
        }
        causes.clear()
        failures = 0
        if (storage.kv.get(failingKey) !== undefined) storage.kv.delete(failingKey)
        return 'empty'
      } catch (error) {
        logError('audit_delivery_failed', { reason: describeError(error) })
        if (storage.kv.get(failingKey) === undefined) storage.kv.put(failingKey, Date.now())
        ringAfter(Math.min(ownMs * 2 ** failures++, maxBackoffMs))
        return 'failed'
      }
    },

    backlog() {
      if (!schema.exists()) return { waiting: 0, lateSince: undefined }
      // Rows are appended at one end and deleted at the other, so their positions have no gaps.
      const { waiting } = sql
        .exec<{ waiting: number }>(
          `SELECT coalesce((SELECT max(position) FROM outbox) - (SELECT min(position) FROM outbox) + 1, 0) AS waiting`,
        )
        .one()
      if (waiting === 0) return { waiting, lateSince: undefined }
      return { waiting, lateSince: storage.kv.get<number>(failingKey) ?? alarm.overdueSince() }
    },
  }
}

interface Row extends Record<string, SqlStorageValue> {
  position: number
  event_count: number
  events: string
}
