/**
 * Every hosted page, light and dark, from left and from right, on a phone: axe-core finds nothing (WCAG 2.2 AA)
 * and nothing is cut off. With AUTHLY_SCREENSHOTS=<folder> it also leaves pictures to look at.
 */

import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addAuthenticator } from './authenticator.ts'
import { readQrCode, scan } from './authenticator-app.ts'
import { checkLook } from './check-look.ts'
import { hasChromium } from './chromium.ts'
import { invite } from './invite.ts'
import { openStage, type Stage } from './stage.ts'

const looks = [
  { name: 'light', colorScheme: 'light', locale: 'en-US', viewport: { width: 1024, height: 768 } },
  { name: 'dark', colorScheme: 'dark', locale: 'de-DE', viewport: { width: 1024, height: 768 } },
  { name: 'phone', colorScheme: 'light', locale: 'fr-FR', viewport: { width: 320, height: 640 } },
  { name: 'phone-dark-rtl', colorScheme: 'dark', locale: 'ar', viewport: { width: 375, height: 740 } },
  {
    name: 'phone-japanese',
    colorScheme: 'light',
    locale: 'ja-JP',
    viewport: { width: 390, height: 760 },
  },
  { name: 'tablet-rtl', colorScheme: 'light', locale: 'ar', viewport: { width: 820, height: 900 } },
  { name: 'dark-portuguese', colorScheme: 'dark', locale: 'pt-BR', viewport: { width: 1280, height: 720 } },
  {
    name: 'high-contrast',
    colorScheme: 'dark',
    forcedColors: 'active',
    locale: 'es-ES',
    viewport: { width: 768, height: 700 },
  },
] as const

