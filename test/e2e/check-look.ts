/** What holds of a page as people see it, in a real browser. */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type axe from 'axe-core'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

const pictures = process.env['AUTHLY_SCREENSHOTS']
const axeSource = readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/**
 * axe-core finds nothing (WCAG 2.2 AA) and nothing is cut off. With AUTHLY_SCREENSHOTS=<folder> it also leaves a picture.
 */
export async function checkLook(page: Page, name: string): Promise<void> {
  await page.evaluate(await axeSource)
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: typeof axe }).axe.run(document, {
      // axe reads the colors we wrote, not the ones the system forces.
      rules: { 'color-contrast': { enabled: !matchMedia('(forced-colors: active)').matches } },
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    }),
  )
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)
  expect(found, name).toEqual([])
  // The skip link waits off screen on purpose; everything else must fit.
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  expect(overflow, `${name} scrolls sideways`).toBeLessThanOrEqual(0)
  if (pictures) await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true })
}
