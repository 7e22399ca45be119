/** Replays that an endpoint has been ordered, and how far each has come. */
import type { Authorized } from '../access/authorized.ts'
import type { ReplayOrder } from './outbox-port.ts'

export const replaysTable = `
  CREATE TABLE replays (id TEXT PRIMARY KEY, ordered TEXT NOT NULL, position INTEGER NOT NULL) WITHOUT ROWID;
`

export interface WaitingReplay {
  readonly order: ReplayOrder
  /** Events up to here have been taken. */
  readonly position: number
}

export interface WaitingReplays {
  count(): number
  /** The same again changes nothing. */
  insert(order: ReplayOrder): void
  first(): WaitingReplay | undefined
  advance(id: string, position: number): void
  delete(id: string): void
}

interface Row extends Record<string, SqlStorageValue> {
  ordered: string
  position: number
}

export const openWaitingReplays = (sql: SqlStorage): WaitingReplays => ({
  count: () => sql.exec<{ count: number }>('SELECT count(*) AS count FROM replays').one().count,
  insert(order) {
    sql.exec('INSERT OR IGNORE INTO replays VALUES (?, ?, 0)', order.id, JSON.stringify(order))
  },
  first() {
    const [row] = sql.exec<Row>('SELECT ordered, position FROM replays ORDER BY id LIMIT 1').toArray()
    return row && { order: read(row.ordered), position: row.position }
  },
  advance(id, position) {
    sql.exec('UPDATE replays SET position = ? WHERE id = ?', position, id)
  },
  delete(id) {
    sql.exec('DELETE FROM replays WHERE id = ?', id)
  },
})

/** What the object stored itself. */
const read = (text: string): ReplayOrder => {
  const order = JSON.parse(text) as ReplayOrder
  return { ...order, authorized: order.authorized as Authorized }
}
