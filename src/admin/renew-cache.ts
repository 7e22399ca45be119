/**
 * After a write: this isolate and the replica of its region get what is true now. Other isolates of the region look
 * again within a minute, other regions within two (docs/architecture.md, edge cache).
 */

import type { EdgeCache, Loaded } from '../edge-cache/cached-lookup.ts'
import { logError } from '../kit/log.ts'

/**
 * Renews `key`. The write has happened: when the replica is away the caller is told so all the same, and the old
 * copy lives no longer than the documented staleness bound.
 */
export async function renewCache<T>(
  cache: EdgeCache,
  key: string,
  loaded: Loaded<T> | undefined,
): Promise<void> {
  try {
    await cache.refresh(key, loaded)
  } catch (failure) {
    logError('cache_renewal_failed', { subject: key, reason: (failure as Error).name })
  }
}
