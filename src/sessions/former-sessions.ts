/** Which ids a session had before the person signed in again: a client may know it by one of them. */
import { sidSessionOf } from './participants.ts'
import type { SubjectState } from './subject-state.ts'

export interface FormerSessions {
  readonly session_id: string
  readonly client_id: string
}

/** Of the client's grants and of what it took part in. */
export function formerSessions(
  state: SubjectState,
  { session_id, client_id }: FormerSessions,
): readonly string[] {
  const grants = state.grants.allLive().filter(({ grant }) => grant.session_id === session_id)
  const known = [
    ...grants.map(({ grant }) => ({ client_id: grant.client_id, session_id: sidSessionOf(grant) })),
    ...(state.sessions.find(session_id)?.participants ?? []),
  ]
  const former = known.filter((each) => each.client_id === client_id && each.session_id !== session_id)
  return [...new Set(former.map((each) => each.session_id))]
}
