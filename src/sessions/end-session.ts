/** Signing out: one session, or all of them. */
import { createEvent } from '../audit/create-event.ts'
import type { Origin } from '../audit/event.ts'
import { isOffline } from './limit-grants.ts'
import { type RevocationReason, revokeGrant } from './revoke-grant.ts'
import type { StoredSession, SubjectState } from './subject-state.ts'
import type { EndSession } from './user-sessions.ts'

export type SessionEndReason = EndSession['reason'] | 'limit' | 'signed_out_everywhere' | 'password_changed'

interface Ending {
  readonly now: number
  readonly origin: Origin
  readonly reason: SessionEndReason
}

/**
 * Ends one session and the grants made in it, but for those with `offline_access`, which are meant to outlive
 * it (OpenID Connect Core §11). An unknown session changes nothing.
 */
export function endSession(state: SubjectState, input: Ending & { readonly session_id: string }): void {
  const session = state.sessions.find(input.session_id)
  if (!session) return
  dropSession(state, session, input)
  for (const stored of state.grants.allLive()) {
    if (stored.grant.session_id !== session.session_id || isOffline(stored.grant)) continue
    const actor = { actor_type: 'user', actor_id: session.user_id } as const
    revokeGrant(state, stored, { now: input.now, origin: input.origin, reason: 'session_ended', actor })
  }
}

/** Ends all sessions but one, and every grant. */
export function endAllSessions(
  state: SubjectState,
  input: {
    readonly now: number
    readonly origin: Origin
    readonly except_session_id?: string | undefined
    readonly reason: SessionEndReason & RevocationReason
  },
): void {
  for (const session of state.sessions.all()) {
    if (session.session_id !== input.except_session_id) dropSession(state, session, input)
  }
  for (const stored of state.grants.allLive()) {
    const actor = { actor_type: 'user', actor_id: stored.grant.user_id } as const
    revokeGrant(state, stored, { ...input, actor })
  }
}

/** Ends a session alone and records it. */
export function dropSession(state: SubjectState, session: StoredSession, ending: Ending): void {
  state.sessions.delete(session.session_id)
  state.record(
    createEvent('session.ended', ending.now, ending.origin, {
      outcome: 'success',
      actor_type: 'user',
      actor_id: session.user_id,
      user_id: session.user_id,
      session_id: session.session_id,
      data: { reason: ending.reason },
    }),
  )
}
