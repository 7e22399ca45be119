/** The question of every silent `authorize`: is this browser signed in, and what has it allowed this client? */
import { decideSession, liveSession } from './decide-session.ts'
import type { SubjectState } from './subject-state.ts'
import type { CheckedSession, CheckSession } from './user-sessions.ts'

/** Reads, and now and then writes when the session was last seen. */
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
