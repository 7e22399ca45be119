/** The port through which hot data are read; built by `createEdgeCache`. */
export interface Loaded<T> {
  readonly value: T
  readonly version: number
}

export interface EdgeCache {
  /**
   * Reads `key` from isolate memory, the replica, or `load` (Postgres), in this order; absences are cached briefly
   * too. Values must be plain JSON.
   * @throws the error of `load` when no tier has even a stale copy
   */
  read<T>(key: string, load: () => Promise<Loaded<T> | undefined>): Promise<T | undefined>
  /**
   * The value of `key` in isolate memory, however old, immediately and without I/O; it is renewed in the
   * background. For data a request can do without while nothing is known yet.
   */
  recall<T>(key: string, load: () => Promise<Loaded<T> | undefined>): T | undefined
  /** Whether isolate memory holds a value of `key`, however old: it never does for made-up keys. Does no I/O. */
  knows(key: string): boolean
  /** Puts the new value into replica and memory after a write to Postgres. */
  refresh<T>(key: string, loaded: Loaded<T> | undefined): Promise<void>
}
