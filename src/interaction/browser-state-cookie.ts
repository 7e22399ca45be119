/**
 * The state of this browser that the script of `check_session_iframe` compares (OpenID Connect Session Management 1.0
 * §4): a random value that changes when somebody signs in or out. Readable by that script, and sent in frames of other
 * sites; therefore never the session's own, nor made from it.
 */
import { type CookieSettings, readCookie, writeReadableCookie } from '../kit/cookies.ts'
import { randomToken } from '../kit/ids.ts'

export interface BrowserStateSettings extends CookieSettings {
  readonly sessionManagement: boolean
}

/** The script knows it too. */
const name = 'authly_browser_state'

/** `undefined` too for a value that we have not made: it becomes part of a hash, and is compared by a script. */
export function readBrowserState(
  settings: BrowserStateSettings,
  cookieHeader: string | undefined,
): string | undefined {
  const value = readCookie(settings, cookieHeader, name)
  return value !== undefined && /^[\w-]{20,64}$/.test(value) ? value : undefined
}

/** `Set-Cookie` value. It lasts as long as the browser runs. */
export const setBrowserState = (settings: BrowserStateSettings, value: string): string =>
  writeReadableCookie(settings, name, value)

/** `Set-Cookie` values of a sign-in or sign-out: none where session management is off. */
export const newBrowserState = (settings: BrowserStateSettings): readonly string[] =>
  settings.sessionManagement ? [setBrowserState(settings, randomToken())] : []
