/**
 * What the outbox of an endpoint has to do: events to send, and outcomes that the log in Postgres does not show yet. Ids
 * alone: the body is made from the trail for each attempt, so what is erased there is not sent any more.
 */
import { type MadeAttempt, maxRecentAttempts } from './decide-webhook.ts'
import type { DueEvent } from './outbox-port.ts'

export const deliveriesTable = `
  CREATE TABLE deliveries (
    event_id TEXT PRIMARY KEY,
    position INTEGER NOT NULL,
    type TEXT NOT NULL,
    subject TEXT,
    made TEXT,
    status TEXT NOT NULL,
    queued_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    response_status INTEGER,
    reason TEXT,
    duration_ms INTEGER,
    attempted_at INTEGER,
    change INTEGER NOT NULL,
    logged_change INTEGER NOT NULL
  ) WITHOUT ROWID;
`

/** To be run after `deliveriesTable`. */
export const recentAttemptsColumn = `
  ALTER TABLE deliveries ADD COLUMN recent_attempts TEXT NOT NULL DEFAULT '[]';
`

export type DeliveryStatus = 'waiting' | 'delivered' | 'failed' | 'cancelled' | 'dropped'

export interface Delivery extends DueEvent {
  /** The event itself (`TrailEvent` as JSON) where the trail does not have it. */
  readonly made: string | null
  readonly status: DeliveryStatus
  readonly queued_at: number
  readonly due_at: number
  readonly attempts: number
  readonly response_status: number | null
  readonly reason: string | null
  readonly duration_ms: number | null
  readonly attempted_at: number | null
  /** The last ones whose end is known, the oldest first. */
  readonly recent_attempts: readonly MadeAttempt[]
  /** Counts changes: the log is behind while it shows an earlier one. */
  readonly change: number
}

export interface Ending {
  readonly status?: DeliveryStatus
  readonly response_status: number | null
  readonly reason: string | null
  readonly duration_ms: number | null
}

export interface WaitingDeliveries {
  /** One that waits already stays as it is. @param mode `again`: also one that has ended begins anew */
  insert(event: DueEvent, now: number, mode: 'new' | 'again' | 'dropped', made?: string): void
  waiting(): number
  isWaiting(eventId: string): boolean
  isEmpty(): boolean
  /** Those tried least first: one that always fails does not hold up the others. */
  due(now: number, limit: number): readonly Delivery[]
  /** When the next one is due; undefined when none waits. */
  nextAt(): number | undefined
  beginAttempt(eventId: string, now: number, dueAt: number): void
  /** After an attempt that `delivery` was read before. */
  endAttempt(delivery: Delivery, ended: Ending & { readonly duration_ms: number }, began: number): void
  /** Without another attempt. */
  end(eventId: string, ended: Ending): void
  /** All that wait end so. */
  endAll(status: DeliveryStatus, reason: string): void
  makeAllDue(now: number): void
  delete(eventIds: readonly string[]): void
  unlogged(limit: number): readonly Delivery[]
  /** The log shows these changes; what has ended is forgotten. */
  logged(rows: readonly Delivery[]): void
}

type Row = Record<string, SqlStorageValue> &
  Omit<Delivery, 'recent_attempts'> & { readonly recent_attempts: string }

const read = ({ recent_attempts, ...row }: Row): Delivery => ({
  ...(row as Omit<Delivery, 'recent_attempts'>),
  recent_attempts: JSON.parse(recent_attempts) as readonly MadeAttempt[],
})

const columns = `event_id, position, type, subject, made, status, queued_at, due_at, attempts, response_status, reason,
  duration_ms, attempted_at, recent_attempts, change`

