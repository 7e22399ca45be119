/** Browsers with a remembered second factor in a user's object. */
import type { ObjectSchema } from '../kit/object-schema.ts'
import type { StoredRememberedDevice, SubjectState } from './subject-state.ts'

export const rememberedDevicesTable = `
  CREATE TABLE remembered_devices (
    remembered_id TEXT PRIMARY KEY,
    secret_hash TEXT NOT NULL,
    device_since INTEGER NOT NULL,
    remembered_at INTEGER NOT NULL,
    ip TEXT,
    user_agent TEXT,
    keep_until INTEGER NOT NULL
  ) WITHOUT ROWID;
`

export function openRememberedDevicesTable(
  sql: SqlStorage,
  schema: ObjectSchema,
): SubjectState['remembered'] {
  return {
    find(rememberedId) {
      if (!schema.exists()) return undefined
      const [row] = sql.exec<Row>('SELECT * FROM remembered_devices WHERE remembered_id = ?', rememberedId)
      return row && fromRow(row)
    },
    all() {
      if (!schema.exists()) return []
      return [...sql.exec<Row>('SELECT * FROM remembered_devices')].map(fromRow)
    },
    put(device) {
      schema.ensure()
      sql.exec(
        'INSERT OR REPLACE INTO remembered_devices VALUES (?, ?, ?, ?, ?, ?, ?)',
        device.remembered_id,
        device.secret_hash,
        device.device_since,
        device.remembered_at,
        device.ip ?? null,
        device.user_agent ?? null,
        device.expires_at,
      )
    },
    delete(rememberedId) {
      if (schema.exists()) sql.exec('DELETE FROM remembered_devices WHERE remembered_id = ?', rememberedId)
    },
    clear() {
      if (schema.exists()) sql.exec('DELETE FROM remembered_devices')
    },
  }
}

interface Row extends Record<string, SqlStorageValue> {
  remembered_id: string
  secret_hash: string
  device_since: number
  remembered_at: number
  ip: string | null
  user_agent: string | null
  keep_until: number
}

const fromRow = (row: Row): StoredRememberedDevice => ({
  remembered_id: row.remembered_id,
  secret_hash: row.secret_hash,
  device_since: row.device_since,
  remembered_at: row.remembered_at,
  expires_at: row.keep_until,
  ip: row.ip ?? undefined,
  user_agent: row.user_agent ?? undefined,
})
