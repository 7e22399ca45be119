/** Begins a session after any accepted sign-in, whatever the authentication method. */
import { beginSession } from './begin-session.ts'
import { sessionEnded, startSession } from './decide-session.ts'
import { dropSession, endSessionAndGrants } from './end-session.ts'
import { rememberDevice } from './known-device.ts'
import type { RecordLogin } from './record-login-types.ts'
import type { StoredDevice, StoredSession, SubjectState } from './subject-state.ts'

/** More sessions than any user needs; a script that keeps signing in must not fill the object. */
export const maxSessions = 100

/** Begins the session and remembers the browser. @param device the known device it was until now */
export function signIn(
  state: SubjectState,
  input: RecordLogin,
  device: StoredDevice | undefined,
): StoredSession {
  const session = startSession(input.user_id, input.session, input.now, input.origin)
  const replaced = input.replaces_session_id && state.sessions.find(input.replaces_session_id)
  if (replaced) replaceSession(state, replaced, input)
  endOldestBeyondLimit(state, input)
  beginSession(state, session, input)
  rememberDevice(state, input, device)
  return session
}

/**
 * The same user signs in again in the same browser (`prompt=login`, `max_age`): the old session ends, and applications
 * signed in by it stay signed in under the new one, but no longer than the old one could have lasted.
 */
function replaceSession(state: SubjectState, replaced: StoredSession, input: RecordLogin): void {
  dropSession(state, replaced, { now: input.now, origin: input.origin, reason: 'replaced' })
  for (const stored of state.grants.allLive()) {
    if (stored.grant.session_id !== replaced.session_id) continue
    state.grants.put({ ...stored, grant: { ...stored.grant, session_id: input.session.session_id } })
  }
  state.delegations.moveSession(replaced.session_id, input.session.session_id)
}

function endOldestBeyondLimit(state: SubjectState, { now, origin }: RecordLogin): void {
  const live = state.sessions.all().filter((session) => !sessionEnded(session, now))
  if (live.length < maxSessions) return
  const oldestFirst = live.toSorted((left, right) => left.last_seen_at - right.last_seen_at)
  for (const { session_id } of oldestFirst.slice(0, live.length - maxSessions + 1)) {
    endSessionAndGrants(state, { now, origin, session_id, reason: 'limit' })
  }
}
