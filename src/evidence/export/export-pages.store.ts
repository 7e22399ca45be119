/** The queries of an export: one page per step, each in one snapshot. */
import { type SQL, sql } from 'drizzle-orm'
import { erasuresOf, evidenceEvent, segmentJson } from '../evidence.store.ts'
import type { StoredErasure, StoredLeaf, StoredSegment } from '../evidence-row.ts'
import type { EvidenceEvent } from '../format/evidence-event.ts'
import type { SignedRecord } from '../format/signed-record.ts'

/** The current signing key; its private half is sealed under the root secret. */
export interface SealedSigner {
  readonly kid: string
  readonly private_jwk_sealed: string
}

export interface ExportPage {
  /** The last final position when the export started. */
  readonly horizon?: number
  readonly signer: SealedSigner
  readonly segment?: StoredSegment | null
  readonly chain?: readonly ({ sequence: number } & SignedRecord)[]
  readonly events?: readonly { readonly event: EvidenceEvent; readonly sequence: number | null }[]
  /** Leaves of the checkpoints that seal `events`. */
  readonly leaves?: readonly { readonly sequence: number; readonly leaves: readonly StoredLeaf[] }[]
  readonly erasures?: readonly StoredErasure[]
}

interface PageStatement {
  readonly ctes: SQL
  readonly outcome: SQL
}

const signer = sql`(select jsonb_build_object('kid', kid, 'private_jwk_sealed', private_jwk_sealed) from signing_keys where alg = 'ES256' and status = 'current')`

const page = (ctes: SQL, members: SQL): PageStatement => ({
  ctes,
  outcome: sql`jsonb_build_object('signer', ${signer}, ${members})`,
})

/** The first step: takes the lock of the trail briefly, to find which positions are final. */
export const findHorizon = (): PageStatement =>
  page(
    sql`final as materialized (select authly_audit_horizon() as position)`,
    sql`'horizon', (select position from final)`,
  )

/** The first checkpoint from `sequence` on that reaches position `from`, if it starts before `upTo`. */
export const readSegment = (sequence: number, from: number, upTo: number): PageStatement =>
  page(
    sql`wanted as materialized (
      select * from audit_checkpoints
      where sequence >= ${sequence} and last_position >= ${from} and first_position <= ${upTo} order by sequence limit 1)`,
    sql`'segment', (select ${segmentJson} from wanted as checkpoint)`,
  )

/** Checkpoints without their events, for the chain. */
export const readChain = (sequence: number, limit: number): PageStatement =>
  page(
    sql`wanted as materialized (
      select sequence, signature, public_jwk from audit_checkpoints where sequence >= ${sequence}
      order by sequence limit ${limit})`,
    sql`'chain', (select coalesce(jsonb_agg(jsonb_build_object('sequence', sequence, 'jws', signature,
      'public_jwk', public_jwk) order by sequence), '[]') from wanted)`,
  )

/** Checkpoints per page of the chain. */
export const chainPage = 500

/**
 * Events of a query with the checkpoints that seal them (few, because their leaves are large) and the chain from
 * `after` to those.
 * @param selected a query of all columns of `audit_events`
 */
export function readEvents(selected: SQL, maxCheckpoints: number, after: number): PageStatement {
  const ctes = sql`
    found as materialized (${selected}),
    placed as materialized (
      select found.*, seal.sequence, dense_rank() over (order by seal.sequence nulls last) as checkpoint_rank
      from found left join lateral (
        select sequence from audit_checkpoints where last_position >= found.position order by sequence limit 1
      ) as seal on true),
    taken as materialized (select * from placed where checkpoint_rank <= ${maxCheckpoints}),
    chain as materialized (
      select sequence, signature, public_jwk from audit_checkpoints
      where sequence > ${after} and sequence <= (select max(sequence) from taken)
        and (${after} > 0 or sequence >= (select min(sequence) from taken))
      order by sequence limit ${chainPage})`
  return page(
    ctes,
    sql`'events', (select coalesce(jsonb_agg(jsonb_build_object('event', ${evidenceEvent}, 'sequence', sequence)
        order by position), '[]') from taken),
      'leaves', (select coalesce(jsonb_agg(jsonb_build_object('sequence', sequence, 'leaves', leaves)), '[]')
        from audit_checkpoints where sequence in (select sequence from taken)),
      'chain', (select coalesce(jsonb_agg(jsonb_build_object('sequence', sequence, 'jws', signature,
        'public_jwk', public_jwk) order by sequence), '[]') from chain),
      'erasures', ${erasuresOf(sql`position in (select position from taken)`)}`,
  )
}

const foundEvents = sql`'events', (select coalesce(jsonb_agg(jsonb_build_object('event', ${evidenceEvent},
  'sequence', null) order by position), '[]') from found)`

/** Events without evidence. */
export const readPlain = (selected: SQL): PageStatement =>
  page(sql`found as materialized (${selected})`, foundEvents)

/** Events that are not sealed yet, with the erasures that explain their erased parts. */
export const readTail = (selected: SQL): PageStatement =>
  page(
    sql`found as materialized (${selected})`,
    sql`${foundEvents}, 'erasures', ${erasuresOf(sql`position in (select position from found)`)}`,
  )
