/** What administrators change at run time. */
import { brandImageCacheKey } from '../branding/brand-image.ts'
import { type StoredSettings, settingsCacheKey, toSettings } from '../settings/settings.ts'
import type { BareRequest, Makers } from './wired-request.ts'

const noSettings: StoredSettings = {}

export const runTimeSettings = {
  readSettings: (request) => async () =>
    toSettings(
      (await request.edgeCache.read(settingsCacheKey, () => loadStoredSettings(request))) ?? noSettings,
    ),

  loadBrandImage: (request) => async (digest) => {
    const load = () => request.ask((stores, database) => stores.loadBrandImage(database, digest))
    // An array, because an entry of the cache is an object or an array.
    const [content] = (await request.edgeCache.read(brandImageCacheKey(digest), load)) ?? []
    return content
  },
} satisfies Partial<Makers>

/** From memory only: a hot request must not wait, and without stored settings the configured limits apply. */
export function recallRateLimits(request: BareRequest) {
  const stored = request.edgeCache.recall(settingsCacheKey, () => loadStoredSettings(request))
  return stored && toSettings(stored).rate_limits
}

const loadStoredSettings = (request: BareRequest) =>
  request.ask((stores, database) => stores.loadStoredSettings(database))
