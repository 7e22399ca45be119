/**
 * The second tier of the edge cache: one copy per region of what every request reads, so that a cold isolate
 * issues tokens while Postgres is down. Values are JSON text; `version` prevents a late writer from restoring an
 * old value.
 */
export interface ReplicaEntry {
  readonly value: string
  /** Row version, growing with every write; 0 for "does not exist". */
  readonly version: number
  /** When it was read from Postgres; milliseconds since the Unix epoch. */
  readonly loadedAt: number
}

export interface Replica {
  get(key: string): Promise<ReplicaEntry | undefined>
  /** Stores `entry` unless a newer version is there (`supersedes`). */
  put(key: string, entry: ReplicaEntry): Promise<void>
}

/** JSON text of "does not exist": a real value is always an object or an array. */
export const absentValue = 'null'

/** A replica deletes an entry that has not been renewed for this long: the end of stale-if-error. */
export const replicaRetentionMilliseconds = 24 * 3600_000

/**
 * A read that started this much later than the stored one wins regardless of versions: no writer is that late, so
 * its lower version means that the row was deleted and recreated.
 */
export const lateWriterMilliseconds = 60_000

type Stamp = Pick<ReplicaEntry, 'version' | 'loadedAt'>

/**
 * Whether `incoming` may replace `existing`. Versions decide; reads of the same version, and absences (which have
 * none), are ordered by the time they were read.
 */
export function supersedes(incoming: Stamp, existing: Stamp | undefined): boolean {
  if (!existing) return true
  const byTime = incoming.version === existing.version || incoming.version === 0 || existing.version === 0
  if (byTime) return incoming.loadedAt >= existing.loadedAt
  if (incoming.version > existing.version) return true
  return incoming.loadedAt > existing.loadedAt + lateWriterMilliseconds
}
