/**
 * The check of every silent `authorize`: whether this browser is signed in, and what the user has granted this client.
 */
import { decideSession, liveSession } from './decide-session.ts'
import { sessionsOfClient } from './limit-sessions.ts'
import type { LiveSession } from './session.ts'
import { type SessionLifetime, shortened } from './session-lifetime.ts'
import type { RememberedConsent, SubjectState } from './subject-state.ts'

export interface CheckSession {
  readonly now: number
  readonly session_id: string
  readonly secret_hash: string
  /** Also look up the remembered consent for this client. */
  readonly client_id?: string | undefined
  /** What the settings allow now, if they say so: the session becomes shorter here. */
  readonly longest?: SessionLifetime | undefined
  /** Also count the person's other sessions that are signed in to this client. */
  readonly counts_client?: boolean | undefined
}

export type CheckedSession =
  | {
      readonly status: 'live'
      readonly session: LiveSession
      readonly consent: RememberedConsent | undefined
      /** Other sessions signed in to the client, where that was asked for. */
      readonly client_sessions?: number | undefined
    }
  | { readonly status: 'none' }

/** A read, except that it occasionally stores when the session was last used, or a lifetime that became shorter. */
export function checkSession(state: SubjectState, input: CheckSession): CheckedSession {
  const stored = state.sessions.find(input.session_id)
  if (!stored) return { status: 'none' }
  if (decideSession(stored, input.secret_hash, input.now) === 'none') return { status: 'none' }
  const allowed = input.longest ? shortened(stored, input.longest) : stored
  if (allowed !== stored) state.sessions.put(allowed)
  const decision = decideSession(allowed, input.secret_hash, input.now)
  if (decision === 'none') return { status: 'none' }
  let session = allowed
  if (decision === 'touch') {
    session = { ...allowed, last_seen_at: input.now }
    state.sessions.put(session)
  }
  const consent = input.client_id === undefined ? undefined : state.consents.find(input.client_id)
  const live = { status: 'live', session: liveSession(session), consent } as const
  if (!input.counts_client || input.client_id === undefined) return live
  const others = sessionsOfClient(state, input.client_id, input.now, session.session_id)
  return { ...live, client_sessions: others.length }
}
