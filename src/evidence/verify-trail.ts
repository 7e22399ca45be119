/**
 * Compares the live tables with their checkpoints, a few checkpoints at a time: the same checks as offline, but by
 * the server about itself. Those who do not trust the server use an export and `authly audit verify`.
 */
import type { JWK } from 'jose'
import type { Keyring } from '../keys/keyring.ts'
import { openStoredCheckpoint, type StoredErasure, type StoredSegment, withDigests } from './evidence-row.ts'
import { type Checkpoint, firstPreviousHash } from './format/checkpoint.ts'
import { checkSegment, type SegmentProblem } from './format/segment.ts'
import { keyIdsOf } from './format/signed-record.ts'
import { openErasure, openRemoval, type Statement } from './format/statements.ts'

export type TrailProblem =
  | SegmentProblem
  | {
      readonly code: 'event_blanked'
      readonly sequence: number
      readonly position: number
      readonly id: string
    }
  | { readonly code: 'checkpoint_invalid' | 'checkpoint_missing' | 'chain_broken'; readonly sequence: number }

export interface TrailCheck {
  readonly problems: readonly TrailProblem[]
  readonly events: number
  readonly removed: number
  /** Keys are checked as long as the keyring has them; older ones are vouched for by the chain. */
  readonly last_hash: string | undefined
}

/**
 * @param before the checkpoint before the first segment, or undefined at the start of the chain
 * @param segments in order of their sequence, without gaps as far as the caller can know
 */
export async function verifyTrail(
  needs: {
    readonly keyring: Pick<Keyring, 'verificationKey'>
    /** Public keys of all checkpoints of the chain; those may also have signed statements. */
    readonly signers: readonly JWK[]
    readonly issuer: string
    /** Whether an erasure that is not sealed yet is ours. */
    readonly isErasureProof: (userId: string, proof: unknown) => Promise<boolean>
    /** Whether the last segment is the end of the chain. */
    readonly isEnd: boolean
  },
  before: Checkpoint | undefined,
  segments: readonly StoredSegment[],
  firstSequence = (before?.claims.sequence ?? 0) + 1,
): Promise<TrailCheck> {
  const problems: TrailProblem[] = []
  const trust = { ...needs, keyIds: await keyIdsOf({ keys: needs.signers }) }
  let previous = before
  let expected = firstSequence
  let events = 0
  let removed = 0
  for (const segment of segments) {
    const { sequence } = segment
    if (sequence !== expected) problems.push({ code: 'checkpoint_missing', sequence: expected })
    expected = sequence + 1
    const checkpoint = await openStoredCheckpoint(segment)
    if (!checkpoint || checkpoint.claims.iss !== needs.issuer) {
      problems.push({ code: 'checkpoint_invalid', sequence })
      previous = undefined
      continue
    }
    if (
      checkpoint.claims.previous_hash !== (previous?.hash ?? firstPreviousHash) ||
      !checkpoint.claims.previous_verified
    ) {
      problems.push({ code: 'chain_broken', sequence })
    }
    previous = checkpoint
    const check = await verifySegment(trust, checkpoint, segment)
    problems.push(...check.problems)
    events += segment.events.length
    removed += check.removed
  }
  // The end of the chain must be signed by a key that is ours today; everything before depends on it.
  if (needs.isEnd && previous && !(await needs.keyring.verificationKey(previous.kid))) {
    problems.push({ code: 'checkpoint_invalid', sequence: previous.claims.sequence })
  }
  return { problems, events, removed, last_hash: previous?.hash }
}

interface StatementTrust {
  readonly issuer: string
  readonly isErasureProof: (userId: string, proof: unknown) => Promise<boolean>
  readonly keyIds: ReadonlySet<string>
}

async function verifySegment(trust: StatementTrust, checkpoint: Checkpoint, segment: StoredSegment) {
  const { claims } = checkpoint
  const removals = trusted(trust, await Promise.all(segment.removals.map(openRemoval)))
  const erased = new Set(
    (await Promise.all(segment.erasures.map((erasure) => erasedUser(trust, erasure)))).flat(),
  )
  const check = await checkSegment({
    claims,
    leaves: segment.leaves.map(([, hash]) => hash),
    events: withDigests(segment.events, segment.leaves),
    removed: removals.flatMap(({ merkle_root, removed }) =>
      merkle_root === claims.merkle_root ? removed : [],
    ),
  })
  const blanked = check.blanks
    .filter(({ by }) => !by.some((id) => erased.has(id)))
    .map(({ position, id }) => ({ code: 'event_blanked' as const, sequence: claims.sequence, position, id }))
  return { problems: [...check.problems, ...blanked], removed: check.removed }
}

/** The user whose data an erasure may have removed: from its statement, or while it has none, from its proof. */
async function erasedUser(trust: StatementTrust, erasure: StoredErasure): Promise<readonly string[]> {
  const { user_id, jws, public_jwk, proof } = erasure
  if (jws === null || public_jwk === null)
    return (await trust.isErasureProof(user_id, proof)) ? [user_id] : []
  return trusted(trust, [await openErasure({ jws, public_jwk })]).map((claims) => claims.user_id)
}

/** Attack: a statement signed with a foreign key, to explain the attacker's own gap. */
const trusted = <Claims extends { readonly iss: string }>(
  trust: StatementTrust,
  statements: readonly (Statement<Claims> | undefined)[],
): readonly Claims[] =>
  statements.flatMap((statement) =>
    statement && statement.claims.iss === trust.issuer && trust.keyIds.has(statement.kid)
      ? [statement.claims]
      : [],
  )
