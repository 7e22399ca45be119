/**
 * Ties a login in progress, and every form, to one browser by a random cookie. Without it an attacker could
 * start a login, send the link to a victim and have the victim finish it (login CSRF, OAuth session fixation).
 * The cookie grants nothing by itself and is never stored; values derived from it are only compared.
 *
 * Tabs that open at one moment (a restored window) each ask without a cookie and each get one, and the last
 * answer would overwrite the others. So a first answer sets its value under a name of its own too, which lives
 * a day longer than a login in progress: what a tab was bound to stays in the browser, whatever the others got.
 */
import { type CookieSettings, readCookie, readCookies, writeCookie } from '../kit/cookies.ts'
import { sha256 } from '../kit/hash.ts'
import { randomToken } from '../kit/ids.ts'

export interface BindingSettings extends CookieSettings {
  /** How long a login in progress opens. */
  readonly interactionTtlSeconds: number
}

const name = 'authly_browser'
/** Followed by what tells the first answers of one moment apart. */
const firstAnswerPrefix = `${name}_`
/** So that a tab found again the next morning is still this browser's. */
const forgottenAfterSeconds = 86_400
const shape = /^[\w-]{43}$/

export interface BrowserBinding {
  /** The cookie's value, for CSRF tokens. */
  readonly cookie: string
  /** What an interaction stores: SHA-256 of the cookie. */
  readonly hash: string
  /** `Set-Cookie` values, none when the browser has its cookie. Append them to the response. */
  readonly setCookies: readonly string[]
}

/** All values that this browser was bound by, the lasting one first. */
export function readBrowserBindings(
  settings: CookieSettings,
  cookieHeader: string | null | undefined,
): readonly string[] {
  const lasting = readCookie(settings, cookieHeader, name)
  const values = [...(lasting ? [lasting] : []), ...readCookies(settings, cookieHeader, firstAnswerPrefix)]
  return [...new Set(values.filter((value) => shape.test(value)))]
}

/** The browser's binding, made when absent. The lasting cookie stays as long as the browser session. */
export async function ensureBrowserBinding(
  settings: BindingSettings,
  cookieHeader: string | null | undefined,
): Promise<BrowserBinding> {
  const lasting = readCookie(settings, cookieHeader, name)
  if (lasting !== undefined && shape.test(lasting)) {
    return { cookie: lasting, hash: await sha256(lasting), setCookies: [] }
  }
  const cookie = randomToken()
  const ownName = firstAnswerPrefix + randomToken(6)
  return {
    cookie,
    hash: await sha256(cookie),
    setCookies: [
      writeCookie(settings, name, cookie, undefined),
      writeCookie(settings, ownName, cookie, settings.interactionTtlSeconds + forgottenAfterSeconds),
    ],
  }
}
