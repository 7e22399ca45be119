/** The messages of a destination that wait for their provider. */
import type { Channel } from './channel.ts'
import type { QueuedMessage } from './message.ts'

export const messagesTable = `
  CREATE TABLE messages (
    message_id TEXT PRIMARY KEY,
    channel TEXT NOT NULL,
    kind TEXT NOT NULL,
    user_id TEXT,
    sealed TEXT NOT NULL,
    queued_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL
  ) WITHOUT ROWID;
`

export interface WaitingMessage extends QueuedMessage {
  /** How often it was tried. */
  readonly attempts: number
}

export interface WaitingMessages {
  count(): number
  /** @returns false when it is there already */
  insert(message: QueuedMessage): boolean
  /** In the order in which they were queued: ids begin with the time. */
  nextDue(now: number): WaitingMessage | undefined
  /** When the next one is due or expires; undefined when none waits. */
  nextAt(): number | undefined
  /** Puts the message off, and counts the attempt that begins. */
  beginAttempt(messageId: string, dueAt: number): void
  /** Nothing is sent before `dueAt`: what failed once would fail for all of them. */
  putOffAll(dueAt: number): void
  makeDue(messageId: string, dueAt: number): void
  /** @returns its channel; undefined when it is not there any more */
  delete(messageId: string): Channel | undefined
}

type Row = Record<string, SqlStorageValue> & Omit<WaitingMessage, 'user_id'> & { user_id: string | null }

export const openWaitingMessages = (sql: SqlStorage): WaitingMessages => ({
  count: () => sql.exec<{ waiting: number }>('SELECT count(*) AS waiting FROM messages').one().waiting,

  insert: (message) =>
    sql.exec(
      'INSERT OR IGNORE INTO messages VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0)',
      ...[message.message_id, message.channel, message.kind, message.user_id ?? null, message.sealed],
      ...[message.queued_at, message.due_at, message.expires_at],
    ).rowsWritten > 0,

  nextDue(now) {
    const [row] = sql
      .exec<Row>('SELECT * FROM messages WHERE min(due_at, expires_at) <= ? ORDER BY message_id LIMIT 1', now)
      .toArray()
    return row && { ...row, user_id: row.user_id ?? undefined }
  },

  nextAt() {
    const { next } = sql
      .exec<{ next: number | null }>('SELECT min(min(due_at, expires_at)) AS next FROM messages')
      .one()
    return next ?? undefined
  },

  beginAttempt(messageId, dueAt) {
    sql.exec('UPDATE messages SET attempts = attempts + 1, due_at = ? WHERE message_id = ?', dueAt, messageId)
  },

  putOffAll(dueAt) {
    sql.exec('UPDATE messages SET due_at = ? WHERE due_at < ?', dueAt, dueAt)
  },

  makeDue(messageId, dueAt) {
    sql.exec('UPDATE messages SET due_at = ? WHERE message_id = ? AND due_at > ?', dueAt, messageId, dueAt)
  },

  delete: (messageId) =>
    sql
      .exec<{ channel: Channel }>('DELETE FROM messages WHERE message_id = ? RETURNING channel', messageId)
      .toArray()[0]?.channel,
})
