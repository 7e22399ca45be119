import { resourceAbove, resourceOfOrigin } from '@authly-server/core'

/**
 * The API that an address belongs to, whose token it gets: the longest of those that it is below, else one of the same
 * origin. Undefined for every other address: the default one.
 */
export function resourceOf(url: string, issuer: string, resources: readonly string[]): string | undefined {
  const above = resourceAbove(url, resources)
  if (above !== undefined || resources.length === 0) return above
  return resourceAbove(url, [issuer]) ?? resourceOfOrigin(url, resources)
}
