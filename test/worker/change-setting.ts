/** Settings are the whole server's: a test file that changes some takes them back after each test. */
import { sql } from 'drizzle-orm'
import { afterEach } from 'vitest'
import { loadStoredSettings } from '../../src/settings/settings.store.ts'
import { type SettingName, settingsCacheKey } from '../../src/settings/settings.ts'
import { testDatabase } from '../fakes/database.ts'
import { testDependencies } from './admin-client.ts'

const renew = async () =>
  testDependencies().edgeCache.refresh(settingsCacheKey, await loadStoredSettings(testDatabase()))

/** @returns sets a value, which counts at once and until the end of the test */
export function changingSettings(): (name: SettingName, value: unknown) => Promise<void> {
  const changed = new Set<string>()
  afterEach(async () => {
    for (const name of changed) await testDatabase().execute(sql`delete from settings where name = ${name}`)
    if (changed.size > 0) await renew()
    changed.clear()
  })
  return async (name, value) => {
    changed.add(name)
    await testDatabase().execute(sql`
      insert into settings (name, value) values (${name}, ${JSON.stringify(value)}::jsonb)
      on conflict (name) do update set value = excluded.value`)
    await renew()
  }
}
