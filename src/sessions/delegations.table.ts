/** Delegations of access tokens to background jobs. Nearly always empty; then a revocation runs no SQL. */
import type { ObjectSchema } from '../kit/object-schema.ts'
import type { SubjectState } from './subject-state.ts'

export const delegationsTable = `
  CREATE TABLE delegations (
    work_id TEXT PRIMARY KEY,
    client_id TEXT NOT NULL,
    grant_id TEXT,
    session_id TEXT,
    jti_hash TEXT NOT NULL,
    keep_until INTEGER NOT NULL
  ) WITHOUT ROWID;
`

export function openDelegationsTable(sql: SqlStorage, schema: ObjectSchema): SubjectState['delegations'] {
  let isEmpty: boolean | undefined

  const hasNone = (): boolean => {
    isEmpty ??= !schema.exists() || sql.exec('SELECT 1 FROM delegations LIMIT 1').toArray().length === 0
    return isEmpty
  }

  return {
    find(workId) {
      if (hasNone()) return undefined
      const [row] = sql.exec<Row>('SELECT * FROM delegations WHERE work_id = ?', workId)
      return row && { ...row, grant_id: row.grant_id ?? undefined, session_id: row.session_id ?? undefined }
    },
    put({ work_id, client_id, grant_id, session_id, jti_hash, keep_until }) {
      schema.ensure()
      isEmpty = false
      sql.exec(
        `INSERT OR REPLACE INTO delegations (work_id, client_id, grant_id, session_id, jti_hash, keep_until)
         VALUES (?, ?, ?, ?, ?, ?)`,
        ...[work_id, client_id, grant_id ?? null, session_id ?? null, jti_hash, keep_until],
      )
    },
    withdraw({ of, is, client_id }) {
      if (hasNone()) return
      const owner = client_id ?? null
      sql.exec(`DELETE FROM delegations WHERE ${of} = ? AND client_id = coalesce(?, client_id)`, is, owner)
    },
    moveSession(from, to) {
      if (!hasNone()) sql.exec('UPDATE delegations SET session_id = ? WHERE session_id = ?', to, from)
    },
    withdrawAll() {
      if (!hasNone()) sql.exec('DELETE FROM delegations')
    },
  }
}

interface Row extends Record<string, SqlStorageValue> {
  work_id: string
  client_id: string
  grant_id: string | null
  session_id: string | null
  jti_hash: string
  keep_until: number
}
