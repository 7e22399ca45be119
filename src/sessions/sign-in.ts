/** Begins a session after any accepted sign-in, whatever the authentication method. */
import { beginSession } from './begin-session.ts'
import { publicSession, startSession } from './decide-session.ts'
import { dropSession } from './end-session.ts'
import { rememberDevice } from './known-device.ts'
import { endOldestSessions, liveSessions, maxSessions } from './limit-sessions.ts'
import { sidSessionOf } from './participants.ts'
import type { SignInSignals } from './pending-types.ts'
import type { NewSession, Session } from './session.ts'
import type { SignInAttempt } from './sign-in-attempt.ts'
import type { StoredDevice, StoredSession, SubjectState } from './subject-state.ts'

export type BegunSession =
  | {
      readonly status: 'signed_in'
      readonly session: Session
      /** The person had signed in before, and not in this browser. */
      readonly new_device?: true
    }
  /** The person has as many sessions as allowed, and the setting refuses more: nothing has changed. */
  | { readonly status: 'full' }

/**
 * Begins the session and remembers the browser, unless there are too many sessions.
 * @param device the known device it was until now
 */
export function signIn(
  state: SubjectState,
  input: SignInAttempt & { readonly session: NewSession; readonly signals?: SignInSignals | undefined },
  device: StoredDevice | undefined,
): BegunSession {
  if (isFull(state, input)) return { status: 'full' }
  const { replaces_session_id } = input
  const replaced = replaces_session_id ? state.sessions.find(replaces_session_id) : undefined
  const session = {
    ...startSession(input.user_id, input.session, input.now, input.origin),
    ...placeOf(input.signals),
    ...(replaced?.participants && { participants: replaced.participants }),
  }
  if (replaced) replaceSession(state, replaced, input)
  endOldestSessions(state, input, input.limit?.max ?? maxSessions)
  beginSession(state, session, input)
  const isNewDevice = rememberDevice(state, input, device)
  return {
    ...{ status: 'signed_in', session: publicSession(session) },
    ...(isNewDevice && !replaced && { new_device: true }),
  }
}

/** Of the first step of the sign-in. */
const placeOf = (signals: SignInSignals | undefined): Pick<StoredSession, 'place'> =>
  signals?.country === undefined ? {} : { place: { country: signals.country, city: signals.city } }

function isFull(state: SubjectState, { limit, now, replaces_session_id }: SignInAttempt): boolean {
  if (limit?.when_full !== 'refuse') return false
  return liveSessions(state, now, replaces_session_id).length >= limit.max
}

/**
 * The same user signs in again in the same browser (`prompt=login`, `max_age`): the old session ends, and applications
 * signed in by it stay signed in under the new one, but no longer than the old one could have lasted.
 */
function replaceSession(state: SubjectState, replaced: StoredSession, input: SignInAttempt): void {
  dropSession(state, replaced, { now: input.now, origin: input.origin, reason: 'replaced' })
  for (const stored of state.grants.allLive()) {
    if (stored.grant.session_id !== replaced.session_id) continue
    const { session_id } = input.session
    const sid_session_id = sidSessionOf(stored.grant)
    state.grants.put({ ...stored, grant: { ...stored.grant, session_id, sid_session_id } })
  }
  state.delegations.moveSession(replaced.session_id, input.session.session_id)
}
