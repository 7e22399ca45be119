/** How long a sign-in lasts: pure rules over stored sessions. */
import { constantTimeEqual } from '../kit/hash.ts'
import type { LiveSession, NewSession, Session } from './session.ts'
import type { StoredSession } from './subject-state.ts'

/** `touch`: live, and its last use must be stored. */
export type SessionDecision = 'none' | 'live' | 'touch'

/** Decides whether the holder of `secretHash` has this session at `now` (milliseconds since the Unix epoch). */
export function decideSession(session: StoredSession, secretHash: string, now: number): SessionDecision {
  if (!constantTimeEqual(session.secret_hash, secretHash) || sessionEnded(session, now)) return 'none'
  return now - session.last_seen_at >= touchIntervalMs(session) ? 'touch' : 'live'
}

export const sessionEnded = (session: StoredSession, now: number): boolean => now >= sessionEnd(session)

/** When the session ends if it is not used again. */
export const sessionEnd = (session: StoredSession): number =>
  Math.min(session.absolute_expires_at, session.last_seen_at + session.idle_ttl_seconds * 1000)

/**
 * The last use is stored coarsely, because a write costs more than the check itself: the idle lifetime is accurate to a
 * twentieth.
 */
const touchIntervalMs = (session: StoredSession): number => Math.min(session.idle_ttl_seconds * 50, 3_600_000)

export function startSession(
  user_id: string,
  fresh: NewSession,
  now: number,
  origin: { readonly ip: string | undefined; readonly user_agent: string | undefined },
): StoredSession {
  return {
    session_id: fresh.session_id,
    secret_hash: fresh.secret_hash,
    user_id,
    // Proofs of an earlier sign-in stay as old as they are: `max_age` asks for all of them anew.
    auth_time: Math.min(now, ...fresh.proofs.map(({ at }) => at)),
    acr: fresh.acr,
    amr: fresh.amr,
    proofs: fresh.proofs,
    created_at: now,
    last_seen_at: now,
    idle_ttl_seconds: fresh.idle_ttl_seconds,
    absolute_expires_at: now + fresh.absolute_ttl_seconds * 1000,
    ip: origin.ip,
    user_agent: origin.user_agent,
    password_change_required: fresh.password_change_required,
  }
}

/** The session without its secret. */
export function publicSession(stored: StoredSession): Session {
  const {
    secret_hash: _,
    idle_ttl_seconds: __,
    absolute_expires_at: ___,
    participants: ____,
    ...session
  } = stored
  return { ...session, expires_at: sessionEnd(stored) }
}

/** The part of a session that sign-ins depend on. */
export const liveSession = (stored: StoredSession): LiveSession => ({
  session_id: stored.session_id,
  user_id: stored.user_id,
  auth_time: stored.auth_time,
  acr: stored.acr,
  amr: stored.amr,
  password_change_required: stored.password_change_required,
  ...(isRemembered(stored) && { second_factor_remembered: true as const }),
})

const isRemembered = ({ amr, proofs }: StoredSession): boolean =>
  !amr.includes('mfa') && proofs.some((proof) => proof.second_factor_remembered)
