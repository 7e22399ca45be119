/** Whether two URLs are the same in the normal form of RFC 3986 §6.2.2 and §6.2.3, without query and fragment (RFC 9449 §4.3). */
export function isSameUrl(one: string, other: string): boolean {
  return URL.canParse(one) && URL.canParse(other) && normalize(one) === normalize(other)
}

/** Attack: `https://api.example@elsewhere/` looks like ours; user names stay in the normal form. */
function normalize(url: string): string {
  const parsed = new URL(url)
  parsed.search = ''
  parsed.hash = ''
  return parsed.href.replace(/%[0-9A-Fa-f]{2}/g, normalizeOctet)
}

function normalizeOctet(encoded: string): string {
  const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16))
  return /[A-Za-z0-9._~-]/.test(character) ? character : encoded.toUpperCase()
}
