/**
 * After a write, refreshes this isolate's cache and the replica of its region. Other isolates of the region check again
 * within a minute, other regions within two (docs/architecture.md, edge cache).
 */

import { logError } from '../kit/log.ts'
import type { EdgeCache, Loaded } from './cached-lookup.ts'

/**
 * Renews `key`. The write is already committed: when the replica is unavailable the caller still gets success, and the
 * old copy lives no longer than the documented staleness bound.
 */
export async function renewCache<T>(
  cache: Pick<EdgeCache, 'refresh'>,
  key: string,
  loaded: Loaded<T> | undefined,
): Promise<void> {
  try {
    await cache.refresh(key, loaded)
  } catch (failure) {
    logError('cache_renewal_failed', { subject: key, reason: (failure as Error).name })
  }
}
