/** Codes and links by e-mail in Chromium with JavaScript switched off, and how their pages look. */
import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { checkLook } from './check-look.ts'
import { hasChromium } from './chromium.ts'
import { type MailStage, openMailStage } from './mail-stage.ts'

describe.runIf(hasChromium)('codes by e-mail in Chromium', () => {
  let stage: MailStage
  beforeAll(async () => {
    stage = await openMailStage({
      'sign_in.email_codes': 'on',
      'sign_in.magic_links': 'on',
      'sign_in.promote_passkeys': false,
    })
  }, 240_000)
  afterAll(async () => stage?.close())

  const openPage = (options: BrowserContextOptions = {}) =>
    stage.openPage({ javaScriptEnabled: false, ...options })

  /** The newest message to this address. */
  async function received(address: string, count = 1) {
    return vi.waitFor(
      async () => {
        const texts = await stage.textsTo(address)
        expect(texts).toHaveLength(count)
        const text = String(texts.at(-1))
        return {
          code: /^\d{6}$/m.exec(text)?.[0] as string,
          link: /^http\S+\/login\/link\S+$/m.exec(text)?.[0] as string,
        }
      },
      { timeout: 20_000, interval: 200 },
    )
  }

  const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()

  async function askForCode(page: Page, username: string, from = `${stage.issuer}/login`) {
    await page.goto(from)
    await page.getByLabel('Email address or username').fill(username)
    await press(page, 'Continue')
    await page.getByRole('link', { name: 'Get a code by email' }).click()
    await press(page, 'Send the code')
    await page.getByLabel('Code from the email').waitFor()
  }

  test('a code signs in to an application; a slip of the finger is told', async () => {
    const { username } = await stage.seed.addUser()
    const client = await stage.addApplication('Garden')
    const page = await openPage()
    await askForCode(page, username, stage.authorizeUrl(client))
    const { code } = await received(`${username}@example.test`)
    await page.getByLabel('Code from the email').fill(code === '000000' ? '000001' : '000000')
    await press(page, 'Sign in')
    expect(await page.getByRole('alert').textContent()).toContain('The code is not correct')
    await page.getByLabel('Code from the email').fill(`${code.slice(0, 3)} ${code.slice(3)}`)
    await press(page, 'Sign in')
    await press(page, 'Allow')
    const { id_token } = await stage.redeem(page, client)
    const claims = JSON.parse(Buffer.from(id_token.split('.')[1] ?? '', 'base64url').toString())
    expect(claims).toMatchObject({ amr: ['otp'], acr: 'urn:authly:acr:pwd' })
  })

  test('a link signs in by one press, once; elsewhere it shows the code', async () => {
    const { username } = await stage.seed.addUser()
    const [page, phone] = [await openPage(), await openPage()]
    await askForCode(page, username)
    const { code, link } = await received(`${username}@example.test`)
    await phone.goto(link)
    expect(await phone.locator('ol.codes code').textContent()).toBe(code)
    expect(await phone.getByRole('button', { name: 'Sign in', exact: true }).count()).toBe(0)
    // Opened in another tab of the browser that asked for it.
    const tab = await page.context().newPage()
    await tab.goto(link)
    await press(tab, 'Sign in')
    await tab.waitForURL('**/account')
    await tab.goto(link)
    await press(tab, 'Sign in')
    await tab.getByText('This link has been used, has expired').waitFor()
    // The code in the first tab is over, and the person is signed in there.
    await page.goto(`${stage.issuer}/account`)
    await page.getByText(username).first().waitFor()
  })

  test.each([
    ['light', { locale: 'en-US', viewport: { width: 1024, height: 768 } }],
    ['dark', { locale: 'de-DE', colorScheme: 'dark', viewport: { width: 1024, height: 768 } }],
    ['phone', { locale: 'fr-FR', viewport: { width: 320, height: 640 } }],
    ['phone-dark-rtl', { locale: 'ar', colorScheme: 'dark', viewport: { width: 375, height: 740 } }],
    ['phone-japanese', { locale: 'ja-JP', viewport: { width: 390, height: 760 } }],
  ] as const)('looks right: %s', async (look, options) => {
    const email = `a-rather-long-address-of-somebody-${look}@a-long-domain-name.example.test`
    await stage.seed.addUser({ email })
    const page = await openPage({ ...options, javaScriptEnabled: true })
    const see = (name: string) => checkLook(page, `${name}-${look}`)
    await page.goto(`${stage.issuer}/login`)
    await page.locator('#identifier').fill(email)
    await page.locator('button[type=submit]').first().click()
    await page.locator('#password').waitFor()
    await see('password-or-code')
    await page.locator('nav.alternatives a[href*="step=email_code"]').click()
    await see('email-code-ask')
    await page.locator('button[type=submit]').first().click()
    await page.locator('#code').waitFor()
    await see('email-code')
    const { link } = await received(email)
    await page.locator('#code').fill('12')
    await page.locator('button[type=submit]').first().click()
    await page.getByRole('alert').waitFor()
    await see('email-code-wrong')
    const other = await openPage({ ...options, javaScriptEnabled: true })
    await other.goto(link)
    await checkLook(other, `link-elsewhere-${look}`)
    await page.goto(link)
    await see('link-press')
    await page.locator('main button[type=submit]').click()
    await page.waitForURL('**/account')
    await page.goto(link)
    await page.locator('main button[type=submit]').click()
    await see('link-over')
  })
})
