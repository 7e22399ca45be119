/**
 * A checkpoint seals a range of events: it signs the root of their Merkle tree and the hash of the previous
 * checkpoint. Trusting one checkpoint therefore means trusting everything before it.
 */
import { z } from 'zod'
import { digestOf, isHash } from './digest.ts'
import { openRecord, type SignedRecord } from './signed-record.ts'

const hash = z.string().refine(isHash)
const position = z.int().positive()

export const checkpointClaims = z.strictObject({
  iss: z.string(),
  /** Seconds since the Unix epoch. */
  iat: z.int(),
  /** 1, 2, 3 … without a gap. */
  sequence: position,
  first_position: position,
  last_position: position,
  event_count: position,
  merkle_root: hash,
  /** Hash of the previous checkpoint; `firstPreviousHash` for the first. */
  previous_hash: hash,
  /** `false`: the sealer did not recognise the previous checkpoint as its own, so this one does not vouch for it. */
  previous_verified: z.boolean(),
})

export type CheckpointClaims = z.output<typeof checkpointClaims>

export interface Checkpoint {
  readonly claims: CheckpointClaims
  /** base64url(SHA-256(JWS)): contained in the next checkpoint, and noted down by auditors as an anchor. */
  readonly hash: string
  readonly kid: string
}

/** `previous_hash` of the first checkpoint: 32 zero bytes. */
export const firstPreviousHash = 'A'.repeat(43)

/** The hash of a checkpoint: of its compact JWS, signature included. */
export const hashCheckpoint = (jws: string): Promise<string> => digestOf(jws)

/** The checkpoint, if its signature is that of the key it names; `undefined` for anything else. */
export async function openCheckpoint(record: SignedRecord): Promise<Checkpoint | undefined> {
  const opened = await openRecord('checkpoint', record)
  const claims = checkpointClaims.safeParse(opened?.payload)
  if (!opened || !claims.success) return undefined
  return { claims: claims.data, hash: await hashCheckpoint(record.jws), kid: opened.kid }
}
