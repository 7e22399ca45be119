/** A forgotten password in Chromium, with JavaScript and without, and how the pages of recovery look. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { checkLook } from './check-look.ts'
import { hasChromium } from './chromium.ts'
import { type MailStage, openMailStage } from './mail-stage.ts'

const newPassword = 'copper lantern meadow twelve'

describe.runIf(hasChromium)('recovery in Chromium', () => {
  let stage: MailStage
  beforeAll(async () => {
    stage = await openMailStage({ 'sign_in.promote_passkeys': false })
  }, 240_000)
  afterAll(async () => stage?.close())

  /** The message to this address that matches. */
  const received = (address: string, pattern: RegExp): Promise<string> =>
    vi.waitFor(
      async () => {
        const texts = await stage.textsTo(address)
        const found = texts.map((text) => pattern.exec(text)?.[0]).find(Boolean)
        expect(found).toBeDefined()
        return found as string
      },
      { timeout: 20_000, interval: 200 },
    )

  const submit = (page: Page) => page.locator('main button[type=submit]').first().click()

  test.each([
    ['without JavaScript', false],
    ['with it', true],
  ] as const)(
    'a forgotten password is replaced, and a press takes the account back: %s',
    async (_how, javaScriptEnabled) => {
      const { username } = await stage.seed.addUser()
      const address = `${username}@example.test`
      const page = await stage.openPage({ javaScriptEnabled })
      await page.goto(`${stage.issuer}/login`)
      await page.getByLabel('Email address or username').fill(address)
      await page.getByRole('button', { name: 'Continue', exact: true }).click()
      await page.getByRole('link', { name: 'Forgot your password?' }).click()
      await page.getByRole('button', { name: 'Send the code' }).click()
      await page.getByLabel('Code from the email').fill(await received(address, /^\d{6}$/m))
      await submit(page)
      await page.getByLabel('New password', { exact: true }).fill(newPassword)
      await page.locator('[name=repeat_password]').fill(newPassword)
      await submit(page)
      await page.waitForURL('**/account')
      const link = await received(address, /^http\S+\/not-me\S+$/m)
      const reader = await stage.openPage({ javaScriptEnabled })
      await reader.goto(link)
      await reader.getByRole('button', { name: 'Sign everybody out' }).click()
      await reader.getByRole('heading', { name: 'Everybody is signed out' }).waitFor()
      await page.goto(`${stage.issuer}/account`)
      expect(new URL(page.url()).pathname).toBe('/login')
    },
  )

  test.each([
    ['light', { locale: 'en-US', viewport: { width: 1024, height: 768 } }],
    ['dark', { locale: 'de-DE', colorScheme: 'dark', viewport: { width: 1024, height: 768 } }],
    ['phone', { locale: 'fr-FR', viewport: { width: 320, height: 640 } }],
    ['phone-dark-rtl', { locale: 'ar', colorScheme: 'dark', viewport: { width: 375, height: 740 } }],
  ] as const)('looks right: %s', async (look, options) => {
    const email = `a-rather-long-address-of-somebody-${look}@a-long-domain-name.example.test`
    await stage.seed.addUser({ email })
    const page = await stage.openPage(options)
    const see = (name: string) => checkLook(page, `recovery-${name}-${look}`)
    await page.goto(`${stage.issuer}/login`)
    await page.locator('#identifier').fill(email)
    await submit(page)
    await page.locator('#password').waitFor()
    await see('password')
    await page.locator('a[href*="step=email_code"]').click()
    await page.locator('input[name=send]').first().waitFor({ state: 'attached' })
    await see('ask')
    await submit(page)
    await page.locator('#code').waitFor()
    await see('code')
    await page.locator('#code').fill(await received(email, /^\d{6}$/m))
    await submit(page)
    await page.locator('#new_password').waitFor()
    await see('choose')
    await page.locator('#new_password').fill(newPassword)
    await page.locator('#repeat_password').fill(newPassword)
    await submit(page)
    await page.waitForURL('**/account')
    await page.goto(`${stage.issuer}/account/email`)
    await page.locator('#email').waitFor()
    await see('email')
    await page.goto(await received(email, /^http\S+\/not-me\S+$/m))
    await see('not-me')
    await submit(page)
    await page.locator('main a.button').waitFor()
    await see('signed-out')
  })
})
