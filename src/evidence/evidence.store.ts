/** The evidence in Postgres: events in the form that is hashed, checkpoints with their leaves, signed statements. */
import { type SQL, sql } from 'drizzle-orm'
import { eraseLatePersonalData } from '../audit/erase-personal-data.store.ts'
import { evidenceEventJson, instant } from '../audit/event-json.ts'
import type { RunBatch } from '../db/run-batch.ts'
import { databaseErrorOf, sqlStates } from '../kit/database-error.ts'
import type { StoredSegment } from './evidence-row.ts'
import type { EvidenceEvent } from './format/evidence-event.ts'
import type { LastCheckpoint, NewCheckpoint, SealTrailNeeds, SignedErasure } from './seal-trail.ts'

/** An event of `audit_events` as the JSON of `EvidenceEvent`. */
export const evidenceEvent = sql.raw(evidenceEventJson)

const lastSealed = sql`coalesce((select max(last_position) from audit_checkpoints), 0)`

type SealStore = Pick<SealTrailNeeds, 'horizon' | 'readUnsealed' | 'write'>

export const createSealStore = (runBatch: RunBatch): SealStore => ({
  async horizon() {
    try {
      const [rows] = await runBatch([sql`select authly_audit_horizon() as horizon`])
      return Number(rows?.[0]?.['horizon'] ?? 0)
    } catch (error) {
      if (databaseErrorOf(error)?.code === sqlStates.lockNotAvailable) return undefined
      throw error
    }
  },

  async readUnsealed(horizon, limit) {
    const upTo = sql`(select max(position) from (select position from audit_events
      where position > ${lastSealed} and position <= ${horizon} order by position limit ${limit}) as batch)`
    const [, last, events] = await runBatch([
      eraseLatePersonalData(lastSealed, upTo),
      sql`select sequence, last_position, signature, public_jwk from audit_checkpoints
          order by sequence desc limit 1`,
      sql`select ${evidenceEvent} as event from audit_events
          where position > ${lastSealed} and position <= ${horizon} order by position limit ${limit}`,
    ])
    const [row] = (last ?? []) as unknown as readonly LastCheckpoint[]
    return {
      last: row && {
        ...row,
        sequence: Number(row.sequence),
        last_position: Number(row.last_position),
      },
      events: ((events ?? []) as unknown as { event: EvidenceEvent }[]).map(({ event }) => event),
    }
  },

  async write(checkpoint, erasures) {
    try {
      await runBatch([...erasures.map(keepStatement), insertCheckpoint(checkpoint)])
      return true
    } catch (error) {
      if (databaseErrorOf(error)?.code === sqlStates.uniqueViolation) return false
      throw error
    }
  },
})

const keepStatement = ({ id, data }: SignedErasure): SQL =>
  sql`update audit_events set data = ${JSON.stringify(data)}::jsonb where id = ${id}::uuid`

const insertCheckpoint = (checkpoint: NewCheckpoint): SQL => sql`
  insert into audit_checkpoints (sequence, first_position, last_position, event_count, merkle_root, previous_hash,
    leaves, signature, public_jwk)
  values (${checkpoint.sequence}, ${checkpoint.first_position}, ${checkpoint.last_position},
    ${checkpoint.event_count}, ${checkpoint.merkle_root}, ${checkpoint.previous_hash},
    ${JSON.stringify(checkpoint.leaves)}::jsonb, ${checkpoint.signature},
    ${JSON.stringify(checkpoint.public_jwk)}::jsonb)`

/**
 * The last position of the previous checkpoint. Nothing can hide before the first checkpoint: positions there are
 * not ours.
 */
const previousEnd = sql`coalesce((select max(before.last_position) from audit_checkpoints as before
  where before.sequence < checkpoint.sequence), -9000000000000000)`

/** Checkpoint columns as JSON members, from an alias `checkpoint`. */
export const checkpointMembers = sql.raw(`
  'sequence', checkpoint.sequence, 'first_position', checkpoint.first_position,
  'last_position', checkpoint.last_position, 'event_count', checkpoint.event_count,
  'merkle_root', checkpoint.merkle_root, 'previous_hash', checkpoint.previous_hash, 'jws', checkpoint.signature,
  'public_jwk', checkpoint.public_jwk, 'sealed_at', ${instant('checkpoint.sealed_at')}`)

/** The segment as JSON; needs an alias `checkpoint` of `audit_checkpoints`. */
export const segmentJson: SQL = sql`jsonb_build_object(${checkpointMembers},
  'leaves', checkpoint.leaves,
  'events', coalesce((select jsonb_agg(${evidenceEvent} order by position) from audit_events
    where position > ${previousEnd} and position <= checkpoint.last_position), '[]'),
  'removals', ${removalsOf(sql`checkpoint.sequence`)},
  'erasures', ${erasuresOf(sql`position > ${previousEnd} and position <= checkpoint.last_position`)})`

/** Signed statements on events removed from a checkpoint. */
export function removalsOf(sequence: SQL): SQL {
  return sql`coalesce((select jsonb_agg(jsonb_build_object('jws', data->'jws', 'public_jwk', data->'public_jwk') order by position)
    from audit_events where entity_type = 'audit_checkpoint' and entity_id = (${sequence})::text
      and type = 'audit.events_removed' and data ? 'jws'), '[]')`
}

/** Erasures that explain erased parts of the events selected by `where`: `StoredErasure`. */
export function erasuresOf(where: SQL): SQL {
  return sql`coalesce((select jsonb_agg(jsonb_build_object('user_id', erasure.user_id, 'jws', erasure.data->'jws',
      'public_jwk', erasure.data->'public_jwk', 'proof', erasure.data->'proof') order by erasure.position)
    from audit_events as erasure
    where erasure.type = 'audit.personal_data_erased' and erasure.user_id in (
      select unnest(array[user_id, case when entity_type = 'user' then entity_id end,
        case when actor_type = 'user' then actor_id end])
      from audit_events where ${where} and (origin_salt is null or details_salt is null))), '[]')`
}

/** One segment; undefined when there is no such checkpoint. */
export const selectSegment = (sequence: number): SQL =>
  sql`select ${segmentJson} as segment from audit_checkpoints as checkpoint where checkpoint.sequence = ${sequence}`

export const toSegment = (rows: readonly Record<string, unknown>[]): StoredSegment | undefined =>
  rows[0]?.['segment'] as StoredSegment | undefined

/**
 * All keys that signed checkpoints; rows `{ public_jwk }`. Attack: a row before the first checkpoint, which nobody
 * verifies, to smuggle a foreign key in.
 */
export const selectSigners: SQL = sql`select distinct public_jwk from audit_checkpoints where sequence >= 1`

/** Segments from `sequence` on, in order; rows `{ segment }`. */
export const selectSegments = (sequence: number, limit: number): SQL => sql`
  select ${segmentJson} as segment from audit_checkpoints as checkpoint
  where checkpoint.sequence >= ${sequence} order by checkpoint.sequence limit ${limit}`
