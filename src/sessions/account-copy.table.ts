/** The copy of the account in a user's object, and what it must not trust for a moment. */
import type { ObjectSchema } from '../kit/object-schema.ts'
import type { AccountCopy } from '../passkeys/account-copy.ts'
import type { SubjectState } from './subject-state.ts'

export const accountCopyTables = `
  CREATE TABLE account_copy (id INTEGER PRIMARY KEY CHECK (id = 1), copy TEXT NOT NULL);
  CREATE TABLE passkey_refusals (credential_id TEXT PRIMARY KEY, keep_until INTEGER NOT NULL) WITHOUT ROWID;
`

export function openAccountCopyTable(sql: SqlStorage, schema: ObjectSchema): SubjectState['accountCopy'] {
  let copy: AccountCopy | 'none' | undefined

  const loaded = (): AccountCopy | undefined => {
    if (copy === undefined) {
      const [row] = schema.exists() ? sql.exec<CopyRow>('SELECT copy FROM account_copy') : []
      copy = row ? (JSON.parse(row.copy) as AccountCopy) : 'none'
    }
    return copy === 'none' ? undefined : copy
  }

  return {
    get: loaded,
    put(changed) {
      schema.ensure()
      sql.exec('INSERT OR REPLACE INTO account_copy VALUES (1, ?)', JSON.stringify(changed))
      copy = changed
    },
    drop() {
      if (schema.exists() && loaded()) sql.exec('DELETE FROM account_copy')
      copy = 'none'
    },
  }
}

export const openPasskeyRefusalsTable = (
  sql: SqlStorage,
  schema: ObjectSchema,
): SubjectState['passkeyRefusals'] => ({
  put(credentialId, until) {
    schema.ensure()
    sql.exec('INSERT OR REPLACE INTO passkey_refusals VALUES (?, ?)', credentialId, until)
  },
  has(credentialId, now) {
    if (!schema.exists()) return false
    return sql.exec<RefusalRow>(selectRefusal, credentialId, now).toArray().length > 0
  },
  delete(credentialId) {
    if (schema.exists()) sql.exec('DELETE FROM passkey_refusals WHERE credential_id = ?', credentialId)
  },
})

const selectRefusal = 'SELECT keep_until FROM passkey_refusals WHERE credential_id = ? AND keep_until > ?'

interface CopyRow extends Record<string, SqlStorageValue> {
  copy: string
}

interface RefusalRow extends Record<string, SqlStorageValue> {
  keep_until: number
}
