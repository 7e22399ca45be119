/** Whether the `htu` of a proof is the URL of an endpoint (RFC 9449 §4.3), in the normal form of RFC 3986 §6.2. */

/** @param expected of one of our endpoints, from the configured issuer: the Host header is the attacker's to choose */
export function isSameUrl(htu: string, expected: string): boolean {
  return htu === expected || (URL.canParse(htu) && normalize(htu) === normalize(expected))
}

/**
 * Scheme and host in lower case, without default port and dot segments (§6.2.2.1, §6.2.2.3, §6.2.3), without query and
 * fragment. Attack: `https://endpoint@elsewhere/` looks like ours; user names stay in the normal form.
 */
function normalize(url: string): string {
  const parsed = new URL(url)
  parsed.search = ''
  parsed.hash = ''
  return parsed.href.replace(/%[0-9A-Fa-f]{2}/g, normalizeOctet)
}

/** §6.2.2.1, §6.2.2.2: upper case, and nothing encoded that need not be. */
function normalizeOctet(encoded: string): string {
  const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16))
  return /[A-Za-z0-9._~-]/.test(character) ? character : encoded.toUpperCase()
}