export const openWaitingDeliveries = (sql: SqlStorage): WaitingDeliveries => ({
  insert(event, now, mode, made) {
    const { event_id, position, type, subject } = event
    const fresh = mode === 'dropped' ? ['dropped', 'outbox_full'] : ['waiting', null]
    const onConflict =
      mode === 'again'
        ? `ON CONFLICT (event_id) DO UPDATE SET due_at = excluded.due_at, change = change + 1,
             queued_at = iif(status = 'waiting', queued_at, excluded.queued_at),
             attempts = iif(status = 'waiting', attempts, 0),
             recent_attempts = iif(status = 'waiting', recent_attempts, '[]'), status = 'waiting'`
        : 'ON CONFLICT (event_id) DO NOTHING'
    sql.exec(
      `INSERT INTO deliveries (event_id, position, type, subject, made, status, reason, queued_at, due_at, attempts,
         change, logged_change)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 1, 0) ${onConflict}`,
      ...[event_id, position, type, subject, made ?? null, ...fresh, now, now],
    )
  },

  waiting: () =>
    sql.exec<{ count: number }>(`SELECT count(*) AS count FROM deliveries WHERE status = 'waiting'`).one()
      .count,

  isWaiting: (eventId) =>
    sql.exec(`SELECT 1 FROM deliveries WHERE event_id = ? AND status = 'waiting'`, eventId).toArray().length >
    0,

  isEmpty: () => sql.exec('SELECT 1 FROM deliveries LIMIT 1').toArray().length === 0,

  due: (now, limit) =>
    sql
      .exec<Row>(
        `SELECT ${columns} FROM deliveries WHERE status = 'waiting' AND due_at <= ?
           ORDER BY attempts, position LIMIT ?`,
        ...[now, limit],
      )
      .toArray()
      .map(read),

  nextAt: () =>
    sql
      .exec<{ next: number | null }>(`SELECT min(due_at) AS next FROM deliveries WHERE status = 'waiting'`)
      .one().next ?? undefined,

  beginAttempt(eventId, now, dueAt) {
    sql.exec(
      `UPDATE deliveries SET attempts = attempts + 1, attempted_at = ?, due_at = ?, change = change + 1
         WHERE event_id = ?`,
      ...[now, dueAt, eventId],
    )
  },

  endAttempt({ event_id, recent_attempts }, ended, began) {
    const { status = 'waiting', response_status, reason, duration_ms } = ended
    const attempt: MadeAttempt = {
      ...{ at: new Date(began).toISOString(), response_status, reason, duration_ms },
    }
    sql.exec(
      `UPDATE deliveries SET status = ?, response_status = ?, reason = ?, duration_ms = ?, recent_attempts = ?,
         change = change + 1 WHERE event_id = ?`,
      ...[status, response_status, reason, duration_ms],
      JSON.stringify([...recent_attempts, attempt].slice(-maxRecentAttempts)),
      event_id,
    )
  },

  end(eventId, { status = 'waiting', response_status, reason, duration_ms }) {
    sql.exec(
      `UPDATE deliveries SET status = ?, response_status = ?, reason = ?, duration_ms = ?, change = change + 1
         WHERE event_id = ?`,
      ...[status, response_status, reason, duration_ms, eventId],
    )
  },

  endAll(status, reason) {
    sql.exec(
      `UPDATE deliveries SET status = ?, reason = ?, change = change + 1 WHERE status = 'waiting'`,
      ...[status, reason],
    )
  },

  makeAllDue(now) {
    sql.exec(`UPDATE deliveries SET due_at = ? WHERE status = 'waiting' AND due_at > ?`, now, now)
  },

  delete(eventIds) {
    for (const id of eventIds) sql.exec('DELETE FROM deliveries WHERE event_id = ?', id)
  },

  unlogged: (limit) =>
    sql
      .exec<Row>(
        `SELECT ${columns} FROM deliveries WHERE change > logged_change ORDER BY position LIMIT ?`,
        limit,
      )
      .toArray()
      .map(read),

  logged(rows) {
    for (const { event_id, change, status } of rows) {
      if (status === 'waiting') {
        sql.exec(
          'UPDATE deliveries SET logged_change = ? WHERE event_id = ? AND logged_change < ?',
          ...[change, event_id, change],
        )
      } else {
        sql.exec('DELETE FROM deliveries WHERE event_id = ? AND change = ?', event_id, change)
      }
    }
  },
})
