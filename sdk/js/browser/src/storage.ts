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
      return { sessions: sealedStore(database), database }
    } catch {
      // Below.
    }
  }
  return { sessions: memoryStore(), database: undefined }
}
