/**
 * Used proofs, in the table of what must be remembered until it expires: few objects ever have one, and another table
 * would cost every object. A `jti` is used once, whatever date the proof with it has (RFC 9449 §11.1).
 */
import type { ObjectSchema } from '../kit/object-schema.ts'
import type { ProofUse } from './spent-proof.ts'
import type { SubjectState } from './subject-state.ts'

const prefix = 'proof '
/** The first text after all that begin with the prefix. */
const afterPrefix = 'proof!'
const keyOf = ({ proof_hash }: ProofUse): string => `${prefix}${proof_hash}`

/**
 * Attack: a client with a valid token fills the storage of its user's object faster than the alarm, which comes by the
 * hour, empties it. After so many proofs those that have expired go at once: or, if more are alive, after as many as these, so that
 * a proof costs one row read on average.
 */
const sweepAfter = 200
/** Isolates' clocks differ: a row is kept a little longer than necessary. */
const clockToleranceMs = 60_000

export function openSpentProofs(sql: SqlStorage, schema: ObjectSchema): SubjectState['spentProofs'] {
  let addedSinceSweep = 0
  let nextSweep = sweepAfter
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
      if (addedSinceSweep > nextSweep) {
        const swept = sql.exec(
          'DELETE FROM spent_interactions WHERE interaction_id >= ? AND interaction_id < ? AND keep_until < ?',
          ...[prefix, afterPrefix, now - clockToleranceMs],
        )
        addedSinceSweep = 0
        nextSweep = Math.max(sweepAfter, swept.rowsRead)
      }
      return inserted.rowsWritten > 0
    },
  }
}
