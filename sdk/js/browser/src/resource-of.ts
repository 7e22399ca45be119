/**
 * The API that an address belongs to, whose token it gets: the longest of those that it is below, else one of the same
 * origin. Undefined for every other address: the default one.
 * Attack: an API, asked beside its own path, gets the token for another one (RFC 8707 §3).
 */
export function resourceOf(url: string, issuer: string, resources: readonly string[]): string | undefined {
  const isBelow = (resource: string) => `${url.split(/[?#]/)[0]}/`.startsWith(resource.replace(/\/?$/, '/'))
  const [longest] = resources.filter(isBelow).sort((one, other) => other.length - one.length)
  if (longest !== undefined || resources.length === 0) return longest
  if (isBelow(issuer)) return issuer
  const { origin } = new URL(url)
  return resources.find((resource) => URL.canParse(resource) && new URL(resource).origin === origin)
}
