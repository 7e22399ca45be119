/**
 * Cookies of this server (RFC 6265bis). Under https every name has the `__Host-` prefix: the browser then refuses
 * a cookie of that name from a subdomain, from http, or with another path, which prevents cookie tossing and
 * session fixation. Plain http is used only on loopback (local development), where the prefix would not work.
 */

export interface CookieSettings {
  /** True for https issuers. */
  readonly secureCookies: boolean
}

const maxHeaderLength = 16_384

/** The full name of a cookie: `__Host-authly_session` under https, `authly_session` on loopback http. */
export const cookieName = (settings: CookieSettings, name: string): string =>
  settings.secureCookies ? `__Host-${name}` : name

/**
 * The value of one of our cookies in a `Cookie` header, or `undefined`. Two different values of the same name mean
 * that someone else set one of them (cookie tossing on plain http): neither is trusted.
 */
export function readCookie(
  settings: CookieSettings,
  header: string | null | undefined,
  name: string,
): string | undefined {
  if (!header || header.length > maxHeaderLength) return undefined
  const prefix = `${cookieName(settings, name)}=`
  let found: string | undefined
  for (const part of header.split(';')) {
    const pair = part.trim()
    if (!pair.startsWith(prefix)) continue
    const value = pair.slice(prefix.length)
    if (found !== undefined && found !== value) return undefined
    found = value
  }
  return found || undefined
}

/** The values of all our cookies whose name begins with `prefix`. */
export function readCookies(
  settings: CookieSettings,
  header: string | null | undefined,
  prefix: string,
): readonly string[] {
  if (!header || header.length > maxHeaderLength) return []
  const start = cookieName(settings, prefix)
  return header
    .split(';')
    .map((part) => part.trim())
    .filter((pair) => pair.startsWith(start) && pair.includes('='))
    .map((pair) => pair.slice(pair.indexOf('=') + 1))
}

/**
 * A `Set-Cookie` value: HttpOnly, SameSite=Lax, Path=/. `value` must be cookie-safe (base64url and `_.`).
 * @param maxAgeSeconds 0 deletes the cookie; `undefined` keeps it for the browser session
 */
export function writeCookie(
  settings: CookieSettings,
  name: string,
  value: string,
  maxAgeSeconds: number | undefined,
): string {
  if (!/^[\w.-]*$/.test(value)) throw new Error(`cookie ${name}: value is not cookie-safe`)
  const maxAge = maxAgeSeconds === undefined ? '' : `; Max-Age=${maxAgeSeconds}`
  const secure = settings.secureCookies ? '; Secure' : ''
  return `${cookieName(settings, name)}=${value}; Path=/; HttpOnly; SameSite=Lax${maxAge}${secure}`
}

/**
 * A `Set-Cookie` value for a value that is no secret: our script reads it, in a frame of another site too. Over plain http
 * (loopback alone) browsers take no `SameSite=None`.
 */
export function writeReadableCookie(settings: CookieSettings, name: string, value: string): string {
  if (!/^[\w.-]*$/.test(value)) throw new Error(`cookie ${name}: value is not cookie-safe`)
  const crossSite = settings.secureCookies ? 'SameSite=None; Secure' : 'SameSite=Lax'
  return `${cookieName(settings, name)}=${value}; Path=/; ${crossSite}`
}
