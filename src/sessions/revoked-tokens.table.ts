/** Individually revoked access tokens. Nearly always empty; then introspection runs no SQL. */
import type { ObjectSchema } from '../kit/object-schema.ts'
import type { SubjectState } from './subject-state.ts'

export const revokedTokensTable = `
  CREATE TABLE revoked_tokens (jti_hash TEXT PRIMARY KEY, keep_until INTEGER NOT NULL) WITHOUT ROWID;
`

export function openRevokedTokensTable(sql: SqlStorage, schema: ObjectSchema): SubjectState['revokedTokens'] {
  let isEmpty: boolean | undefined

  const has = (jtiHash: string): boolean => {
    isEmpty ??= !schema.exists() || sql.exec('SELECT 1 FROM revoked_tokens LIMIT 1').toArray().length === 0
    if (isEmpty) return false
    return sql.exec('SELECT 1 FROM revoked_tokens WHERE jti_hash = ?', jtiHash).toArray().length > 0
  }

  return {
    has,
    add(jtiHash, expiresAt) {
      schema.ensure()
      isEmpty = false
      if (has(jtiHash)) return false
      sql.exec('INSERT INTO revoked_tokens VALUES (?, ?)', jtiHash, expiresAt)
      return true
    },
  }
}
