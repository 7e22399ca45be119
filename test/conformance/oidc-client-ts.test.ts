/** `oidc-client-ts` in a real Chromium: the browser's own rules (CORS, SameSite, CSP, frames) apply. */
import type * as OidcClientTs from 'oidc-client-ts'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addClient, addUser, issuer } from './authly.ts'
import { isInstalled } from './installed-program.ts'
import type { SeededUser } from './seed.ts'
import { type SpaServer, serveSpa } from './spa-server.ts'

declare const oidc: typeof OidcClientTs

const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'
const chromiumArguments = [
  ...['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync'],
]

type Settings = OidcClientTs.UserManagerSettings

describe.runIf(isInstalled('Chromium', executablePath))('oidc-client-ts in Chromium', () => {
  let browser: Browser
  let spa: SpaServer
  beforeAll(async () => {
    spa = await serveSpa()
    browser = await chromium.launch({ executablePath, args: chromiumArguments })
  })
  afterAll(async () => {
    await browser?.close()
    await spa?.close()
  })

  /** A browser window at the application, and the settings of an application registered for it. */
  async function openApplication(grantTypes: string[]) {
    const redirectUris = [`${spa.origin}/callback`, `${spa.origin}/silent`]
    const client = await addClient({
      token_endpoint_auth_method: 'none',
      grant_types: grantTypes,
      redirect_uris: redirectUris,
      post_logout_redirect_uris: [`${spa.origin}/bye`],
    })
    const settings: Settings = {
      authority: issuer,
      client_id: client.client_id,
      redirect_uri: `${spa.origin}/callback`,
      silent_redirect_uri: `${spa.origin}/silent`,
      post_logout_redirect_uri: `${spa.origin}/bye`,
      scope: 'openid profile',
      loadUserInfo: true,
      automaticSilentRenew: false,
    }
    const context: BrowserContext = await browser.newContext()
    const page = await context.newPage()
    await page.goto(spa.origin)
    return { context, page, settings }
  }

  async function signIn(page: Page, settings: Settings, user: SeededUser) {
    await page.evaluate(
      (input) => void new oidc.UserManager(input).signinRedirect({ state: 'mine' }),
      settings,
    )
    await page.locator('[autocomplete^=username]').fill(user.username)
    await page.keyboard.press('Enter')
    await page.locator('[autocomplete=current-password]').fill(user.password)
    await page.keyboard.press('Enter')
    await page.waitForURL(`${spa.origin}/callback**`)
    return page.evaluate(async (input) => {
      const signedIn = await new oidc.UserManager(input).signinRedirectCallback()
      return { ...signedIn, state: signedIn.state } as unknown as OidcClientTs.User
    }, settings)
  }

  it('signs in, reads userinfo across origins and renews with its refresh token (OIDC Core §3.1, Fetch CORS)', async () => {
    const user = await addUser({ profile: { name: 'Browser Person' } })
    const { context, page, settings } = await openApplication(['authorization_code', 'refresh_token'])
    const first = await signIn(page, settings, user)
    expect(first).toMatchObject({ state: 'mine', profile: { sub: user.id, name: 'Browser Person' } })
    expect(first.refresh_token).toMatch(/^authly_rt_/)
    const renewed = await page.evaluate(
      async (input) => ({ ...(await new oidc.UserManager(input).signinSilent()) }) as OidcClientTs.User,
      settings,
    )
    expect(renewed.access_token).not.toBe(first.access_token)
    expect(renewed.refresh_token).not.toBe(first.refresh_token)
    expect(renewed.profile.sub).toBe(user.id)
    await context.close()
  })

  it('renews silently in a hidden frame and stops after sign-out (OIDC Core §3.1.2.1 prompt=none, RP-Initiated Logout)', async () => {
    const user = await addUser()
    const { context, page, settings } = await openApplication(['authorization_code'])
    const first = await signIn(page, settings, user)
    expect(first.refresh_token).toBeUndefined()
    const silently = () =>
      page.evaluate(async (input) => {
        try {
          const renewed = await new oidc.UserManager(input).signinSilent()
          return { sub: renewed?.profile.sub, access_token: renewed?.access_token }
        } catch (error) {
          return { error: (error as { error?: string }).error ?? String(error) }
        }
      }, settings)
    const renewed = await silently()
    expect(renewed).toMatchObject({ sub: user.id })
    expect(renewed.access_token).not.toBe(first.access_token)

    await page.evaluate(
      (input) => void new oidc.UserManager(input).signoutRedirect({ state: 'out' }),
      settings,
    )
    await page.waitForURL(`${spa.origin}/bye**`)
    const ended = await page.evaluate(
      (input) => new oidc.UserManager(input).signoutRedirectCallback(),
      settings,
    )
    expect(ended).toMatchObject({ userState: 'out' })
    expect(await silently()).toEqual({ error: 'login_required' })
    await context.close()
  })
})
