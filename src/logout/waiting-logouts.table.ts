/** The logouts that a client has not heard of yet. */
import type { DueLogout } from '../sessions/participant-types.ts'
import { givenUpAfterMs } from './decide-logout.ts'

export const logoutsTable = `
  CREATE TABLE logouts (
    logout_id TEXT PRIMARY KEY,
    client_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    sub TEXT NOT NULL,
    session_id TEXT NOT NULL,
    ended_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL
  ) WITHOUT ROWID;
`

export interface WaitingLogout extends DueLogout {
  readonly attempts: number
}

export interface WaitingLogouts {
  /** @returns false when it is there already */
  insert(logout: DueLogout, now: number): boolean
  /** Those tried least first: one that always fails does not hold up the others. */
  due(now: number, limit: number): readonly WaitingLogout[]
  /** When the next one is due or given up; undefined when none waits. */
  nextAt(): number | undefined
  /** Puts it off, and counts the attempt that begins. */
  beginAttempt(logoutId: string, dueAt: number): void
  /** Nothing is tried before `dueAt`: what the client did not take from one it takes from none. */
  putOffAll(dueAt: number): void
  /** @returns whether it was there */
  delete(logoutId: string): boolean
}

type Row = Record<string, SqlStorageValue> & WaitingLogout

const end = `min(due_at, ended_at + ${givenUpAfterMs})`

export const openWaitingLogouts = (sql: SqlStorage): WaitingLogouts => ({
  insert: (logout, now) =>
    sql.exec(
      'INSERT OR IGNORE INTO logouts VALUES (?, ?, ?, ?, ?, ?, ?, 0)',
      ...[logout.logout_id, logout.client_id, logout.user_id, logout.sub, logout.session_id],
      ...[logout.ended_at, now],
    ).rowsWritten > 0,

  due: (now, limit) =>
    sql
      .exec<Row>(
        `SELECT logout_id, client_id, user_id, sub, session_id, ended_at, attempts FROM logouts
           WHERE ${end} <= ? ORDER BY attempts, logout_id LIMIT ?`,
        now,
        limit,
      )
      .toArray(),

  nextAt: () =>
    sql.exec<{ next: number | null }>(`SELECT min(${end}) AS next FROM logouts`).one().next ?? undefined,

  beginAttempt(logoutId, dueAt) {
    sql.exec('UPDATE logouts SET attempts = attempts + 1, due_at = ? WHERE logout_id = ?', dueAt, logoutId)
  },

  putOffAll(dueAt) {
    sql.exec('UPDATE logouts SET due_at = ? WHERE due_at < ?', dueAt, dueAt)
  },

  delete: (logoutId) => sql.exec('DELETE FROM logouts WHERE logout_id = ?', logoutId).rowsWritten > 0,
})
