/** The scope catalog through the edge cache. */
import type { EdgeCache, Loaded } from '../edge-cache/cached-lookup.ts'
import type { LoadScopeCatalog, ScopeCatalog } from './scope.ts'

/** Cache key of the catalog; must be refreshed by every change of a scope or resource server. */
export const scopeCatalogCacheKey = 'scope-catalog'

/** Builds `LoadScopeCatalog`. @throws when no cache tier has it and Postgres cannot be reached */
export function createLoadScopeCatalog(needs: {
  readonly cache: EdgeCache
  readonly loadScopeCatalog: () => Promise<Loaded<ScopeCatalog>>
}): LoadScopeCatalog {
  return async () => {
    const catalog = await needs.cache.read(scopeCatalogCacheKey, needs.loadScopeCatalog)
    if (!catalog) throw new Error('the scope catalog must exist')
    return catalog
  }
}
