/** Codes by text message in Chromium with JavaScript switched off, and how their pages look. */
import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { checkLook } from './check-look.ts'
import { hasChromium } from './chromium.ts'
import { type MailStage, openMailStage } from './mail-stage.ts'

describe.runIf(hasChromium)('codes by text message in Chromium', () => {
  let stage: MailStage
  beforeAll(async () => {
    stage = await openMailStage({
      'sign_in.sms_codes': 'second_factor',
      'sign_in.second_factor': 'required',
      'sms.allowed_countries': ['+49'],
      'sign_in.promote_passkeys': false,
    })
  }, 240_000)
  afterAll(async () => stage?.close())

  let numbers = 0
  /** Somebody on the page that follows the password, who has a telephone alone. */
  async function withPassword(options: BrowserContextOptions = {}) {
    const number = `+49170${String(++numbers).padStart(7, '0')}`
    const { id, username, password } = await stage.seed.addUser()
    await stage.seed.database.query(
      'UPDATE users SET phone_number = $2, phone_number_verified = true WHERE id = $1',
      [id, number],
    )
    const page = await stage.openPage({ javaScriptEnabled: false, ...options })
    await page.goto(`${stage.issuer}/login`)
    await page.locator('#identifier').fill(username)
    await submit(page)
    await page.locator('#password').fill(password)
    await submit(page)
    await page.locator('input[name=step][value=sms_code]').first().waitFor({ state: 'attached' })
    return { page, number }
  }

  const submit = (page: Page) => page.locator('main button[type=submit]').first().click()

  const codeAt = (number: string): Promise<string> =>
    vi.waitFor(
      async () => {
        const [text] = await stage.textsTo(number)
        expect(text).toBeDefined()
        return /\d{6}/.exec(text ?? '')?.[0] as string
      },
      { timeout: 20_000, interval: 200 },
    )

  test('one signs in after the password; a slip of the finger is told; the number is on no page', async () => {
    const { page, number } = await withPassword()
    expect(await page.content()).not.toContain(number)
    await submit(page)
    const code = await codeAt(number)
    expect((await stage.textsTo(number)).at(-1)).toMatch(new RegExp(`\n@localhost:\\d+ #${code}$`))
    await page.locator('#code').fill(code === '000000' ? '000001' : '000000')
    await submit(page)
    await page.getByRole('alert').waitFor()
    expect(await page.content()).not.toContain(number)
    await page.locator('#code').fill(code)
    await submit(page)
    await page.waitForURL('**/account')
  })

  test.each([
    ['light', { locale: 'en-US', viewport: { width: 1024, height: 768 } }],
    ['dark', { locale: 'de-DE', colorScheme: 'dark', viewport: { width: 1024, height: 768 } }],
    ['phone', { locale: 'fr-FR', viewport: { width: 320, height: 640 } }],
    ['phone-dark-rtl', { locale: 'ar', colorScheme: 'dark', viewport: { width: 375, height: 740 } }],
  ] as const)('looks right: %s', async (look, options) => {
    const { page, number } = await withPassword({ ...options, javaScriptEnabled: true })
    const see = (name: string) => checkLook(page, `sms-code-${name}-${look}`)
    await see('ask')
    await submit(page)
    await page.locator('#code').waitFor()
    await see('enter')
    await codeAt(number)
    await page.locator('#code').fill('12')
    await submit(page)
    await page.getByRole('alert').waitFor()
    await see('wrong')
  })
})
