/**
 * The consent page of a client that nobody reviewed, as people see it. With AUTHLY_SCREENSHOTS=<folder> it also leaves
 * pictures to look at.
 */
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

describe.runIf(hasChromium)('a client that nobody reviewed', () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await openStage({
      settings: { 'sign_in.promote_passkeys': false, 'client_registration.mode': 'open' },
    })
  })
  afterAll(() => stage?.close())

  test.each(looks)('looks so on its consent page: $name', async ({ name: look, ...options }) => {
    const person = await stage.seed.addUser()
    const answer = await fetch(`${stage.issuer}/oauth/register`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        client_name: 'Supercalifragilistic-Gartenplanungsgesellschaft & Söhne',
        redirect_uris: [stage.application.redirectUri],
        token_endpoint_auth_method: 'none',
        grant_types: ['authorization_code', 'refresh_token'],
        client_uri: 'https://garten.example.test/',
      }),
    })
    expect(answer.status).toBe(201)
    const { client_id } = (await answer.json()) as { client_id: string }
    const context = await stage.browser.newContext(options)
    const page = await context.newPage()
    page.setDefaultTimeout(15_000)
    await page.goto(stage.authorizeUrl(client_id))
    await page.locator('[autocomplete^=username]').fill(person.username)
    await page.locator('button[type=submit]').first().click()
    await page.locator('[autocomplete=current-password]').fill(person.password)
    await page.locator('button[type=submit]').first().click()
    await page.locator('.caution').waitFor()
    expect(await page.locator('.caution').textContent()).toContain('127.0.0.1')
    expect(await page.content()).not.toContain('garten.example.test')
    await checkLook(page, `unreviewed-${look}`)
    await page.locator('button[value=allow]').click()
    await stage.redeem(page, client_id)
    await context.close()
  })
})
