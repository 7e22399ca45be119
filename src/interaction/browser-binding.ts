/**
 * Binds an interaction, and every form, to one browser by a random cookie. Otherwise an attacker could start a
 * login, send the link to a victim and have the victim finish it (login CSRF, OAuth session fixation). The cookie
 * grants nothing by itself and is never stored; only values derived from it are compared.
 *
 * Tabs that open at the same moment (a restored window) each send a request without the cookie and each get one;
 * the last response would overwrite the others. So a first response also sets its value under a unique name, which
 * outlives an interaction by a day. Each tab's binding thus stays in the browser, whichever response came last.
 */
import { type CookieSettings, readCookie, readCookies, writeCookie } from '../kit/cookies.ts'
import { sha256 } from '../kit/hash.ts'
import { randomToken } from '../kit/ids.ts'

export interface BindingSettings extends CookieSettings {
  /** Lifetime of an interaction. */
  readonly interactionTtlSeconds: number
}

const name = 'authly_browser'
/** Followed by a suffix that distinguishes first responses sent at the same moment. */
const firstResponsePrefix = `${name}_`
/** Long enough that a tab left open overnight still belongs to this browser. */
const extraLifetimeSeconds = 86_400
const shape = /^[\w-]{43}$/

export interface BrowserBinding {
  /** The cookie's value, from which CSRF tokens are derived. */
  readonly cookie: string
  /** What an interaction stores: SHA-256 of the cookie. */
  readonly hash: string
  /** `Set-Cookie` values to append to the response; none when the browser has its cookie. */
  readonly setCookies: readonly string[]
}

/** All binding values in the cookies, the permanent one first. */
export function readBrowserBindings(
  settings: CookieSettings,
  cookieHeader: string | null | undefined,
): readonly string[] {
  const lasting = readCookie(settings, cookieHeader, name)
  const values = [...(lasting ? [lasting] : []), ...readCookies(settings, cookieHeader, firstResponsePrefix)]
  return [...new Set(values.filter((value) => shape.test(value)))]
}

/** The browser's binding, created when absent. The permanent cookie lasts as long as the browser session. */
export async function ensureBrowserBinding(
  settings: BindingSettings,
  cookieHeader: string | null | undefined,
): Promise<BrowserBinding> {
  const lasting = readCookie(settings, cookieHeader, name)
  if (lasting !== undefined && shape.test(lasting)) {
    return { cookie: lasting, hash: await sha256(lasting), setCookies: [] }
  }
  const cookie = randomToken()
  const ownName = firstResponsePrefix + randomToken(6)
  return {
    cookie,
    hash: await sha256(cookie),
    setCookies: [
      writeCookie(settings, name, cookie, undefined),
      writeCookie(settings, ownName, cookie, settings.interactionTtlSeconds + extraLifetimeSeconds),
    ],
  }
}
