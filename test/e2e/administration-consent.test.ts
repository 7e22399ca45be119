/**
 * The consent page of an application that administers the server, as people see it: everything, what roles give, and
 * nothing. With AUTHLY_SCREENSHOTS=<folder> it also leaves pictures to look at.
 */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { permissionNames } from '../../src/access/permissions.ts'
import { checkLook } from './check-look.ts'
import { hasChromium } from './chromium.ts'
import { openStage, type Stage } from './stage.ts'

const looks = [
  { name: 'light', colorScheme: 'light', locale: 'en-US', viewport: { width: 1024, height: 768 } },
  { name: 'dark', colorScheme: 'dark', locale: 'de-DE', viewport: { width: 1024, height: 768 } },
  { name: 'phone', colorScheme: 'light', locale: 'fr-FR', viewport: { width: 320, height: 640 } },
  { name: 'phone-dark-rtl', colorScheme: 'dark', locale: 'ar', viewport: { width: 375, height: 740 } },
  { name: 'phone-japanese', colorScheme: 'light', locale: 'ja-JP', viewport: { width: 390, height: 760 } },
] as const

describe.runIf(hasChromium)('an application that administers the server', () => {
  let stage: Stage
  let tool: string
  beforeAll(async () => {
    stage = await openStage({ settings: { 'sign_in.promote_passkeys': false } })
    tool = await stage.addApplication('Authly command line', stage.application.redirectUri, {
      scopes: ['openid', 'profile', 'offline_access', ...permissionNames],
    })
  })
  afterAll(() => stage?.close())

  /** Signs somebody with these roles in, without JavaScript, up to the consent page. */
  async function ask(page: Page, roles: readonly string[], scope: string): Promise<void> {
    const person = await stage.seed.addUser()
    await stage.seed.database.query('UPDATE users SET roles = $2 WHERE id = $1', [person.id, roles])
    await page.goto(stage.authorizeUrl(tool, { scope }))
    await page.locator('[autocomplete^=username]').fill(person.username)
    await page.locator('button[type=submit]').first().click()
    await page.locator('[autocomplete=current-password]').fill(person.password)
    await page.locator('button[type=submit]').first().click()
    await page.waitForURL('**/consent?*')
  }

  const everything = ['openid', 'profile', 'offline_access', ...permissionNames].join(' ')

  test.each(looks)('looks so on its consent page: $name', async ({ name: look, ...options }) => {
    for (const [name, roles, scope] of [
      ['everything', ['admin'], everything],
      ['some', ['support'], everything],
      ['nothing', [], 'admin:users:read'],
    ] as const) {
      const context = await stage.browser.newContext(options)
      const page = await context.newPage()
      page.setDefaultTimeout(15_000)
      await ask(page, roles, scope)
      await checkLook(page, `administration-${name}-${look}`)
      expect(await page.locator('button[value=allow]').count()).toBe(name === 'nothing' ? 0 : 1)
      await context.close()
    }
  })

  test('without JavaScript: what can be allowed is, and what cannot is answered with no', async () => {
    const context = await stage.browser.newContext({ javaScriptEnabled: false, locale: 'en-US' })
    const page = await context.newPage()
    page.setDefaultTimeout(15_000)
    await ask(page, ['support'], everything)
    expect(await page.locator('.asked strong').allTextContents()).toContain('People and their accounts')
    await page.locator('button[value=allow]').click()
    await stage.redeem(page, tool)
    await page.goto(`${stage.issuer}/logout`)
    await page.locator('button[type=submit]').first().click()
    await ask(page, [], 'admin:users:read')
    await page.locator('button[value=deny]').click()
    await page.waitForURL((url) => url.searchParams.get('error') === 'access_denied')
    await context.close()
  })
})
