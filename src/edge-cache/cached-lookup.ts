/** The port every capability reads hot data through; `createEdgeCache` builds it. */
export interface Loaded<T> {
  readonly value: T
  readonly version: number
}

export interface EdgeCache {
  /**
   * Reads `key` from isolate memory, the replica, or `load` (Postgres), in this order; absent things are
   * remembered briefly too. Values must be plain JSON.
   * @throws whatever `load` throws when no tier has even a stale copy
   */
  read<T>(key: string, load: () => Promise<Loaded<T> | undefined>): Promise<T | undefined>
  /**
   * What isolate memory holds of `key`, however old, at once and without I/O; renewed in the background. For what
   * a request can do without when nothing is known yet.
   */
  recall<T>(key: string, load: () => Promise<Loaded<T> | undefined>): T | undefined
  /** Whether isolate memory holds a value of `key`, however old: made-up keys have none. Does no I/O. */
  knows(key: string): boolean
  /** After a write to Postgres: puts the new value into replica and memory. */
  refresh<T>(key: string, loaded: Loaded<T> | undefined): Promise<void>
}
