/** A test file that changes settings for its own worker takes them back after each test. */
import { afterEach } from 'vitest'
import type { SettingName } from '../../src/settings/settings.ts'
import { useSettings } from './local-settings.ts'

/** @returns sets a value, which counts at once and until the end of the test */
export function changingSettings(): (name: SettingName, value: unknown) => Promise<void> {
  const changed = new Map<SettingName, unknown>()
  afterEach(async () => {
    if (changed.size === 0) return
    changed.clear()
    await useSettings({})
  })
  return async (name, value) => {
    changed.set(name, value)
    await useSettings(Object.fromEntries(changed))
  }
}
