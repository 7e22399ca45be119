/** Known devices in a user's object. */
import type { ObjectSchema } from '../kit/object-schema.ts'
import { deviceEnd } from './known-device.ts'
import type { RememberedFactor } from './remembered-device-types.ts'
import type { StoredDevice, SubjectState } from './subject-state.ts'

export const knownDevicesTable = `
  CREATE TABLE known_devices (
    device_id TEXT PRIMARY KEY,
    secret_hash TEXT NOT NULL,
    session_id TEXT NOT NULL,
    known_since INTEGER NOT NULL,
    last_used_at INTEGER NOT NULL,
    failures INTEGER NOT NULL,
    replaced_at INTEGER,
    ip TEXT,
    user_agent TEXT,
    keep_until INTEGER NOT NULL
  ) WITHOUT ROWID;
`

/** JSON of the `RememberedFactor`, if there is one. */
export const rememberedFactorColumn = `
  ALTER TABLE known_devices ADD COLUMN remembered TEXT;
`

export function openKnownDevicesTable(sql: SqlStorage, schema: ObjectSchema): SubjectState['devices'] {
  return {
    find(deviceId) {
      if (!schema.exists()) return undefined
      const [row] = sql.exec<Row>('SELECT * FROM known_devices WHERE device_id = ?', deviceId)
      return row && fromRow(row)
    },
    all() {
      if (!schema.exists()) return []
      return [...sql.exec<Row>('SELECT * FROM known_devices')].map(fromRow)
    },
    put(device) {
      schema.ensure()
      sql.exec(
        'INSERT OR REPLACE INTO known_devices VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
        device.device_id,
        device.secret_hash,
        device.session_id,
        device.known_since,
        device.last_used_at,
        device.failures,
        device.replaced_at ?? null,
        device.ip ?? null,
        device.user_agent ?? null,
        deviceEnd(device),
        device.remembered ? JSON.stringify(device.remembered) : null,
      )
    },
    delete(deviceId) {
      if (schema.exists()) sql.exec('DELETE FROM known_devices WHERE device_id = ?', deviceId)
    },
  }
}

interface Row extends Record<string, SqlStorageValue> {
  device_id: string
  secret_hash: string
  session_id: string
  known_since: number
  last_used_at: number
  failures: number
  replaced_at: number | null
  ip: string | null
  user_agent: string | null
  remembered: string | null
}

const fromRow = (row: Row): StoredDevice => ({
  device_id: row.device_id,
  secret_hash: row.secret_hash,
  session_id: row.session_id,
  known_since: row.known_since,
  last_used_at: row.last_used_at,
  failures: row.failures,
  replaced_at: row.replaced_at ?? undefined,
  ip: row.ip ?? undefined,
  user_agent: row.user_agent ?? undefined,
  remembered: row.remembered === null ? undefined : (JSON.parse(row.remembered) as RememberedFactor),
})
