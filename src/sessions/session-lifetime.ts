/** How long sessions last by setting, on top of what the operator configured. */
import type { StoredSession } from './subject-state.ts'

export interface SessionLifetime {
  readonly idle_ttl_seconds: number
  readonly absolute_ttl_seconds: number
}

/** The settings (`src/settings/settings.ts`) that sessions depend on. */
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
