/** Failed sign-ins in a user's object, by identifier hash. */
import type { ObjectSchema } from '../kit/object-schema.ts'
import { failureMemorySeconds, type LoginAttempts } from './lock-out.ts'
import type { SubjectState } from './subject-state.ts'

export const loginAttemptsTable = `
  CREATE TABLE login_attempts (
    identifier_hash TEXT PRIMARY KEY,
    failures INTEGER NOT NULL,
    last_failure_at INTEGER NOT NULL,
    locked_until INTEGER NOT NULL,
    keep_until INTEGER NOT NULL
  ) WITHOUT ROWID;
`

export function openLoginAttemptsTable(sql: SqlStorage, schema: ObjectSchema): SubjectState['attempts'] {
  return {
    find(identifierHash) {
      if (!schema.exists()) return undefined
      const [row] = sql.exec<Row>(
        'SELECT failures, last_failure_at, locked_until FROM login_attempts WHERE identifier_hash = ?',
        identifierHash,
      )
      return row
    },
    put(identifierHash, attempts) {
      schema.ensure()
      sql.exec(
        'INSERT OR REPLACE INTO login_attempts VALUES (?, ?, ?, ?, ?)',
        identifierHash,
        attempts.failures,
        attempts.last_failure_at,
        attempts.locked_until,
        attempts.last_failure_at + failureMemorySeconds * 1000,
      )
    },
    delete(identifierHash) {
      if (schema.exists()) sql.exec('DELETE FROM login_attempts WHERE identifier_hash = ?', identifierHash)
    },
    clear() {
      if (schema.exists()) sql.exec('DELETE FROM login_attempts')
    },
  }
}

type Row = LoginAttempts & Record<string, SqlStorageValue>
