/** Looks up the browser's session in the user's object. One call. */
import type { Clock } from '../kit/clock.ts'
import type { CookieSettings } from '../kit/cookies.ts'
import type { RootSecret } from '../kit/root-secret.ts'
import type { SessionsOf } from '../sessions/rules.ts'
import type { LiveSession } from '../sessions/session.ts'
import { longestLifetime } from '../sessions/session-lifetime.ts'
import type { ReadSettings } from '../settings/settings.ts'
import { readSession } from './session-cookie.ts'

export interface LiveSessionNeeds {
  readonly root: RootSecret
  readonly config: CookieSettings
  readonly now: Clock
  readonly sessionsOf: SessionsOf
  readonly readSettings: ReadSettings
}

/** The live session named by a `Cookie` header; `undefined` when there is none. No call without a valid handle. */
export async function findLiveSession(
  needs: LiveSessionNeeds,
  cookieHeader: string | undefined,
): Promise<LiveSession | undefined> {
  const cookie = await readSession(needs, cookieHeader)
  if (!cookie) return undefined
  const checked = await needs.sessionsOf(cookie.routing.user_id).checkSession({
    now: needs.now(),
    session_id: cookie.routing.session_id,
    secret_hash: cookie.secretHash,
    longest: longestLifetime(await needs.readSettings()),
  })
  return checked.status === 'live' ? checked.session : undefined
}
