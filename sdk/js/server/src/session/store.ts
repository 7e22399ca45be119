/**
 * Where an application keeps what must be the same for all its processes: Redis, Workers KV, a table. Values are sealed
 * before they get here, and keys are hashes: who reads it can sign in as nobody.
 */
export interface KeyValueStore {
  readonly get: (key: string) => Promise<string | null | undefined>
  readonly set: (key: string, value: string, ttlSeconds: number) => Promise<unknown>
  readonly delete: (key: string) => Promise<unknown>
}

/** For one process: what it knows is gone with it. The oldest entries make room. */
export function memoryStore(maxEntries = 100_000): KeyValueStore {
  const entries = new Map<string, { readonly value: string; readonly until: number }>()
  return {
    get: async (key) => {
      const entry = entries.get(key)
      if (entry && entry.until <= Date.now()) entries.delete(key)
      return entry && entry.until > Date.now() ? entry.value : undefined
    },
    set: async (key, value, ttlSeconds) => {
      entries.delete(key)
      entries.set(key, { value, until: Date.now() + ttlSeconds * 1000 })
      const [oldest] = entries.keys()
      if (entries.size > maxEntries && oldest !== undefined) entries.delete(oldest)
    },
    delete: async (key) => entries.delete(key),
  }
}

const shared = Symbol.for('@authly-server/server: memory of this process')

/** One for all copies of this module: Next.js loads it for pages and for routes apart. */
export function processMemory(): KeyValueStore {
  const globals = globalThis as { [shared]?: KeyValueStore }
  globals[shared] ??= memoryStore()
  return globals[shared]
}
