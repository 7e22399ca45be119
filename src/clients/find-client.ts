/** Looks up a client through the edge cache; every protocol request starts here. */
import type { EdgeCache, Loaded } from '../edge-cache/cached-lookup.ts'
import { applyProfile } from './apply-profile.ts'
import type { FindClient, RegisteredClient } from './client.ts'
import type { Profile } from './profile.ts'

/** RFC 6749 appendix A.1 (VSCHAR); anything else cannot be a client id and costs no I/O. */
export const clientIdPattern = /^[\x20-\x7e]{1,255}$/

/** Cache key of a client; must be refreshed by every change of it. */
export const clientCacheKey = (clientId: string): string => `client:${clientId}`

/** Builds `FindClient`: absent, disabled and malformed ids look the same to the caller. */
export function createFindClient(needs: {
  readonly cache: EdgeCache
  readonly loadClient: (clientId: string) => Promise<Loaded<RegisteredClient> | undefined>
  /** Of clients that have none of their own. */
  readonly profile: Profile
}): FindClient {
  const { cache, loadClient, profile } = needs
  return async (clientId, options) => {
    if (!clientIdPattern.test(clientId)) return undefined
    const key = clientCacheKey(clientId)
    if (options?.onlyKnown && !cache.knows(key)) return undefined
    const client = await cache.read(key, () => loadClient(clientId))
    return client?.enabled ? applyProfile(client, profile) : undefined
  }
}
