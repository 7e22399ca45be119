/** The person signs out in one browser. */
import type { Origin } from '../audit/event.ts'
import { endSessionAndGrants } from './end-session.ts'
import type { Participant } from './participant-types.ts'
import type { SubjectState } from './subject-state.ts'

export interface SignOut {
  readonly now: number
  readonly session_id: string
  readonly origin: Origin
}

/** Ends the session. @returns the clients that took part and want to know */
export function signOut(state: SubjectState, input: SignOut): readonly Participant[] {
  const participants = state.sessions.find(input.session_id)?.participants ?? []
  endSessionAndGrants(state, { ...input, reason: 'logout' })
  return participants
}
