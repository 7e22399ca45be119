/** The pages of passkeys, light and dark, from left and from right, on a phone: axe-core finds nothing (WCAG 2.2 AA). */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type axe from 'axe-core'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addAuthenticator } from './authenticator.ts'
import { hasChromium } from './chromium.ts'
import { openStage, type Stage } from './stage.ts'

const pictures = process.env['AUTHLY_SCREENSHOTS']

const looks = [
  { name: 'light', colorScheme: 'light', locale: 'en-US', viewport: { width: 1024, height: 768 } },
  { name: 'phone-dark-rtl', colorScheme: 'dark', locale: 'ar', viewport: { width: 375, height: 740 } },
  { name: 'phone', colorScheme: 'light', locale: 'de-DE', viewport: { width: 320, height: 640 } },
] as const

describe.runIf(hasChromium)('accessibility of the pages of passkeys (WCAG 2.2 AA)', () => {
  let stage: Stage
  let axeSource: string
  beforeAll(async () => {
    axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
    stage = await openStage()
  })
  afterAll(() => stage?.close())

  async function see(page: Page, look: string, name: string): Promise<void> {
    await page.evaluate(axeSource)
    const { violations } = await page.evaluate(() =>
      (globalThis as unknown as { axe: typeof axe }).axe.run(document, {
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
      }),
    )
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)
    expect(found, name).toEqual([])
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    expect(overflow, `${name} scrolls sideways`).toBeLessThanOrEqual(0)
    if (pictures) await page.screenshot({ path: join(pictures, `${name}-${look}.png`), fullPage: true })
  }

  test.each(looks)('$name', async ({ name: look, ...options }) => {
    const person = await stage.seed.addUser({
      email: `a-rather-long-address-of-somebody-${look}@a-long-domain-name.example.test`,
    })
    const context = await stage.browser.newContext(options)
    const page = await context.newPage()
    page.setDefaultTimeout(15_000)
    await page.addInitScript(() => {
      PublicKeyCredential.isConditionalMediationAvailable = async () => false
    })
    const authenticator = await addAuthenticator(page, 'platform')
    const passkeyButton = page.locator('button[data-passkey-button]').first()
    await page.goto(`${stage.issuer}/login`)
    await authenticator.verify(false)
    await passkeyButton.click()
    await page.locator('[data-passkey-problem]:visible').waitFor()
    await see(page, look, 'login-passkey-cancelled')
    await authenticator.verify(true)
    await page.locator('#identifier').fill(person.username)
    await page.keyboard.press('Enter')
    await page.locator('#password').fill(person.password)
    await page.keyboard.press('Enter')
    await page.waitForURL('**/account')
    await page.goto(`${stage.issuer}/login?step=add_passkey`)
    await passkeyButton.waitFor()
    await see(page, look, 'add-passkey')
    await page.goto(`${stage.issuer}/account/passkeys`)
    await see(page, look, 'passkeys-none')
    await passkeyButton.click()
    await page.waitForURL('**/account/security?done=passkey_added')
    await see(page, look, 'account-with-passkey')
    await page.goto(`${stage.issuer}/account/passkeys`)
    await see(page, look, 'passkey-step')
    await passkeyButton.click()
    await page.waitForURL('**/account/passkeys')
    await page.locator('#name-1').fill('  ')
    await page.locator('form[action$=rename] button').click()
    await page.getByRole('alert').first().waitFor()
    await see(page, look, 'passkeys')
    await context.close()
  })
})
