/**
 * Redeems an authorization code (RFC 6749 §4.1.2). The code is a sealed statement; only the row written here makes it
 * single-use. The grant has the code's id.
 */
import { createEvent } from '../audit/create-event.ts'
import type { Origin } from '../audit/event.ts'
import { startFamily } from './decide-refresh.ts'
import { sessionEnded } from './decide-session.ts'
import type { Grant, RefreshPolicy } from './grant.ts'
import { endGrantsBeyondLimit, isOffline } from './limit-grants.ts'
import { endOldestOfClient, type SessionLimit, sessionsOfClient } from './limit-sessions.ts'
import { takePart } from './participants.ts'
import { revokeGrant } from './revoke-grant.ts'
import type { ProofUse } from './spent-proof.ts'
import type { SubjectState } from './subject-state.ts'

export interface RedeemCode {
  readonly now: number
  readonly grant: Grant
  readonly code_expires_at: number
  /** Present when the client gets a refresh token. */
  readonly refresh?: { readonly token_hash: string; readonly policy: RefreshPolicy } | undefined
  /** When the access token issued with this code expires: until then the grant's row is kept for introspection. */
  readonly access_token_expires_at: number
  readonly jti_hash: string
  /** Of this client, as it was when the code was issued. */
  readonly client_limit?: SessionLimit | undefined
  /** What proved the key that the tokens are bound to. */
  readonly proof?: ProofUse | undefined
  /** The client wants to be told when the session ends. */
  readonly takes_part?: boolean | undefined
  readonly origin: Origin
}

export type RedeemedCode =
  | { readonly status: 'redeemed' }
  /** Used before: everything issued from it is now revoked (RFC 6749 §4.1.2). */
  | { readonly status: 'reused' }
  /** Expired, or the session it belongs to has ended. */
  | { readonly status: 'refused' }
  /** The proof was used before: a repeated request, which neither uses the code up nor revokes anything. */
  | { readonly status: 'proof_used' }

/** Redeems a code once; a second use revokes whatever the first one issued. */
export function redeemCode(state: SubjectState, input: RedeemCode): RedeemedCode {
  const { now, grant, origin } = input
  const actor = { actor_type: 'client', actor_id: grant.client_id } as const
  const about = { user_id: grant.user_id, client_id: grant.client_id, session_id: grant.session_id }

  if (input.proof && state.spentProofs.has(input.proof)) return { status: 'proof_used' }
  const used = state.grants.find(grant.grant_id)
  if (used) {
    // Recorded once: replaying a code repeatedly must not flood the trail.
    if (!used.revoked) {
      const data = { grant_id: grant.grant_id }
      state.record(createEvent('code.reused', now, origin, { outcome: 'failure', ...actor, ...about, data }))
      revokeGrant(state, used, { now, origin, reason: 'code_reused', actor })
    }
    return { status: 'reused' }
  }

  const session = state.sessions.find(grant.session_id)
  if (now >= input.code_expires_at || !session || sessionEnded(session, now)) return { status: 'refused' }

  if (input.client_limit && !isWithinLimit(state, input, input.client_limit)) return { status: 'refused' }

  // A refresh does not prove that the user is present: without `offline_access` the family ends with the session at the
  // latest (OpenID Connect Core §11). The session's idle timeout does not count, because the application is in use.
  const familyLimit = isOffline(grant) ? undefined : session.absolute_expires_at

  if (input.proof) state.spentProofs.add(input.proof, now)
  endGrantsBeyondLimit(state, input)
  state.grants.put({
    grant,
    revoked: false,
    family: input.refresh && startFamily(input.refresh.token_hash, now, input.refresh.policy, familyLimit),
    code_expires_at: input.code_expires_at,
    access_expires_at: input.access_token_expires_at,
  })
  if (input.takes_part) takePart(state, session, grant)
  state.record(
    createEvent('token.issued', now, origin, {
      outcome: 'success',
      ...actor,
      ...about,
      data: {
        grant_type: 'authorization_code',
        grant_id: grant.grant_id,
        scopes: grant.scopes,
        jti_hash: input.jti_hash,
        refresh_token: input.refresh !== undefined,
      },
    }),
  )
  return { status: 'redeemed' }
}

/**
 * Decided here and not only at authorize, because codes of several browsers may be redeemed at the same moment.
 * @returns false when there is no room and nothing may end for it
 */
function isWithinLimit(state: SubjectState, input: RedeemCode, { max, when_full }: SessionLimit): boolean {
  const { now, origin, grant } = input
  const { client_id, session_id } = grant
  if (sessionsOfClient(state, client_id, now, session_id).length < max) return true
  if (when_full === 'refuse') return false
  endOldestOfClient(state, { now, origin }, { client_id, session_id, max })
  return true
}
