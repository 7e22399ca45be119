/**
 * Ties a login in progress, and every form, to one browser by a random cookie. Without it an attacker could
 * start a login, send the link to a victim and have the victim finish it (login CSRF, OAuth session fixation).
 * The cookie grants nothing by itself and is never stored; values derived from it are only compared.
 */
import { type CookieSettings, readCookie, writeCookie } from '../kit/cookies.ts'
import { sha256 } from '../kit/hash.ts'
import { randomToken } from '../kit/ids.ts'

const name = 'authly_browser'
const shape = /^[\w-]{43}$/

export interface BrowserBinding {
  /** The cookie's value, for `openInteraction` and CSRF tokens. */
  readonly cookie: string
  /** What an interaction stores: SHA-256 of the cookie. */
  readonly hash: string
  /** A `Set-Cookie` value, present when the browser had none yet. Append it to the response. */
  readonly setCookie: string | undefined
}

/** The browser's binding cookie, or `undefined`. */
export function readBrowserBinding(
  settings: CookieSettings,
  cookieHeader: string | null | undefined,
): string | undefined {
  const value = readCookie(settings, cookieHeader, name)
  return value !== undefined && shape.test(value) ? value : undefined
}

/** The browser's binding, made when absent. The cookie lives as long as the browser session. */
export async function ensureBrowserBinding(
  settings: CookieSettings,
  cookieHeader: string | null | undefined,
): Promise<BrowserBinding> {
  const present = readBrowserBinding(settings, cookieHeader)
  const cookie = present ?? randomToken()
  return {
    cookie,
    hash: await sha256(cookie),
    setCookie: present === undefined ? writeCookie(settings, name, cookie, undefined) : undefined,
  }
}
