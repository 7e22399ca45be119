/** How long sessions last, and how many a person has, by setting. */
import type { SessionLimit } from './limit-sessions.ts'
import type { StoredSession } from './subject-state.ts'

export interface SessionLifetime {
  readonly idle_ttl_seconds: number
  readonly absolute_ttl_seconds: number
}

/** The settings (`src/settings/settings.ts`) that sessions depend on. */
export interface LimitSettings {
  readonly 'sessions.max_per_user': number
  readonly 'sessions.when_full': SessionLimit['when_full']
}

/** @param makesRoom the person decided that the oldest session ends for this one */
export const sessionLimitOf = (settings: LimitSettings, makesRoom: boolean): SessionLimit => ({
  max: settings['sessions.max_per_user'],
  when_full: makesRoom ? 'end_oldest' : settings['sessions.when_full'],
})

export interface SessionSettings {
  readonly 'sessions.idle_seconds': number | null
  readonly 'sessions.absolute_seconds': number | null
}

/** The lifetime of new sessions. */
export function lifetimeOf(
  settings: SessionSettings,
  config: { readonly sessionIdleTtlSeconds: number; readonly sessionAbsoluteTtlSeconds: number },
): SessionLifetime {
  const absolute_ttl_seconds = settings['sessions.absolute_seconds'] ?? config.sessionAbsoluteTtlSeconds
  const idle = settings['sessions.idle_seconds'] ?? config.sessionIdleTtlSeconds
  return { idle_ttl_seconds: Math.min(idle, absolute_ttl_seconds), absolute_ttl_seconds }
}

/** The longest that a living session may have; undefined when no setting says so. */
export function longestLifetime(settings: SessionSettings): SessionLifetime | undefined {
  const idle = settings['sessions.idle_seconds']
  const absolute = settings['sessions.absolute_seconds']
  if (idle === null && absolute === null) return undefined
  return { idle_ttl_seconds: idle ?? Infinity, absolute_ttl_seconds: absolute ?? Infinity }
}

/** The session with the shorter of its own lifetime and `longest`; the same object when nothing is shorter. */
export function shortened(session: StoredSession, longest: SessionLifetime): StoredSession {
  const idle_ttl_seconds = Math.min(session.idle_ttl_seconds, longest.idle_ttl_seconds)
  const absoluteEnd = session.created_at + longest.absolute_ttl_seconds * 1000
  const absolute_expires_at = Math.min(session.absolute_expires_at, absoluteEnd)
  const isSame =
    idle_ttl_seconds === session.idle_ttl_seconds && absolute_expires_at === session.absolute_expires_at
  return isSame ? session : { ...session, idle_ttl_seconds, absolute_expires_at }
}
