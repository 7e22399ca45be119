/** Looks up a client through the edge cache; every protocol request starts here. */
import type { EdgeCache, Loaded } from '../edge-cache/cached-lookup.ts'
import type { LoadScopeCatalog } from '../scopes/scope.ts'
import { applyProfile } from './apply-profile.ts'
import type { FindClient, RegisteredClient } from './client.ts'
import type { Profile } from './profile.ts'

/** RFC 6749 appendix A.1 (VSCHAR); anything else cannot be a client id and costs no I/O. */
export const clientIdPattern = /^[\x20-\x7e]{1,255}$/

/** Cache key of a client; must be refreshed by every change of it. */
export const clientCacheKey = (clientId: string): string => `client:${clientId}`

/** Whether a client id is an address: no client is registered with one (check-client-id.ts). */
export const isAddress = (clientId: string): boolean => /^https?:\/\//.test(clientId)

/** The client that the document at this address describes; absent where no such document is accepted. */
export type FindByDocument = (
  address: string,
  options?: { readonly onlyKnown?: boolean },
) => Promise<RegisteredClient | undefined>

/** Builds `FindClient`: absent, disabled and malformed ids look the same to the caller. */
export function createFindClient(needs: {
  readonly cache: EdgeCache
  readonly loadClient: (clientId: string) => Promise<Loaded<RegisteredClient> | undefined>
  /** Of clients that have none of their own. */
  readonly profile: Profile
  readonly loadScopeCatalog: LoadScopeCatalog
  readonly findByDocument: FindByDocument
}): FindClient {
  const { cache, loadClient, profile, loadScopeCatalog, findByDocument } = needs
  const limited = async (client: RegisteredClient): Promise<RegisteredClient> => {
    const { limitUnreviewed, openAccess } = await import('./limit-unreviewed.ts')
    return limitUnreviewed(client, openAccess(await loadScopeCatalog()))
  }
  return async (clientId, options) => {
    if (!clientIdPattern.test(clientId)) return undefined
    const key = clientCacheKey(clientId)
    let client: RegisteredClient | undefined
    if (isAddress(clientId)) client = await findByDocument(clientId, options)
    else if (!options?.onlyKnown || cache.knows(key)) {
      client = await cache.read(key, () => loadClient(clientId))
    }
    if (!client?.enabled) return undefined
    return applyProfile(client.reviewed === false ? await limited(client) : client, profile)
  }
}
