/** The copy of a user's consents in their object: read at every silent sign-in, so kept in memory. */
import type { ObjectSchema } from '../kit/object-schema.ts'
import type { RememberedConsent, SubjectState } from './subject-state.ts'

export const consentsTable = `
  CREATE TABLE consents (client_id TEXT PRIMARY KEY, consent TEXT NOT NULL) WITHOUT ROWID;
`

export function openConsentsTable(sql: SqlStorage, schema: ObjectSchema): SubjectState['consents'] {
  let rows: Map<string, RememberedConsent> | undefined

  const loaded = (): Map<string, RememberedConsent> => {
    if (rows) return rows
    rows = new Map()
    if (!schema.exists()) return rows
    for (const { client_id, consent } of sql.exec<Row>('SELECT client_id, consent FROM consents')) {
      rows.set(client_id, JSON.parse(consent) as RememberedConsent)
    }
    return rows
  }

  return {
    find: (clientId) => loaded().get(clientId),
    put(clientId, consent) {
      schema.ensure()
      sql.exec('INSERT OR REPLACE INTO consents VALUES (?, ?)', clientId, JSON.stringify(consent))
      loaded().set(clientId, consent)
    },
    delete(clientId) {
      if (!schema.exists()) return
      sql.exec('DELETE FROM consents WHERE client_id = ?', clientId)
      loaded().delete(clientId)
    },
    clear() {
      if (!schema.exists()) return
      sql.exec('DELETE FROM consents')
      loaded().clear()
    },
  }
}

interface Row extends Record<string, SqlStorageValue> {
  client_id: string
  consent: string
}
