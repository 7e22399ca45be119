/**
 * The second tier of the edge cache: one copy per region of what every request reads, so that a cold isolate
 * issues tokens while Postgres is down. Values are JSON text; `version` keeps a late writer from bringing an
 * old value back.
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
  /** Stores unless a newer version is there. */
  put(key: string, entry: ReplicaEntry): Promise<void>
}
