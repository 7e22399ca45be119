/** Signs this browser out. */
import type { Origin } from '../audit/event.ts'
import type { LiveSessionNeeds } from '../interaction/live-session.ts'
import { clearSessionCookie, readSession } from '../interaction/session-cookie.ts'

/**
 * Ends the session named by the browser's cookie: one call, or none without a session.
 * @returns the `Set-Cookie` value that removes the cookie
 */
export async function signOut(
  needs: LiveSessionNeeds,
  cookieHeader: string | undefined,
  origin: Origin,
): Promise<string> {
  const session = await readSession(needs, cookieHeader)
  if (session) {
    const { user_id, session_id } = session.routing
    await needs.sessionsOf(user_id).endSession({ now: needs.now(), session_id, origin, reason: 'logout' })
  }
  return clearSessionCookie(needs.config)
}
