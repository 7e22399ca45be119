/**
 * Clients that take part in a session and want to be told of its end (OpenID Connect Back-Channel and Front-Channel
 * Logout 1.0). Kept apart from grants: those end with their last token, a client's own session does not.
 */
import { uuidv7 } from '../kit/ids.ts'
import type { Grant } from './grant.ts'
import type { StoredSession, SubjectState } from './subject-state.ts'

/** More than a session has clients; a script that signs in everywhere must not fill the object. */
const maxParticipants = 200

/** The session that the `sid` of the grant's tokens names. */
export const sidSessionOf = ({ session_id, sid_session_id }: Grant): string => sid_session_id ?? session_id

/** Remembers the client; one that signs in again in the same session stays one. */
export function takePart(
  state: SubjectState,
  session: StoredSession,
  { client_id, sub, session_id }: Grant,
): void {
  const known = session.participants ?? []
  const same = known.find((each) => each.client_id === client_id)
  if (same?.sub === sub && same.session_id === session_id) return
  const others = known.filter((each) => each !== same)
  state.sessions.putParticipants(session, [...others, { client_id, sub, session_id }].slice(-maxParticipants))
}

/** The session has ended: each of its clients is told once. */
export function endParticipation(
  state: SubjectState,
  { session_id, user_id, participants = [] }: StoredSession,
  ended_at: number,
): void {
  if (participants.length === 0) return
  state.dueLogouts.add(
    session_id,
    participants.map((each) => ({ ...each, logout_id: uuidv7(ended_at), user_id, ended_at })),
  )
}
