/** What the database keeps beside a checkpoint for each of its events, and what it means for an event. */
import type { EvidenceEvent } from './evidence/evidence-event.ts'

/** Position, leaf hash, origin digest, details digest. The digests are what an erasure leaves of the content. */
export type StoredLeaf = readonly [number, string, string | null, string | null]

/** Puts the kept digests back into events whose content was erased, so that their leaves can be made again. */
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
