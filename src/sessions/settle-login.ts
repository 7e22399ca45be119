/** The end of a password sign-in: the failure counter decides, then the session begins. */
import { createEvent } from '../audit/create-event.ts'
import { beginSession } from './begin-session.ts'
import { decideLogin } from './decide-login.ts'
import { publicSession, sessionEnded, startSession } from './decide-session.ts'
import { dropSession, endSession } from './end-session.ts'
import type { StoredSession, SubjectState } from './subject-state.ts'
import type { SettledLogin, SettleLogin } from './user-sessions.ts'

/** More sessions than any person has; a script that signs in again and again must not fill the object. */
export const maxSessions = 100

/** Settles an attempt whose password was verified already. One attempt after the other, so guessing in parallel gains nothing. */
export function settleLogin(state: SubjectState, input: SettleLogin): SettledLogin {
  // What was verified may be worth nothing by now: the account disabled or deleted, the password another one.
  const isOutdated = input.read_at !== undefined && input.read_at < state.allEnded.at
  if (isOutdated && input.password_ok) return { status: 'refused' }
  const attempts = state.attempts.find(input.identifier_hash)
  const decision = decideLogin(attempts, input.password_ok, input.now)
  switch (decision.status) {
    case 'locked':
      recordFailure(state, 'login.locked', input, { retry_after_seconds: decision.retry_after_seconds })
      return decision
    case 'refused':
      state.attempts.put(input.identifier_hash, decision.attempts)
      recordFailure(state, 'login.failed', input, { failures: decision.attempts.failures })
      return { status: 'refused' }
    case 'accepted':
      if (attempts) state.attempts.delete(input.identifier_hash)
      return { status: 'signed_in', session: publicSession(signIn(state, input)) }
  }
}

function signIn(state: SubjectState, input: SettleLogin): StoredSession {
  const session = startSession(input.user_id, input.session, input.now, input.origin)
  const replaced = input.replaces_session_id && state.sessions.find(input.replaces_session_id)
  if (replaced) replaceSession(state, replaced, input)
  endOldestBeyondLimit(state, input)
  beginSession(state, session, input)
  return session
}

/**
 * The same person signs in again in the same browser (`prompt=login`, `max_age`): the old session ends, and
 * the apps it signed in stay signed in under the new one, though not longer than the old one could have lasted.
 */
function replaceSession(state: SubjectState, replaced: StoredSession, input: SettleLogin): void {
  dropSession(state, replaced, { now: input.now, origin: input.origin, reason: 'replaced' })
  for (const stored of state.grants.allLive()) {
    if (stored.grant.session_id !== replaced.session_id) continue
    state.grants.put({ ...stored, grant: { ...stored.grant, session_id: input.session.session_id } })
  }
}

function endOldestBeyondLimit(state: SubjectState, { now, origin }: SettleLogin): void {
  const live = state.sessions.all().filter((session) => !sessionEnded(session, now))
  if (live.length < maxSessions) return
  const oldestFirst = live.toSorted((left, right) => left.last_seen_at - right.last_seen_at)
  for (const { session_id } of oldestFirst.slice(0, live.length - maxSessions + 1)) {
    endSession(state, { now, origin, session_id, reason: 'limit' })
  }
}

function recordFailure(
  state: SubjectState,
  type: 'login.failed' | 'login.locked',
  input: SettleLogin,
  data: Readonly<Record<string, unknown>>,
): void {
  state.record(
    createEvent(type, input.now, input.origin, {
      outcome: 'failure',
      actor_type: 'anonymous',
      user_id: input.user_id,
      data: { method: 'password', ...data },
    }),
  )
}
