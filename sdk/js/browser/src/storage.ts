import { type Database, openDatabase } from './database.ts'
import type { Settings } from './options.ts'
import { memoryStore, type SessionStore, sealedStore } from './session-store.ts'

export interface Storage {
  readonly sessions: SessionStore
  /** Undefined where nothing outlives the page. */
  readonly database: Database | undefined
}

/** IndexedDB, and the page's memory where that was chosen or the browser keeps nothing (private browsing). */
export async function openStorage({ name, storage }: Settings): Promise<Storage> {
  if (storage === 'session') {
    try {
      const database = openDatabase(name)
      // Some browsers fail at the first write only.
      await database.change('probe', () => true)
      return { sessions: withMemory(sealedStore(database)), database }
    } catch {
      // Below.
    }
  }
  return { sessions: memoryStore(), database: undefined }
}

/** What this page last knew, for a browser that keeps nothing any more: the disk is full, or site data are blocked. */
function withMemory(sealed: SessionStore): SessionStore {
  const memory = memoryStore()
  const either = <Value>(one: Promise<Value>, other: () => Promise<Value>): Promise<Value> => one.catch(other)
  return {
    async read() {
      return either(
        sealed.read().then(async (session) => {
          await (session ? memory.replace(session) : memory.clear())
          return session
        }),
        memory.read,
      )
    },
    async replace(session) {
      const before = await memory.replace(session)
      return either(sealed.replace(session), async () => before)
    },
    async update(session) {
      const wasThere = await memory.update(session)
      return either(sealed.update(session), async () => wasThere)
    },
    async clear(id) {
      const before = await memory.clear(id)
      return either(sealed.clear(id), async () => before)
    },
  }
}
