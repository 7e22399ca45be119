/** People make accounts of their own in Chromium: with a passkey, and as plain forms with JavaScript switched off. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { addAuthenticator } from './authenticator.ts'
import { checkLook } from './check-look.ts'
import { hasChromium } from './chromium.ts'
import { type MailStage, openMailStage } from './mail-stage.ts'

describe.runIf(hasChromium)('registration in Chromium', () => {
  let stage: MailStage
  beforeAll(async () => {
    stage = await openMailStage({
      ...{ 'registration.mode': 'open', 'registration.challenge': 'always' },
      ...{ 'registration.username': 'optional', 'registration.name': 'required' },
      'registration.terms': { version: '1', uri: 'https://example.com/terms' },
      'sign_in.promote_passkeys': false,
    })
  }, 240_000)
  afterAll(async () => stage?.close())

  async function codeFor(address: string): Promise<string> {
    return vi.waitFor(
      async () => {
        const texts = await stage.textsTo(address)
        expect(texts).toHaveLength(1)
        return /^\d{6}$/m.exec(String(texts[0]))?.[0] as string
      },
      { timeout: 20_000, interval: 200 },
    )
  }

  const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()
  /** The main button of the page, in any language. */
  const goOn = (page: Page) => page.locator('main form button[type=submit]:visible').first().click()

  /** Up to the page of the code; the browser solves the challenge by itself. */
  async function typeAddress(page: Page, email: string): Promise<void> {
    await page.locator('#email').fill(email)
    await goOn(page)
    await page.locator('[data-work-status]').waitFor()
    await page.locator('main form button[type=submit]:enabled').waitFor({ timeout: 60_000 })
    await goOn(page)
    await page.locator('#code').waitFor()
  }

  test('with a passkey, from an application’s sign-in page, through a challenge', async () => {
    const page = await stage.openPage()
    await addAuthenticator(page, 'platform')
    const client = await stage.addApplication('Garden')
    const email = 'new.person@example.test'
    await page.goto(stage.authorizeUrl(client))
    await page.getByRole('link', { name: 'Create an account' }).click()
    await typeAddress(page, email)
    await page.locator('#code').fill(await codeFor(email))
    await press(page, 'Continue')
    await page.getByLabel('Name', { exact: true }).fill('Zoë Öztürk')
    await page.getByLabel('I accept the terms of service').check()
    await press(page, 'Continue')
    await press(page, 'Create a passkey')
    await press(page, 'Allow')
    const { id_token } = await stage.redeem(page, client)
    const claims = JSON.parse(Buffer.from(id_token.split('.')[1] ?? '', 'base64url').toString())
    expect(claims).toMatchObject({ acr: 'phr' })
    await page.goto(`${stage.issuer}/account`)
    await page.getByText(email).first().waitFor()
  })

  test('with a password and plain forms; what it needs a script for it says', async () => {
    const page = await stage.openPage({ javaScriptEnabled: false })
    await page.goto(`${stage.issuer}/register`)
    await page.locator('#email').fill('no.script@example.test')
    await press(page, 'Continue')
    await page.getByText('This needs JavaScript').waitFor()
    // The rest needs none: the address was proven in this browser before.
    const scripted = await stage.openPage()
    const email = 'plain.forms@example.test'
    await scripted.goto(`${stage.issuer}/register`)
    await typeAddress(scripted, email)
    const plain = await stage.browser.newContext({
      ...{ locale: 'en-US', javaScriptEnabled: false },
      storageState: await scripted.context().storageState(),
    })
    const form = await plain.newPage()
    await form.goto(scripted.url())
    await form.locator('#code').fill(await codeFor(email))
    await press(form, 'Continue')
    await form.getByLabel('Name', { exact: true }).fill('Ada')
    await press(form, 'Continue')
    // The browser itself asks for what is missing.
    expect(await form.locator('#terms').evaluate((box: HTMLInputElement) => box.validity.valueMissing)).toBe(
      true,
    )
    await form.getByLabel('I accept the terms of service').check()
    await press(form, 'Continue')
    await form.getByText('Use a password instead').click()
    await form.getByLabel('New password', { exact: true }).fill('purple-kettle-orbit')
    await form.getByLabel('New password again').fill('purple-kettle-orbit')
    await press(form, 'Create account')
    await form.waitForURL('**/account')
  })

  test.each([
    ['light', { locale: 'en-US', viewport: { width: 1024, height: 768 } }],
    ['dark', { locale: 'de-DE', colorScheme: 'dark', viewport: { width: 1024, height: 768 } }],
    ['phone', { locale: 'fr-FR', viewport: { width: 320, height: 640 } }],
    ['phone-dark-rtl', { locale: 'ar', colorScheme: 'dark', viewport: { width: 375, height: 740 } }],
    ['phone-japanese', { locale: 'ja-JP', viewport: { width: 390, height: 760 } }],
  ] as const)('looks right: %s', async (look, options) => {
    const email = `a-rather-long-address-${look}@a-long-domain-name.example.test`
    const page = await stage.openPage(options)
    const see = (name: string) => checkLook(page, `register-${name}-${look}`)
    await page.goto(`${stage.issuer}/login`)
    await see('sign-in')
    await page.locator('a[href*="/register"]').click()
    await see('address')
    await page.locator('#email').fill('nobody')
    await goOn(page)
    await page.getByRole('alert').waitFor()
    await see('address-wrong')
    await page.locator('#email').fill(email)
    await goOn(page)
    await page.locator('[data-work-status]').waitFor()
    await see('challenge')
    await page.locator('main form button[type=submit]:enabled').waitFor({ timeout: 60_000 })
    await goOn(page)
    await page.locator('#code').waitFor()
    await see('code')
    await page.locator('#code').fill(await codeFor(email))
    await goOn(page)
    await page.locator('#name').waitFor()
    await see('details')
    await page.locator('#name').fill('Ada')
    await page.locator('#username').fill('admin')
    await page.locator('#terms').check()
    await goOn(page)
    await page.getByRole('alert').waitFor()
    await see('details-wrong')
    await page.locator('#username').fill('')
    await goOn(page)
    await page.locator('details.more').waitFor()
    await see('credential')
    await page.locator('details.more summary').click()
    await see('credential-password')
  })
})
