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

/**
 * JSON of the `RememberedFactor` of devices that have one. A table of its own, so that a version from before it can write
 * known devices again after a roll-back.
 */
export const rememberedFactorsTable = `
  CREATE TABLE remembered_factors (
    device_id TEXT PRIMARY KEY,
    remembered TEXT NOT NULL,
    keep_until INTEGER NOT NULL
  ) WITHOUT ROWID;
`

const allDevices =
  'SELECT known_devices.*, remembered FROM known_devices LEFT JOIN remembered_factors USING (device_id)'

export function openKnownDevicesTable(sql: SqlStorage, schema: ObjectSchema): SubjectState['devices'] {
  return {
    find(deviceId) {
      if (!schema.exists()) return undefined
      const [row] = sql.exec<Row>(`${allDevices} WHERE device_id = ?`, deviceId)
      return row && fromRow(row)
    },
    all() {
      if (!schema.exists()) return []
      return [...sql.exec<Row>(allDevices)].map(fromRow)
    },
    put(device) {
      schema.ensure()
      sql.exec(
        'INSERT OR REPLACE INTO known_devices VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
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
      )
      if (device.remembered) {
        sql.exec(
          'INSERT OR REPLACE INTO remembered_factors VALUES (?, ?, ?)',
          device.device_id,
          JSON.stringify(device.remembered),
          device.remembered.expires_at,
        )
      }
    },
    forgetFactor(deviceId) {
      if (schema.exists()) sql.exec('DELETE FROM remembered_factors WHERE device_id = ?', deviceId)
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
