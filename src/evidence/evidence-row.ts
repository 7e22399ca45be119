/** Rows that the database keeps for a checkpoint and its events, and how they apply to an event. */
import { type Checkpoint, openCheckpoint } from './format/checkpoint.ts'
import type { EvidenceEvent } from './format/evidence-event.ts'
import type { SignedRecord } from './format/signed-record.ts'

/**
 * Position, leaf hash, origin digest, details digest. The digests are what remains of the content after an
 * erasure.
 */
export type StoredLeaf = readonly [number, string, string | null, string | null]

/** Restores the stored digests of events whose content was erased, so that their leaves can be recomputed. */
export function withDigests(
  events: readonly EvidenceEvent[],
  leaves: readonly StoredLeaf[],
): readonly EvidenceEvent[] {
  if (events.every((event) => event.origin_salt !== null && event.details_salt !== null)) return events
  const byPosition = new Map(leaves.map((leaf) => [leaf[0], leaf]))
  return events.map((event) => {
    const [, , origin = null, details = null] = byPosition.get(event.position) ?? []
    return {
      ...event,
      origin_digest: event.origin_salt === null ? origin : null,
      details_digest: event.details_salt === null ? details : null,
    }
  })
}

/** A row of `audit_checkpoints` without its leaves. */
export interface StoredCheckpoint extends SignedRecord {
  readonly sequence: number
  readonly first_position: number
  readonly last_position: number
  readonly event_count: number
  readonly merkle_root: string
  readonly previous_hash: string
  readonly sealed_at: string
}

/** An erasure with its signed statement; until the sealer has made that, with the proof that the erasure is ours. */
export interface StoredErasure {
  readonly user_id: string
  readonly jws: string | null
  readonly public_jwk: Readonly<Record<string, unknown>> | null
  readonly proof: string | null
}

/** A checkpoint with everything its verification needs, read in one snapshot. */
export interface StoredSegment extends StoredCheckpoint {
  readonly leaves: readonly StoredLeaf[]
  readonly events: readonly EvidenceEvent[]
  readonly removals: readonly SignedRecord[]
  readonly erasures: readonly StoredErasure[]
}

/** The checkpoint, if the row agrees with what was signed. */
export async function openStoredCheckpoint(segment: StoredCheckpoint): Promise<Checkpoint | undefined> {
  const checkpoint = await openCheckpoint(segment)
  const { claims } = checkpoint ?? {}
  const agrees =
    claims?.sequence === segment.sequence &&
    claims.first_position === segment.first_position &&
    claims.last_position === segment.last_position &&
    claims.event_count === segment.event_count &&
    claims.merkle_root === segment.merkle_root &&
    claims.previous_hash === segment.previous_hash
  return agrees ? checkpoint : undefined
}
