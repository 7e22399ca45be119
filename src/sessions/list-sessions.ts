/** The sessions a user sees on their account page. */
import { publicSession, sessionEnded } from './decide-session.ts'
import type { Session } from './session.ts'
import type { SubjectState } from './subject-state.ts'

/** Live sessions, most recently used first. */
export const listSessions = (state: SubjectState, { now }: { readonly now: number }): readonly Session[] =>
  state.sessions
    .all()
    .filter((session) => !sessionEnded(session, now))
    .toSorted((left, right) => right.last_seen_at - left.last_seen_at)
    .map(publicSession)
