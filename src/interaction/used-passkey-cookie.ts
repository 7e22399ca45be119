/** The cookie of a browser in which somebody has signed in with a passkey. It names no person and no passkey. */
import { type CookieSettings, readCookie, writeCookie } from '../kit/cookies.ts'

const name = 'authly_used_passkey'
const lifetimeSeconds = 365 * 86_400

export const readUsedPasskey = (settings: CookieSettings, cookieHeader: string | null | undefined): boolean =>
  readCookie(settings, cookieHeader, name) === 'yes'

/** `Set-Cookie` value. */
export const setUsedPasskey = (settings: CookieSettings): string =>
  writeCookie(settings, name, 'yes', lifetimeSeconds)
