export type RequestCookies = ReadonlyMap<string, string>

/** More is not read: nobody but an attacker, or another application gone wild, sends it. */
const maxHeaderLength = 32_768

/** Cookies by name; of one name the first, as the more specific path comes first (RFC 6265 §5.4). */
export function readCookies(header: string | null | undefined): RequestCookies {
  const cookies = new Map<string, string>()
  if (!header || header.length > maxHeaderLength) return cookies
  for (const pair of header.split(';')) {
    const at = pair.indexOf('=')
    if (at < 1) continue
    const name = pair.slice(0, at).trim()
    if (!cookies.has(name)) cookies.set(name, pair.slice(at + 1).trim())
  }
  return cookies
}
