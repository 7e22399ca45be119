/**
 * Refresh token rotation, RFC 9700 §4.14 and OAuth 2.1 §4.3.1: pure, so that every race is a row in a test table. One
 * token of a family is current. For a short grace window the previous one gets the stored response again, because
 * clients retry and browsers have several tabs. Any other returning token of the family must have been copied, and the
 * family is revoked.
 */
import { constantTimeEqual } from '../kit/hash.ts'
import type { RefreshPolicy } from './grant.ts'

/** The refresh tokens that descend from one grant that is not revoked. Times are milliseconds since the Unix epoch. */
export interface RefreshFamily {
  readonly current_hash: string
  readonly previous_hash: string | undefined
  /** The response to the previous token, sealed under a key that only that token yields. */
  readonly replay: string | undefined
  readonly started_at: number
  /** When the current token was issued, or last used if it stays the same. */
  readonly rotated_at: number
  readonly idle_expires_at: number
  readonly absolute_expires_at: number
}

export type RefreshDecision =
  /** The current token: it is exchanged for a successor, or stays. */
  | { readonly status: 'current' }
  | { readonly status: 'replay'; readonly replay: string }
  /** A replaced token was presented again: revoke the family. */
  | { readonly status: 'reused' }
  | { readonly status: 'expired' }

/**
 * Decides the response to a token of this family, without changing anything.
 * @param now milliseconds since the Unix epoch
 */
export function decideRefresh(
  family: RefreshFamily,
  presentedHash: string,
  now: number,
  policy: RefreshPolicy,
): RefreshDecision {
  if (now >= familyEnd(family, policy)) return { status: 'expired' }
  if (constantTimeEqual(presentedHash, family.current_hash)) return { status: 'current' }
  const isPrevious =
    family.previous_hash !== undefined && constantTimeEqual(presentedHash, family.previous_hash)
  if (isPrevious && isInGrace(family, now, policy) && family.replay !== undefined)
    return { status: 'replay', replay: family.replay }
  return { status: 'reused' }
}

/**
 * The family after its first token is issued.
 * @param latestEnd upper bound of its end, whatever the policy (milliseconds since the Unix epoch)
 */
export function startFamily(
  tokenHash: string,
  now: number,
  policy: RefreshPolicy,
  latestEnd = Number.POSITIVE_INFINITY,
): RefreshFamily {
  const absolute_expires_at = Math.min(now + policy.absolute_ttl_seconds * 1000, latestEnd)
  return {
    current_hash: tokenHash,
    previous_hash: undefined,
    replay: undefined,
    started_at: now,
    rotated_at: now,
    idle_expires_at: Math.min(now + policy.idle_ttl_seconds * 1000, absolute_expires_at),
    absolute_expires_at,
  }
}

/** The family after its current token was exchanged for a successor. The absolute end never moves later. */
export function rotateFamily(
  family: RefreshFamily,
  successor: { readonly hash: string; readonly replay: string },
  now: number,
  policy: RefreshPolicy,
): RefreshFamily {
  const absolute_expires_at = absoluteEnd(family, policy)
  return {
    ...family,
    current_hash: successor.hash,
    previous_hash: family.current_hash,
    replay: successor.replay,
    rotated_at: now,
    idle_expires_at: Math.min(now + policy.idle_ttl_seconds * 1000, absolute_expires_at),
    absolute_expires_at,
  }
}

/**
 * The family after its current token was used and stays current, as some profiles demand (FAPI 2.0 Security Profile
 * §5.3.2.1). The token before it, of the time when the family was rotated, keeps its grace window and no more.
 */
export function keepFamily(family: RefreshFamily, now: number, policy: RefreshPolicy): RefreshFamily {
  const absolute_expires_at = absoluteEnd(family, policy)
  const previousInGrace = family.previous_hash !== undefined && isInGrace(family, now, policy)
  return {
    ...family,
    // The window is counted from the rotation, which therefore stays when it was until the window is over.
    ...(previousInGrace ? {} : { previous_hash: undefined, replay: undefined, rotated_at: now }),
    idle_expires_at: Math.min(now + policy.idle_ttl_seconds * 1000, absolute_expires_at),
    absolute_expires_at,
  }
}

const isInGrace = ({ rotated_at }: RefreshFamily, now: number, policy: RefreshPolicy): boolean =>
  now - rotated_at <= policy.replay_grace_seconds * 1000

/** When the current token expires if unused; a policy made stricter since then applies at once. */
export function familyEnd(family: RefreshFamily, policy?: RefreshPolicy): number {
  if (!policy) return Math.min(family.idle_expires_at, family.absolute_expires_at)
  const idleEnd = Math.min(family.idle_expires_at, family.rotated_at + policy.idle_ttl_seconds * 1000)
  return Math.min(idleEnd, absoluteEnd(family, policy))
}

const absoluteEnd = (family: RefreshFamily, policy: RefreshPolicy): number =>
  Math.min(family.absolute_expires_at, family.started_at + policy.absolute_ttl_seconds * 1000)
