/**
 * The pages of an account without JavaScript: profile, sessions, applications, history, download, deletion and its undoing.
 * With AUTHLY_SCREENSHOTS=<folder> it also leaves pictures to look at.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkLook } from './check-look.ts'
import { hasChromium } from './chromium.ts'
import { openStage, type Stage } from './stage.ts'

const looks = [
  { name: 'light', colorScheme: 'light', locale: 'en-US', viewport: { width: 1024, height: 768 } },
  { name: 'dark', colorScheme: 'dark', locale: 'de-DE', viewport: { width: 1024, height: 768 } },
  { name: 'phone', colorScheme: 'light', locale: 'fr-FR', viewport: { width: 320, height: 640 } },
  { name: 'phone-dark-rtl', colorScheme: 'dark', locale: 'ar', viewport: { width: 375, height: 740 } },
] as const

const pictures = process.env['AUTHLY_SCREENSHOTS']
const largest = 30 * 1024

describe.runIf(hasChromium)('the pages of an account, without JavaScript', () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await openStage({ settings: { 'sign_in.promote_passkeys': false } })
  })
  afterAll(() => stage?.close())

  test.each(looks)('$name', { timeout: 180_000 }, async ({ name: look, ...options }) => {
    const email = `a-rather-long-address-of-somebody-${look}@a-long-domain-name.example.test`
    const person = await stage.seed.addUser({ email })
    const client = await stage.addApplication('Supercalifragilistic-Gartenplanungsgesellschaft & Söhne')
    const context = await stage.browser.newContext({ ...options, javaScriptEnabled: false })
    // axe needs scripts: it looks at the same page, with the same cookies.
    const watching = await stage.browser.newContext(options)
    const page = await context.newPage()
    const watcher = await watching.newPage()
    for (const each of [page, watcher]) each.setDefaultTimeout(15_000)
    const open = (path: string) => page.goto(`${stage.issuer}${path}`)
    const see = async (name: string) => {
      const size = gzipSync(await page.content()).length
      expect(size, `${name} is small`).toBeLessThan(largest)
      await watching.clearCookies()
      await watching.addCookies(await context.cookies())
      await watcher.goto(page.url())
      await checkLook(watcher, `account-${name}-${look}`)
    }
    /** Of a page that answers a form, which cannot be opened again. */
    const picture = async (name: string) => {
      if (pictures)
        await page.screenshot({ path: join(pictures, `account-${name}-${look}.png`), fullPage: true })
    }
    const press = (action: string, on: Page = page) =>
      on.locator(`form[action="${action}"] button`).first().click()
    const signIn = async (on: Page, start: string) => {
      await on.goto(start)
      await on.locator('#identifier').fill(person.username)
      await on.locator('button[type=submit]').first().click()
      await on.locator('#password').fill(person.password)
      await on.locator('button[type=submit]').first().click()
    }

    await signIn(page, stage.authorizeUrl(client))
    await page.locator('button[value=allow]').click()
    await stage.redeem(page, client)

    await open('/account')
    await see('profile')
    await page.locator('#name').fill('Ada Lovelace')
    await page.locator('#birthdate').fill('yesterday')
    await press('/account/profile')
    await page.getByRole('alert').waitFor()
    await picture('profile-refused')
    await page.locator('#birthdate').fill('1815-12-10')
    await press('/account/profile')
    await page.waitForURL('**/account?done=profile')
    expect(await page.locator('#name').inputValue()).toBe('Ada Lovelace')
    await see('profile-saved')

    await open('/account/security')
    await see('security')
    await open('/account/security/history')
    await see('history')

    const second = await stage.browser.newContext({ locale: 'en-US' })
    const elsewhere = await second.newPage()
    await signIn(elsewhere, `${stage.issuer}/login`)
    await elsewhere.waitForURL('**/account')
    await open('/account/sessions')
    await see('sessions')
    await press('/account/sessions/end')
    await page.waitForURL('**/account/sessions?done=session')
    await elsewhere.goto(`${stage.issuer}/account`)
    expect(new URL(elsewhere.url()).pathname).toBe('/login')
    await second.close()

    await open('/account/applications')
    await see('applications')
    await press('/account/applications/withdraw')
    await page.waitForURL('**/account/applications?done=withdrawn')
    await see('applications-none')

    await open('/account/data')
    await see('data')
    const [download] = await Promise.all([page.waitForEvent('download'), press('/account/data/export')])
    expect(download.suggestedFilename()).toBe('account.json')
    const data = JSON.parse(await readFile(await download.path(), 'utf8')) as { account: { profile: object } }
    expect(data.account.profile).toEqual({ name: 'Ada Lovelace', birthdate: '1815-12-10' })

    await open('/account/delete')
    await see('delete')
    await page.locator('#account').fill('somebody else')
    await press('/account/delete')
    await page.getByRole('alert').waitFor()
    await picture('delete-refused')
    await page.locator('#account').fill(email)
    await press('/account/delete')
    await page.locator('a[href="/login"]').waitFor()
    await picture('delete-requested')
    await signIn(page, `${stage.issuer}/login`)
    await page.locator('input[value=keep_account]').waitFor({ state: 'attached' })
    await see('keep')
    await press('/login')
    await page.waitForURL('**/account')
    await Promise.all([context, watching].map((each) => each.close()))
  })
})
