/**
 * Seals the trail: every few minutes what is final becomes checkpoints (docs/audit.md). Safe to run concurrently:
 * the sequence number is a primary key, so one of two runs writes the next checkpoint and the other stops.
 */

import { isErasureProof } from '../audit/erasure-proof.ts'
import type { Keyring } from '../keys/keyring.ts'
import { logError } from '../kit/log.ts'
import type { RootSecret } from '../kit/root-secret.ts'
import type { StoredLeaf } from './evidence-row.ts'
import { firstPreviousHash, hashCheckpoint, openCheckpoint } from './format/checkpoint.ts'
import { type EvidenceEvent, leafOf } from './format/evidence-event.ts'
import { merkleRoot } from './format/merkle-tree.ts'
import type { SignRecord } from './sign-record.ts'

export interface LastCheckpoint {
  readonly sequence: number
  readonly last_position: number
  readonly signature: string
  readonly public_jwk: Readonly<Record<string, unknown>>
}

/** A checkpoint as a row. */
export interface NewCheckpoint {
  readonly sequence: number
  readonly first_position: number
  readonly last_position: number
  readonly event_count: number
  readonly merkle_root: string
  readonly previous_hash: string
  readonly leaves: readonly StoredLeaf[]
  readonly signature: string
  readonly public_jwk: Readonly<Record<string, unknown>>
}

/** Changed data of an event that is sealed with it. */
export interface SignedErasure {
  readonly id: string
  readonly data: Readonly<Record<string, unknown>>
}

export interface SealTrailNeeds {
  /** The last final position; undefined while a write is still open: the next run tries again. */
  horizon(): Promise<number | undefined>
  /**
   * The last checkpoint and the first `limit` events after it, up to `horizon`; data of users erased in the
   * meantime are already removed.
   */
  readUnsealed(
    horizon: number,
    limit: number,
  ): Promise<{ last: LastCheckpoint | undefined; events: readonly EvidenceEvent[] }>
  /** One transaction. `false`: another run wrote this checkpoint. */
  write(checkpoint: NewCheckpoint, erasures: readonly SignedErasure[]): Promise<boolean>
  readonly sign: SignRecord
  readonly keyring: Pick<Keyring, 'verificationKey'>
  readonly root: RootSecret
}

/** Together about one CPU second and a few megabytes; the rest waits for the next run. */
export const defaultBounds = { events: 1000, checkpoints: 60 }

/** @returns how many checkpoints were made, and whether nothing final is left */
export async function sealTrail(
  needs: SealTrailNeeds,
  bounds: { readonly events: number; readonly checkpoints: number } = defaultBounds,
): Promise<{ readonly sealed: number; readonly upToDate: boolean }> {
  const horizon = await needs.horizon()
  if (horizon === undefined) return { sealed: 0, upToDate: false }
  for (let sealed = 0; sealed < bounds.checkpoints; sealed++) {
    const { last, events } = await needs.readUnsealed(horizon, bounds.events)
    if (events.length === 0) return { sealed, upToDate: true }
    if (!(await sealBatch(needs, last, events))) return { sealed, upToDate: false }
  }
  return { sealed: bounds.checkpoints, upToDate: false }
}

async function sealBatch(
  needs: SealTrailNeeds,
  last: LastCheckpoint | undefined,
  read: readonly EvidenceEvent[],
): Promise<boolean> {
  const previous_verified = last === undefined || (await isOurs(needs, last))
  if (!previous_verified) {
    logError('audit_chain_broken', { subject: `checkpoint ${last?.sequence}` })
  }
  const { events, erasures } = await signErasures(needs, read)
  const leaves = await Promise.all(
    events.map(async (event): Promise<StoredLeaf> => {
      const leaf = await leafOf(event)
      return [event.position, leaf.hash, leaf.origin_digest, leaf.details_digest]
    }),
  )
  const claims = {
    sequence: (last?.sequence ?? 0) + 1,
    first_position: (events[0] as EvidenceEvent).position,
    last_position: (events.at(-1) as EvidenceEvent).position,
    event_count: events.length,
    merkle_root: await merkleRoot(leaves.map(([, hash]) => hash)),
    previous_hash: last ? await hashCheckpoint(last.signature) : firstPreviousHash,
  }
  const { jws, public_jwk } = await needs.sign('checkpoint', { ...claims, previous_verified })
  return needs.write({ ...claims, leaves, signature: jws, public_jwk }, erasures)
}

/**
 * Attack: a foreign checkpoint is put at the end of the chain for the real sealer to build on. Ours agrees with
 * its row and is signed by a key of the keyring.
 */
async function isOurs(needs: Pick<SealTrailNeeds, 'keyring'>, last: LastCheckpoint): Promise<boolean> {
  const checkpoint = await openCheckpoint({ jws: last.signature, public_jwk: last.public_jwk })
  return (
    checkpoint !== undefined &&
    checkpoint.claims.sequence === last.sequence &&
    checkpoint.claims.last_position === last.last_position &&
    (await needs.keyring.verificationKey(checkpoint.kid)) !== undefined
  )
}

/** Erasures with our proof get the statement that explains them; others get none, and verification reports them. */
async function signErasures(needs: Pick<SealTrailNeeds, 'root' | 'sign'>, read: readonly EvidenceEvent[]) {
  const erasures: SignedErasure[] = []
  const events = await Promise.all(
    read.map(async (event) => {
      const { user_id, data } = event
      const isErasure = event.type === 'audit.personal_data_erased' && user_id !== null
      if (!isErasure || !(await isErasureProof(needs.root, user_id, data['proof']))) return event
      const signed = { ...data, ...(await needs.sign('erasure', { user_id })) }
      erasures.push({ id: event.id, data: signed })
      return { ...event, data: signed }
    }),
  )
  return { events, erasures }
}
