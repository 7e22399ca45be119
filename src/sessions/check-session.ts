/**
 * The check of every silent `authorize`: whether this browser is signed in, and what the user has granted this client.
 */
import { decideSession, liveSession } from './decide-session.ts'
import type { LiveSession } from './session.ts'
import type { RememberedConsent, SubjectState } from './subject-state.ts'

export interface CheckSession {
  readonly now: number
  readonly session_id: string
  readonly secret_hash: string
  /** Also look up the remembered consent for this client. */
  readonly client_id?: string | undefined
}

export type CheckedSession =
  | {
      readonly status: 'live'
      readonly session: LiveSession
      readonly consent: RememberedConsent | undefined
    }
  | { readonly status: 'none' }

/** A read, except that it occasionally stores when the session was last used. */
export function checkSession(state: SubjectState, input: CheckSession): CheckedSession {
  const stored = state.sessions.find(input.session_id)
  if (!stored) return { status: 'none' }
  const decision = decideSession(stored, input.secret_hash, input.now)
  if (decision === 'none') return { status: 'none' }
  let session = stored
  if (decision === 'touch') {
    session = { ...stored, last_seen_at: input.now }
    state.sessions.put(session)
  }
  const consent = input.client_id === undefined ? undefined : state.consents.find(input.client_id)
  return { status: 'live', session: liveSession(session), consent }
}
