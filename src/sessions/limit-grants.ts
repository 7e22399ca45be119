/** Limits the number of grants per user, and chooses which of them end. */
import type { Origin } from '../audit/event.ts'
import { familyEnd } from './decide-refresh.ts'
import type { Grant } from './grant.ts'
import { revokeGrant } from './revoke-grant.ts'
import type { StoredGrant, SubjectState } from './subject-state.ts'

/** More than any user needs; an application that keeps starting over must not fill the object. */
export const maxGrants = 200
/** Several end at once, because looking at all of them costs more than the redemption that exceeded the limit. */
const keptGrants = 180

/**
 * Makes room for a new grant. Those of the client that has most end, so that one that keeps starting over signs nobody
 * out of another: grants without `offline_access` first, least recently used first.
 */
export function endGrantsBeyondLimit(
  state: SubjectState,
  { now, origin }: { readonly now: number; readonly origin: Origin },
): void {
  if (!state.grants.isFull(maxGrants, now)) return
  const live = state.grants.allLive().filter((stored) => now < grantEnd(stored))
  for (const stored of firstToEnd(live).slice(0, -keptGrants)) {
    const actor = { actor_type: 'client', actor_id: stored.grant.client_id } as const
    revokeGrant(state, stored, { now, origin, reason: 'limit', actor })
  }
}

/** Each client keeps its best ones: who has more loses more. */
function firstToEnd(live: readonly StoredGrant[]): readonly StoredGrant[] {
  const bestLast = live.toSorted(
    (left, right) =>
      Number(isOffline(left.grant)) - Number(isOffline(right.grant)) || lastUse(left) - lastUse(right),
  )
  const seen = new Map<string, number>()
  const ranks = new Map<StoredGrant, number>()
  for (const stored of bestLast.toReversed()) {
    const rank = seen.get(stored.grant.client_id) ?? 0
    seen.set(stored.grant.client_id, rank + 1)
    ranks.set(stored, rank)
  }
  const rankOf = (stored: StoredGrant) => ranks.get(stored) ?? 0
  return bestLast.toSorted((left, right) => rankOf(right) - rankOf(left))
}

/** Meant to outlive the session it was made in (OpenID Connect Core §11). */
export const isOffline = ({ scopes }: Grant): boolean => scopes.includes('offline_access')

/** When nothing issued from a live grant can be used any longer. */
export const grantEnd = ({ code_expires_at, access_expires_at, family }: StoredGrant): number =>
  Math.max(code_expires_at, access_expires_at, family ? familyEnd(family) : 0)

/** A grant without refresh token is used once, shortly before its code ends. */
const lastUse = ({ family, code_expires_at }: StoredGrant): number => family?.rotated_at ?? code_expires_at
