/** Begins a session: its row and its event. */
import { createEvent } from '../audit/create-event.ts'
import type { Origin } from '../audit/event.ts'
import type { SignInSignals } from './pending-types.ts'
import type { StoredSession, SubjectState } from './subject-state.ts'

export function beginSession(
  state: SubjectState,
  session: StoredSession,
  {
    now,
    origin,
    signals,
  }: { readonly now: number; readonly origin: Origin; readonly signals?: SignInSignals | undefined },
): void {
  state.sessions.put(session)
  state.record(
    createEvent('session.created', now, origin, {
      outcome: 'success',
      actor_type: 'user',
      actor_id: session.user_id,
      user_id: session.user_id,
      session_id: session.session_id,
      data: { acr: session.acr, amr: session.amr, ...(signals && { signals }) },
    }),
  )
}
