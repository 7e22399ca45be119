/** A real Chromium, because the browser's own rules (CSP, SameSite, focus, color schemes) decide here. */
import { type Browser, chromium } from 'playwright-core'
import { isInstalled } from '../conformance/installed-program.ts'

const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'

export const hasChromium = isInstalled('Chromium', executablePath)

/** @param more arguments besides those of every test */
export const launchChromium = (more: readonly string[] = []): Promise<Browser> =>
  chromium.launch({
    executablePath,
    args: [
      ...['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
      ...['--disable-component-update', '--disable-sync'],
      ...more,
    ],
  })
