/** What may be used once: ids of assertions, of proofs, of pushed requests. */
import { DurableObject } from 'cloudflare:workers'

export class OnceObject extends DurableObject<object> {
  constructor(state: DurableObjectState, env: object) {
    super(state, env)
    state.storage.sql.exec('CREATE TABLE IF NOT EXISTS spent (id TEXT PRIMARY KEY) WITHOUT ROWID')
  }

  /** The one write. */
  spend(id: string): boolean {
    return this.ctx.storage.sql.exec('INSERT OR IGNORE INTO spent VALUES (?)', id).rowsWritten > 0
  }
}

/** One object for all that is named alike, as a client's own is. */
export const spend = (once: DurableObjectNamespace<OnceObject>, name: string, id: string): Promise<boolean> =>
  once.get(once.idFromName(name)).spend(id)
