/** Signs this browser out. */
import type { Origin } from '../audit/event.ts'
import { newBrowserState } from '../interaction/browser-state-cookie.ts'
import type { LiveSessionNeeds } from '../interaction/live-session.ts'
import { clearSessionCookie, readSession } from '../interaction/session-cookie.ts'
import { type FrontChannelNeeds, frontChannelFrames } from '../logout/front-channel.ts'

export interface SignedOut {
  /** `Set-Cookie` values. */
  readonly cookies: readonly string[]
  /** What the page loads in frames. */
  readonly frames: readonly string[]
}

export type SignOutNeeds = LiveSessionNeeds &
  FrontChannelNeeds & { readonly config: { readonly sessionManagement: boolean } }

/** Ends the session named by the browser's cookie: one call, or none without a session. Waits for no client. */
export async function signOut(
  needs: SignOutNeeds,
  cookieHeader: string | undefined,
  origin: Origin,
): Promise<SignedOut> {
  const cookies = signedOutCookies(needs.config)
  const session = await readSession(needs, cookieHeader)
  if (!session) return { cookies, frames: [] }
  const { user_id, session_id } = session.routing
  const participants = await needs.sessionsOf(user_id).signOut({ now: needs.now(), session_id, origin })
  return { cookies, frames: await frontChannelFrames(needs, participants) }
}

/** `Set-Cookie` values of a browser in which nobody is signed in any more. */
export const signedOutCookies = (config: SignOutNeeds['config']): readonly string[] => [
  clearSessionCookie(config),
  ...newBrowserState(config),
]
