/** Counts of repeated failures in an object with an outbox: durable, so that none is lost, and bounded. */
import type { AuditEvent } from './event.ts'
import {
  countRepetition,
  overflowKey,
  type Repetition,
  repetitionEvent,
  repetitionKey,
} from './repeated-events.ts'

export const repetitionsTable = `
  CREATE TABLE repetitions (
    key TEXT PRIMARY KEY,
    repetition TEXT,
    window_ms INTEGER NOT NULL,
    ends_at INTEGER NOT NULL
  ) WITHOUT ROWID;
`

/** The first window is short, so that a count is seen soon; each next one is twice as long while it goes on. */
const minWindowMs = 60_000
const maxWindowMs = 3_600_000
/** More networks and reasons than these are counted by kind alone: many addresses fill nothing either. */
const maxKeys = 500

export interface RepeatedEvents {
  /** Counts what repeats. @returns what is to be recorded now */
  take(events: readonly AuditEvent[], now: number): readonly AuditEvent[]
  /** Ends the windows that are over. @returns the events that stand for what was counted in them */
  endWindows(now: number): readonly AuditEvent[]
  /** When the next window ends (milliseconds since the Unix epoch). */
  nextEnd(): number | undefined
}

/**
 * @param sql of an object that has `repetitionsTable`; every call belongs into a transaction with what it returns
 * @param isCounted which events are
 */
export function createRepeatedEvents(
  sql: SqlStorage,
  isCounted: (event: AuditEvent) => boolean,
): RepeatedEvents {
  const find = (key: string): Row | undefined =>
    sql.exec<Row>('SELECT * FROM repetitions WHERE key = ?', key).toArray()[0]

  const put = (row: Row): void => {
    const { key, repetition, window_ms, ends_at } = row
    sql.exec('INSERT OR REPLACE INTO repetitions VALUES (?, ?, ?, ?)', key, repetition, window_ms, ends_at)
  }

  const isFull = (): boolean =>
    sql.exec<{ n: number }>('SELECT count(*) AS n FROM repetitions').one().n >= maxKeys

  /** @returns whether the event is the first of its key, and so one of its own */
  function takeOne(event: AuditEvent, now: number): boolean {
    const own = repetitionKey(event)
    const key = find(own) || !isFull() ? own : overflowKey(event)
    const row = find(key)
    if (!row) {
      put({ key, repetition: null, window_ms: minWindowMs, ends_at: now + minWindowMs })
      return true
    }
    const counted = row.repetition === null ? undefined : (JSON.parse(row.repetition) as Repetition)
    put({ ...row, repetition: JSON.stringify(countRepetition(counted, event)) })
    return false
  }

  return {
    take: (events, now) => events.filter((event) => !isCounted(event) || takeOne(event, now)),

    endWindows(now) {
      const over = sql.exec<Row>('SELECT * FROM repetitions WHERE ends_at <= ?', now).toArray()
      return over.flatMap((row) => {
        if (row.repetition === null) {
          sql.exec('DELETE FROM repetitions WHERE key = ?', row.key)
          return []
        }
        const window_ms = Math.min(row.window_ms * 2, maxWindowMs)
        put({ ...row, repetition: null, window_ms, ends_at: now + window_ms })
        return [repetitionEvent(JSON.parse(row.repetition) as Repetition)]
      })
    },

    nextEnd() {
      const { at } = sql.exec<{ at: number | null }>('SELECT min(ends_at) AS at FROM repetitions').one()
      return at ?? undefined
    },
  }
}

interface Row extends Record<string, SqlStorageValue> {
  key: string
  /** JSON of a `Repetition`; null while nothing has repeated. */
  repetition: string | null
  window_ms: number
  ends_at: number
}
