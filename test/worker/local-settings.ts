/** Settings for the isolate of one test file: the database is shared with files that run at the same time. */
import { type StoredSettings, settingsCacheKey } from '../../src/settings/settings.ts'
import { ownSettings } from '../setup/own-settings.ts'
import { testDependencies } from './admin-client.ts'

let version = Date.now() + 86_400_000

/**
 * All settings from now on; those left out are as the tests begin with (`ownSettings`). Newer for the cache than what
 * Postgres has.
 */
export async function useSettings(value: StoredSettings): Promise<void> {
  version += 1
  await testDependencies().edgeCache.refresh(settingsCacheKey, {
    value: { ...ownSettings, ...value },
    version,
  })
}
