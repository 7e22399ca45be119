/**
 * Grants in a user's object. A rotation changes six short columns of one row; the rest of the grant is written once and
 * parsed once. The most recently used grants are cached.
 */
import { BoundedMap } from '../kit/bounded-map.ts'
import type { ObjectSchema } from '../kit/object-schema.ts'
import type { RefreshFamily } from './decide-refresh.ts'
import type { Grant } from './grant.ts'
import { grantEnd } from './limit-grants.ts'
import type { StoredGrant, SubjectState } from './subject-state.ts'

export const grantsTable = `
  CREATE TABLE grants (
    grant_id TEXT PRIMARY KEY,
    granted TEXT NOT NULL,
    revoked INTEGER NOT NULL,
    code_expires_at INTEGER NOT NULL,
    access_expires_at INTEGER NOT NULL,
    current_hash TEXT,
    previous_hash TEXT,
    replay TEXT,
    started_at INTEGER,
    rotated_at INTEGER,
    idle_expires_at INTEGER,
    absolute_expires_at INTEGER,
    keep_until INTEGER NOT NULL
  ) WITHOUT ROWID;
`

/** Few: one isolate holds thousands of these objects, and many cached grants made garbage collection slow. */
const rememberedGrants = 8

export function openGrantsTable(sql: SqlStorage, schema: ObjectSchema): SubjectState['grants'] {
  const remembered = new BoundedMap<string, StoredGrant>(rememberedGrants)
  /** Upper bound of the number of live grants; ended ones are only subtracted when it seems full. */
  let liveAtMost: number | undefined

  const countLive = (now: number): number => {
    if (!schema.exists()) return 0
    const counting = 'SELECT count(*) AS live FROM grants WHERE revoked = 0 AND keep_until > ?'
    return sql.exec<{ live: number }>(counting, now).one().live
  }

  return {
    find(grantId) {
      const known = remembered.get(grantId)
      if (known || !schema.exists()) return known
      const [row] = sql.exec<Row>('SELECT * FROM grants WHERE grant_id = ?', grantId)
      if (!row) return undefined
      const stored = fromRow(row)
      remembered.set(grantId, stored)
      return stored
    },

    allLive: () =>
      schema.exists() ? [...sql.exec<Row>('SELECT * FROM grants WHERE revoked = 0')].map(fromRow) : [],

    isFull(limit, now) {
      if (liveAtMost === undefined || liveAtMost >= limit) liveAtMost = countLive(now)
      return liveAtMost >= limit
    },

    put(stored) {
      schema.ensure()
      const { grant_id } = stored.grant
      const known = remembered.get(grant_id)
      if (!known && liveAtMost !== undefined) liveAtMost += 1
      if (known?.grant === stored.grant) {
        sql.exec(
          `UPDATE grants SET revoked = ?, code_expires_at = ?, access_expires_at = ?, current_hash = ?,
             previous_hash = ?, replay = ?, started_at = ?, rotated_at = ?, idle_expires_at = ?,
             absolute_expires_at = ?, keep_until = ? WHERE grant_id = ?`,
          ...columns(stored),
          grant_id,
        )
      } else {
        sql.exec(
          `INSERT OR REPLACE INTO grants (revoked, code_expires_at, access_expires_at, current_hash,
             previous_hash, replay, started_at, rotated_at, idle_expires_at, absolute_expires_at, keep_until,
             grant_id, granted) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
          ...columns(stored),
          grant_id,
          JSON.stringify(stored.grant),
        )
      }
      remembered.set(grant_id, stored)
    },
  }
}

const columns = (stored: StoredGrant): SqlStorageValue[] => {
  const { family } = stored
  return [
    Number(stored.revoked),
    stored.code_expires_at,
    stored.access_expires_at,
    family?.current_hash ?? null,
    family?.previous_hash ?? null,
    family?.replay ?? null,
    family?.started_at ?? null,
    family?.rotated_at ?? null,
    family?.idle_expires_at ?? null,
    family?.absolute_expires_at ?? null,
    keepUntil(stored),
  ]
}

/** A dead grant is kept only while its code could be presented again; without a row it is dead as well. */
const keepUntil = (stored: StoredGrant): number =>
  stored.revoked ? stored.code_expires_at : grantEnd(stored)

interface Row extends Record<string, SqlStorageValue> {
  grant_id: string
  granted: string
  revoked: number
  code_expires_at: number
  access_expires_at: number
  current_hash: string | null
  previous_hash: string | null
  replay: string | null
  started_at: number | null
  rotated_at: number | null
  idle_expires_at: number | null
  absolute_expires_at: number | null
}

const fromRow = (row: Row): StoredGrant => ({
  grant: JSON.parse(row.granted) as Grant,
  revoked: row.revoked === 1,
  family: familyOf(row),
  code_expires_at: row.code_expires_at,
  access_expires_at: row.access_expires_at,
})

const familyOf = (row: Row): RefreshFamily | undefined =>
  row.current_hash === null
    ? undefined
    : {
        current_hash: row.current_hash,
        previous_hash: row.previous_hash ?? undefined,
        replay: row.replay ?? undefined,
        started_at: row.started_at as number,
        rotated_at: row.rotated_at as number,
        idle_expires_at: row.idle_expires_at as number,
        absolute_expires_at: row.absolute_expires_at as number,
      }
