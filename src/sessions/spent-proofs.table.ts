/**
 * Used proofs, in the table of what must be remembered until it expires: few objects ever have one, and another table
 * would cost every object. The keys begin with the time of expiry, so that those that have expired are one range.
 */
import type { ObjectSchema } from '../kit/object-schema.ts'
import type { ProofUse } from './spent-proof.ts'
import type { SubjectState } from './subject-state.ts'

const prefix = 'proof '
/** Milliseconds of fixed length, until the year 2286. */
const keyOf = ({ keep_until, proof_hash }: ProofUse): string =>
  `${prefix}${String(keep_until).padStart(13, '0')} ${proof_hash}`

/**
 * Attack: a client with a valid token fills the storage of its user's object faster than the alarm, which comes by the
 * hour, empties it. After so many proofs those that have expired go at once.
 */
const sweepAfter = 200
/** Isolates' clocks differ: a row is kept a little longer than necessary. */
const clockToleranceMs = 60_000

export function openSpentProofs(sql: SqlStorage, schema: ObjectSchema): SubjectState['spentProofs'] {
  let addedSinceSweep = 0
  return {
    has: (proof) =>
      schema.exists() &&
      sql.exec('SELECT 1 FROM spent_interactions WHERE interaction_id = ?', keyOf(proof)).toArray().length >
        0,

    add(proof, now) {
      schema.ensure()
      const inserted = sql.exec(
        'INSERT INTO spent_interactions VALUES (?, ?) ON CONFLICT DO NOTHING',
        keyOf(proof),
        proof.keep_until,
      )
      addedSinceSweep += 1
      if (addedSinceSweep > sweepAfter) {
        addedSinceSweep = 0
        sql.exec(
          'DELETE FROM spent_interactions WHERE interaction_id >= ? AND interaction_id < ?',
          prefix,
          keyOf({ keep_until: now - clockToleranceMs, proof_hash: '' }),
        )
      }
      return inserted.rowsWritten > 0
    },
  }
}
