/**
 * Of several APIs, each named by an address (RFC 8707 §2), the nearest one that an address is below.
 * Attack: an API whose address begins like another one's gets the token for that one, or an address beside both does.
 */
export function resourceAbove(url: string, resources: readonly string[]): string | undefined {
  const isBelow = (resource: string) => `${url.split(/[?#]/)[0]}/`.startsWith(resource.replace(/\/?$/, '/'))
  const [longest] = resources.filter(isBelow).sort((one, other) => other.length - one.length)
  return longest
}

/** The first one that has the origin of an address. */
export function resourceOfOrigin(url: string, resources: readonly string[]): string | undefined {
  const { origin } = new URL(url)
  return resources.find((resource) => URL.canParse(resource) && new URL(resource).origin === origin)
}
