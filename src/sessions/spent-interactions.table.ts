/** Interactions that led to a code, until they expire. Read and written once per sign-in to an application. */
import type { ObjectSchema } from '../kit/object-schema.ts'
import type { SubjectState } from './subject-state.ts'

export const spentInteractionsTable = `
  CREATE TABLE spent_interactions (
    interaction_id TEXT PRIMARY KEY,
    keep_until INTEGER NOT NULL
  ) WITHOUT ROWID;
`

export const openSpentInteractionsTable = (
  sql: SqlStorage,
  schema: ObjectSchema,
): SubjectState['spentInteractions'] => ({
  add(interactionId, expiresAt) {
    schema.ensure()
    const inserted = sql.exec(
      'INSERT INTO spent_interactions VALUES (?, ?) ON CONFLICT DO NOTHING',
      interactionId,
      expiresAt,
    )
    return inserted.rowsWritten > 0
  },
})