describe.runIf(hasChromium)('accessibility of the hosted pages (WCAG 2.2 AA)', () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await openStage({
      settings: { 'sign_in.promote_passkeys': false, 'sessions.when_full': 'refuse' },
    })
  })
  afterAll(() => stage?.close())

  test.each(looks)('$name', async ({ name: look, ...options }) => {
    const person = await stage.seed.addUser({
      mustChangePassword: true,
      email: `a-rather-long-address-of-somebody-${look}@a-long-domain-name.example.test`,
    })
    const client = await stage.addApplication('Supercalifragilistic-Gartenplanungsgesellschaft & Söhne')
    await stage.seed.database.query(
      'UPDATE clients SET client_uri = $2, policy_uri = $3, tos_uri = $4 WHERE client_id = $1',
      [client, 'https://garten.example.test/', 'https://garten.example.test/p', 'https://law.example.test/t'],
    )
    const context = await stage.browser.newContext(options)
    let page = await context.newPage()
    page.setDefaultTimeout(15_000)
    const submit = () => page.locator('button[type=submit]').first().click()
    const see = (name: string) => checkLook(page, `${name}-${look}`)

    await page.goto(stage.authorizeUrl(client))
    await see('login')
    await page.locator('#identifier').fill(person.username)
    await submit()
    await page.locator('#password').waitFor()
    await see('login-password')
    await page.locator('#password').fill('not the password')
    await submit()
    await page.getByRole('alert').waitFor()
    await see('login-refused')
    await page.locator('#password').fill(person.password)
    await submit()
    await page.locator('#new_password').fill('password1234')
    await see('password-forced')
    await page.locator('#repeat_password').fill('password1234')
    await submit()
    await page.getByRole('alert').waitFor()
    await see('password-refused')
    await page.locator('#new_password').fill('orbit kettle purple seven')
    await page.locator('#repeat_password').fill('orbit kettle purple seven')
    await submit()
    await page.locator('button[value=allow]').waitFor()
    await see('consent')

    await page.goto(stage.authorizeUrl(client, { prompt: 'select_account' }))
    await see('select-account')
    await page.goto(stage.authorizeUrl(client, { prompt: 'login' }))
    await see('login-again')
    await page.goBack()
    await page.goto(`${stage.issuer}/password`)
    await see('password')
    const second = await stage.browser.newContext({ locale: 'en-US' })
    const elsewhere = await second.newPage()
    await elsewhere.goto(`${stage.issuer}/login`)
    await elsewhere.locator('#identifier').fill(person.username)
    await elsewhere.keyboard.press('Enter')
    await elsewhere.locator('#password').fill('orbit kettle purple seven')
    await elsewhere.keyboard.press('Enter')
    await elsewhere.waitForURL('**/account')
    await page.goto(`${stage.issuer}/account/sessions?done=session`)
    await see('account')
    await addAuthenticator(page, 'platform')
    await page.goto(`${stage.issuer}/login?step=add_passkey`)
    await see('add-passkey')
    await page.goto(`${stage.issuer}/account/passkeys`)
    await see('passkeys-none')
    await page.locator('button[data-passkey-button]').click()
    await page.waitForURL('**/account/security?done=passkey_added')
    await see('account-with-passkey')
    await page.goto(`${stage.issuer}/account/passkeys`)
    await see('login-stronger')
    await page.locator('button[data-passkey-button]').first().click()
    await page.waitForURL('**/account/passkeys')
    await page.locator('#name-1').fill('  ')
    await page.locator('form[action$=rename] button').click()
    await page.getByRole('alert').waitFor()
    await see('passkeys')
    await page.goto(`${stage.issuer}/account/one-time-passwords`)
    await see('otp-none')
    await page.goto(`${stage.issuer}/account/one-time-passwords/add`)
    await see('otp-add')
    await page.locator('#code').fill(await (await scan(page)).nextCode())
    await submit()
    await page.waitForURL('**/account/security?done=otp')
    await page.goto(`${stage.issuer}/account/one-time-passwords`)
    await see('otp')
    await page.goto(`${stage.issuer}/account/recovery-codes`)
    await see('recovery-codes')
    await page.emulateMedia({ media: 'print' })
    await see('recovery-codes-printed')
    await page.emulateMedia({ media: null })
    await page.goto(`${stage.issuer}/account/security`)
    await see('account-with-factors')

    // Without the authenticator, which would sign in by itself where it can.
    page = await context.newPage()
    const third = await stage.browser.newContext(options)
    const again = await third.newPage()
    again.setDefaultTimeout(15_000)
    await again.goto(stage.authorizeUrl(client))
    await again.locator('#identifier').fill(person.username)
    await again.keyboard.press('Enter')
    await again.locator('#password').fill('orbit kettle purple seven')
    await again.keyboard.press('Enter')
    await again.locator('.alternatives').waitFor()
    await checkLook(again, `second-factor-${look}`)
    await again.locator('.alternatives a[href*="step=totp"]').click()
    await again.locator('#code').waitFor()
    await checkLook(again, `totp-${look}`)
    await again.locator('#code').fill('000000')
    await again.keyboard.press('Enter')
    await again.getByRole('alert').waitFor()
    await checkLook(again, `totp-refused-${look}`)
    await again.locator('.alternatives a[href*="step=recovery_code"]').click()
    await again.locator('#recovery_code').waitFor()
    await checkLook(again, `recovery-code-${look}`)
    await third.close()
    await page.goto(`${stage.issuer}/logout`)
    await see('logout')
    await submit()
    await page.waitForFunction(() => document.querySelector('form') === null)
    await see('signed-out')
    await page.goto(`${stage.issuer}/login?interaction=made-up`)
    await see('error')
    await page.goto(`${stage.issuer}/nowhere`)
    await see('not-found')
    const link = await invite(stage, `a-rather-long-address-${look}@a-long-domain-name.example.test`)
    await page.goto(link)
    await see('invited')
    await page.locator('details.more summary').click()
    await see('set-password')
    await page.locator('#new_password').fill('too short')
    await page.locator('#repeat_password').fill('too short')
    await page.locator('details button[type=submit]').click()
    await page.getByRole('alert').waitFor()
    await see('set-password-refused')
    await page.locator('#new_password').fill('orbit kettle purple seven')
    await page.locator('#repeat_password').fill('orbit kettle purple seven')
    await page.locator('details button[type=submit]').click()
    await page.waitForURL('**/login?done=password')
    await see('login-after-set-password')
    await page.goto(link)
    await see('link-invalid')
    await second.close()
    await context.close()
  })

  const fewer = looks.filter(
    ({ name }) => !['phone-japanese', 'tablet-rtl', 'dark-portuguese'].includes(name),
  )
  test.each(fewer)(
    'where a second factor and a single session are demanded: $name',
    async ({ name: look, ...options }) => {
      const person = await stage.seed.addUser({
        email: `a-rather-long-address-of-a-newcomer-${look}@a-long-domain-name.example.test`,
      })
      const client = await stage.addApplication('Supercalifragilistic-Gartenplanungsgesellschaft & Söhne')
      await stage.seed.database.query(
        'UPDATE clients SET required_acr_values = $2, max_sessions_per_user = 1 WHERE client_id = $1',
        [client, ['urn:authly:acr:mfa']],
      )
      const reachSecondFactor = async () => {
        const context = await stage.browser.newContext(options)
        const page = await context.newPage()
        page.setDefaultTimeout(15_000)
        await page.goto(stage.authorizeUrl(client))
        await page.locator('#identifier').fill(person.username)
        await page.keyboard.press('Enter')
        await page.locator('#password').fill(person.password)
        await page.keyboard.press('Enter')
        return page
      }
      const enter = async (page: Page, code: string) => {
        await page.locator('#code').fill(code)
        await page.keyboard.press('Enter')
      }
      const first = await reachSecondFactor()
      await first.locator('details.more').waitFor()
      await checkLook(first, `set-up-factor-${look}`)
      await first.locator('details.more > summary').click()
      await first.locator('#code').waitFor()
      await checkLook(first, `set-up-app-${look}`)
      // A camera reads it, whatever the colours of the system are.
      expect(await readQrCode(first)).toBe(await first.locator('a[href^="otpauth:"]').getAttribute('href'))
      const app = await scan(first)
      await enter(first, await app.nextCode())
      await first.locator('button[value=allow]').click()
      await stage.redeem(first, client)

      const second = await reachSecondFactor()
      await enter(second, await app.nextCode())
      await second.waitForURL(({ pathname }) => pathname === '/sessions-full')
      await checkLook(second, `sessions-full-${look}`)
      await Promise.all([first, second].map((page) => page.context().close()))
    },
  )

  test('text keeps its size choice and nothing is lost at 200% (WCAG 1.4.4)', async () => {
    const context = await stage.browser.newContext({ viewport: { width: 640, height: 480 } })
    const page = await context.newPage()
    await page.goto(`${stage.issuer}/login`)
    const height = () =>
      page
        .locator('label')
        .first()
        .evaluate((element) => element.getBoundingClientRect().height)
    const before = await height()
    await page.evaluate(() => {
      document.documentElement.style.fontSize = '200%'
    })
    expect(await height()).toBeGreaterThan(before * 1.8)
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(
      0,
    )
    await context.close()
  })
})
