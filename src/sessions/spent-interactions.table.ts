/**
 * What must be remembered until it expires: interactions that led to a code, challenges that were answered, passkeys
 * that are being taken away, a recovery that waits. Read and written once per sign-in.
 */
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

/** No interaction's id, and no challenge's, begins so. */
const refusalOf = (credentialId: string): string => `refused passkey ${credentialId}`

/** In the same table: few objects ever have one. */
export const openPasskeyRefusals = (
  sql: SqlStorage,
  schema: ObjectSchema,
): SubjectState['passkeyRefusals'] => ({
  put(credentialId, until) {
    schema.ensure()
    sql.exec('INSERT OR REPLACE INTO spent_interactions VALUES (?, ?)', refusalOf(credentialId), until)
  },
  hasAny(credentialIds, now) {
    if (!schema.exists()) return false
    const marks = credentialIds.map(() => '?').join()
    const found = sql.exec(
      `SELECT 1 FROM spent_interactions WHERE interaction_id IN (${marks}) AND keep_until > ?`,
      ...credentialIds.map(refusalOf),
      now,
    )
    return found.toArray().length > 0
  },
  delete(credentialId) {
    if (!schema.exists()) return
    sql.exec('DELETE FROM spent_interactions WHERE interaction_id = ?', refusalOf(credentialId))
  },
})

/** In the same table, for the same reason; its key names the period. */
const waitOf = (recoveryHash: string): string => `waiting recovery ${recoveryHash}`
const firstWait = waitOf('')
/** The first text after those of `waitOf`. */
const afterWaits = 'waiting recovery!'

export const openRecoveryWait = (sql: SqlStorage, schema: ObjectSchema): SubjectState['recoveryWait'] => ({
  find(now) {
    if (!schema.exists()) return undefined
    const [row] = sql.exec<{ interaction_id: string }>(
      `SELECT interaction_id FROM spent_interactions
        WHERE interaction_id >= ? AND interaction_id < ? AND keep_until > ?`,
      ...[firstWait, afterWaits, now],
    )
    return row?.interaction_id.slice(firstWait.length)
  },
  put(recoveryHash, until) {
    schema.ensure()
    sql.exec('INSERT OR REPLACE INTO spent_interactions VALUES (?, ?)', waitOf(recoveryHash), until)
  },
  delete() {
    if (!schema.exists()) return false
    const deleted = sql.exec(
      'DELETE FROM spent_interactions WHERE interaction_id >= ? AND interaction_id < ?',
      ...[firstWait, afterWaits],
    )
    return deleted.rowsWritten > 0
  },
})
