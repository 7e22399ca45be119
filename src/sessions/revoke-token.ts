/** Token revocation by its client (RFC 7009 §2.1). Unknown, foreign and dead tokens change nothing (§2.2). */
import { createEvent } from '../audit/create-event.ts'
import type { Origin } from '../audit/event.ts'
import { constantTimeEqual } from '../kit/hash.ts'
import { revokeGrant } from './revoke-grant.ts'
import type { StoredGrant, SubjectState } from './subject-state.ts'

export type RevokeToken = {
  readonly now: number
  readonly client_id: string
  readonly origin: Origin
} & (
  | {
      readonly kind: 'access'
      readonly grant_id?: string | undefined
      readonly jti_hash: string
      readonly expires_at: number
    }
  | { readonly kind: 'refresh'; readonly grant_id: string; readonly secret_hash: string }
)

/** A refresh token takes its grant and all access tokens with it; an access token ends by itself. */
export function revokeToken(state: SubjectState, input: RevokeToken): void {
  // Also when its grant has ended: jobs begun with the token continue after a sign-out, but not after this.
  if (input.kind === 'access') state.delegations.withdraw({ of: 'jti_hash', is: input.jti_hash })
  const actor = { actor_type: 'client', actor_id: input.client_id } as const
  const stored = input.grant_id === undefined ? undefined : state.grants.find(input.grant_id)
  if (input.kind === 'refresh' && (!stored || stored.revoked)) {
    // The handle was sealed by us, so it belongs to the grant; the delegations show whether it is this client's.
    state.delegations.withdraw({ of: 'grant_id', is: input.grant_id, client_id: input.client_id })
  }
  if (input.grant_id !== undefined) {
    if (!stored || stored.revoked || stored.grant.client_id !== input.client_id) return
  }

  if (input.kind === 'refresh') {
    if (!stored || !isOfFamily(stored, input.secret_hash)) return
    revokeGrant(state, stored, { now: input.now, origin: input.origin, reason: 'client', actor })
    return
  }
  if (input.now >= input.expires_at || !state.revokedTokens.add(input.jti_hash, input.expires_at)) return
  state.record(
    createEvent('token.revoked', input.now, input.origin, {
      outcome: 'success',
      ...actor,
      user_id: stored?.grant.user_id,
      client_id: input.client_id,
      session_id: stored?.grant.session_id,
      data: { reason: 'client', grant_id: input.grant_id, jti_hash: input.jti_hash },
    }),
  )
}

/** The previous token counts too: a client that never received its successor can still sign out. */
function isOfFamily({ family }: StoredGrant, secretHash: string): boolean {
  if (!family) return false
  if (constantTimeEqual(family.current_hash, secretHash)) return true
  return family.previous_hash !== undefined && constantTimeEqual(family.previous_hash, secretHash)
}
