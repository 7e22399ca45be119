/** Pending sign-ins in a person's object: few, short-lived rows that are read and written as a whole. */
import type { ObjectSchema } from '../kit/object-schema.ts'
import { maxPendingSignIns, type PendingSignIn } from './pending-sign-in.ts'
import type { SubjectState } from './subject-state.ts'

export const pendingSignInsTable = `
  CREATE TABLE pending_sign_ins (
    pending_id TEXT PRIMARY KEY,
    pending TEXT NOT NULL,
    keep_until INTEGER NOT NULL
  ) WITHOUT ROWID;
`

export function openPendingSignInsTable(
  sql: SqlStorage,
  schema: ObjectSchema,
): SubjectState['pendingSignIns'] {
  const all = (): readonly PendingSignIn[] =>
    schema.exists()
      ? [...sql.exec<{ pending: string }>('SELECT pending FROM pending_sign_ins')].map(fromRow)
      : []
  const remove = (pendingId: string) => {
    if (schema.exists()) sql.exec('DELETE FROM pending_sign_ins WHERE pending_id = ?', pendingId)
  }
  return {
    find(pendingId) {
      if (!schema.exists()) return undefined
      const [row] = sql.exec<{ pending: string }>(
        'SELECT pending FROM pending_sign_ins WHERE pending_id = ?',
        pendingId,
      )
      return row && fromRow(row)
    },
    all,
    put(pending) {
      schema.ensure()
      sql.exec(
        'INSERT OR REPLACE INTO pending_sign_ins VALUES (?, ?, ?)',
        pending.pending_id,
        JSON.stringify(pending),
        pending.expires_at,
      )
      const oldestFirst = all().toSorted((left, right) => left.started_at - right.started_at)
      for (const { pending_id } of oldestFirst.slice(
        0,
        Math.max(0, oldestFirst.length - maxPendingSignIns),
      )) {
        remove(pending_id)
      }
    },
    delete: remove,
    clear() {
      if (schema.exists()) sql.exec('DELETE FROM pending_sign_ins')
    },
  }
}

const fromRow = ({ pending }: { readonly pending: string }): PendingSignIn =>
  JSON.parse(pending) as PendingSignIn
