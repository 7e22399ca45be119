/** A real Chromium, because the browser's own rules (CSP, SameSite, focus, color schemes) decide here. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Browser, type BrowserContext, chromium } from 'playwright-core'
import { isInstalled } from '../conformance/installed-program.ts'

const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'

export const hasChromium = isInstalled('Chromium', executablePath)

const args = [
  ...['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync'],
]

/**
 * @param more arguments besides those of every test
 * @param less arguments of Playwright that are left out
 */
export const launchChromium = (
  more: readonly string[] = [],
  less: readonly string[] = [],
): Promise<Browser> =>
  chromium.launch({ executablePath, args: [...args, ...more], ignoreDefaultArgs: [...less] })

/** One whose owner has chosen "Block all cookies". @param folder for its profile */
export async function launchBlockingCookies(folder: string): Promise<BrowserContext> {
  await mkdir(join(folder, 'Default'), { recursive: true })
  const blocked = 2
  const preferences = { profile: { default_content_setting_values: { cookies: blocked } } }
  await writeFile(join(folder, 'Default', 'Preferences'), JSON.stringify(preferences))
  return chromium.launchPersistentContext(folder, { executablePath, args, locale: 'en-US' })
}
