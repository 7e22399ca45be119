/**
 * The part of an audit event that is evidence. A leaf holds the public fields in the clear and the personal ones
 * as salted digests: an erasure removes content and salt, the digest stays, and the tree above still verifies.
 * Without the salt, an address or a name cannot be guessed from its digest.
 *
 *   leaf           = SHA-256(0x00 || JCS({public fields that are not null, origin_digest, details_digest}))
 *   origin_digest  = SHA-256(origin_salt || JCS({ip, user_agent}))
 *   details_digest = SHA-256(details_salt || JCS({changes, data}))
 */
import { z } from 'zod'
import { canonicalJson } from './canonical-json.ts'
import { digestOf } from './digest.ts'
import { hashLeaf } from './merkle-tree.ts'

const text = z.string().nullable()

/** Any JSON object exactly as parsed: `z.record` drops a member named `__proto__`, which is part of the hash. */
export const jsonObject = z.custom<Readonly<Record<string, unknown>>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
)

/** An event as exported; times are RFC 3339 in UTC with microseconds, as in Postgres. */
export const evidenceEventSchema = z.strictObject({
  id: z.string(),
  position: z.int().positive(),
  type: z.string(),
  occurred_at: z.string(),
  recorded_at: z.string(),
  outcome: z.string(),
  actor_type: z.string(),
  actor_id: text,
  user_id: text,
  client_id: text,
  session_id: text,
  request_id: text,
  entity_type: text,
  entity_id: text,
  ip: text,
  user_agent: text,
  changes: jsonObject.nullable(),
  data: jsonObject,
  origin_salt: text,
  details_salt: text,
  origin_digest: text,
  details_digest: text,
})

export type EvidenceEvent = z.output<typeof evidenceEventSchema>

export interface Leaf {
  readonly hash: string
  readonly origin_digest: string | null
  readonly details_digest: string | null
}

/** The leaf of an event: digests are computed from the content, or taken as stored where that was erased. */
export async function leafOf(event: EvidenceEvent): Promise<Leaf> {
  const { ip, user_agent, changes, data, origin_salt, details_salt, ...open } = event
  const [origin_digest, details_digest] = await Promise.all([
    origin_salt === null ? event.origin_digest : digestOf(origin_salt + canonicalJson({ ip, user_agent })),
    details_salt === null ? event.details_digest : digestOf(details_salt + canonicalJson({ changes, data })),
  ])
  const sealed: Record<string, unknown> = { ...open, origin_digest, details_digest }
  // Absent and null are the same, so that a field added by a later version leaves older leaves unchanged.
  const present = Object.entries(sealed).filter(([, value]) => value !== null)
  const hash = await hashLeaf(canonicalJson(Object.fromEntries(present)))
  return { hash, origin_digest, details_digest }
}

/** The erased parts of an event; `undefined` when there are none, `contradictory` for content without its salt. */
export function erasedParts(
  event: EvidenceEvent,
): { origin: boolean; details: boolean } | 'contradictory' | undefined {
  const origin = event.origin_salt === null
  const details = event.details_salt === null
  if (origin && (event.ip !== null || event.user_agent !== null)) return 'contradictory'
  if (details && (event.changes !== null || Object.keys(event.data).length > 0)) return 'contradictory'
  return origin || details ? { origin, details } : undefined
}

/**
 * The users whose erasure explains what is missing: details belong to the user the event is about, origins to the
 * user who acted.
 */
export function erasableBy(event: EvidenceEvent, part: 'origin' | 'details'): readonly string[] {
  if (part === 'origin' && event.actor_type === 'user') return event.actor_id === null ? [] : [event.actor_id]
  const about = [event.user_id, event.entity_type === 'user' ? event.entity_id : null]
  return about.filter((id) => id !== null)
}
