/** The hosted pages as a person meets them in Chromium. */
import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addAuthenticator } from './authenticator.ts'
import { hasChromium } from './chromium.ts'
import { invite } from './invite.ts'
import { openStage, type Stage } from './stage.ts'

const newPassword = 'orbit kettle purple seven'

describe.runIf(hasChromium)('the hosted pages in Chromium', () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await openStage()
  })
  afterAll(() => stage?.close())

  async function openPage(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await stage.browser.newContext({ locale: 'en-US', ...options })
    const page = await context.newPage()
    page.setDefaultTimeout(15_000)
    return page
  }

  async function nameAccount(page: Page, identifier: string) {
    await page.getByLabel('Email address or username').fill(identifier)
    await page.getByRole('button', { name: 'Continue' }).click()
  }

  async function fillIn(page: Page, identifier: string, password: string) {
    await nameAccount(page, identifier)
    await page.getByLabel('Password', { exact: true }).fill(password)
    await page.getByRole('button', { name: 'Sign in' }).click()
  }

  const isHome = (url: URL) => url.href.startsWith(`${stage.application.home}/welcome`)

  test('without JavaScript: sign-in, forced password change, consent, and home over two redirects to other origins (CSP form-action)', async () => {
    const person = await stage.seed.addUser({ mustChangePassword: true })
    const client = await stage.addApplication('Garden Planner')
    const page = await openPage({ javaScriptEnabled: false })
    await page.goto(stage.authorizeUrl(client))
    expect(await page.getByText('to continue to').textContent()).toContain('Garden Planner')
    await fillIn(page, person.username, person.password)

    await page.getByRole('heading', { name: 'Change your password' }).waitFor()
    // Typed a moment ago, so not asked for again.
    expect(await page.getByLabel('Current password').count()).toBe(0)
    expect(await page.getByLabel('Account').inputValue()).toContain(person.username)
    await page.getByLabel('New password', { exact: true }).fill(newPassword)
    await page.getByLabel('New password again').fill(newPassword)
    await page.getByRole('button', { name: 'Change password' }).click()

    await page.getByRole('heading', { name: /asks for access/ }).waitFor()
    expect(await page.getByRole('listitem').allTextContents()).toContain('See your email address')
    await page.getByRole('button', { name: 'Allow' }).click()
    await page.waitForURL(isHome)
    const parameters = new URL(page.url()).searchParams
    expect(parameters.get('code')).toBeTruthy()
    expect(parameters.get('state')).toBe('from-the-application')

    await page.goto(`${stage.issuer}/account`)
    await page.getByRole('link', { name: 'Sign out' }).click()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'You are signed out' }).waitFor()
    await page.goto(`${stage.issuer}/account`)
    expect(new URL(page.url()).pathname).toBe('/login')
    await page.context().close()
  })

  test('denying returns to the application, which learns it', async () => {
    const person = await stage.seed.addUser()
    const client = await stage.addApplication('Garden Planner')
    const page = await openPage()
    await page.goto(stage.authorizeUrl(client))
    await fillIn(page, person.username, person.password)
    await page.getByRole('button', { name: 'Deny' }).click()
    await page.waitForURL(isHome)
    expect(new URL(page.url()).searchParams.get('error')).toBe('access_denied')
    await page.context().close()
  })

  test('a native application’s own scheme may be left for: no form-action violation (RFC 8252 §7.1)', async () => {
    const person = await stage.seed.addUser()
    const redirectUri = 'com.example.garden:/cb'
    const client = await stage.addApplication('Garden Planner', redirectUri)
    const page = await openPage()
    const complaints: string[] = []
    page.on('console', (message) => complaints.push(message.text()))
    await page.goto(stage.authorizeUrl(client, { redirect_uri: redirectUri }))
    await fillIn(page, person.username, person.password)
    const answer = page.waitForResponse(
      (response) => response.headers()['location']?.startsWith(redirectUri) === true,
    )
    await page.getByRole('button', { name: 'Allow' }).click()
    expect((await answer).status()).toBe(303)
    expect(complaints.filter((text) => /content security policy|form-action/i.test(text))).toEqual([])
    await page.context().close()
  })

  test('with the keyboard alone, and the focus always visible (WCAG 2.1.1, 2.4.7)', async () => {
    const person = await stage.seed.addUser()
    const client = await stage.addApplication('Garden Planner')
    const page = await openPage()
    await page.goto(stage.authorizeUrl(client))
    const focused = () =>
      page.evaluate(() => {
        const element = document.activeElement as HTMLElement
        const { outlineStyle, outlineWidth } = getComputedStyle(element)
        return { id: element.id || element.textContent, outline: `${outlineStyle} ${outlineWidth}` }
      })
    expect(await focused()).toEqual({ id: 'identifier', outline: 'solid 2px' })
    await page.keyboard.type(person.username)
    await page.keyboard.press('Enter')
    await page.locator('#password').waitFor()
    expect(await focused()).toEqual({ id: 'password', outline: 'solid 2px' })
    await page.keyboard.type(person.password)
    await page.keyboard.press('Enter')

    await page.getByRole('heading', { name: /asks for access/ }).waitFor()
    await page.keyboard.press('Tab')
    expect(await focused()).toEqual({ id: 'Skip to content', outline: 'solid 2px' })
    await page.keyboard.press('Enter')
    await page.keyboard.press('Tab')
    expect(await focused()).toEqual({ id: 'Use another account', outline: 'solid 2px' })
    await page.keyboard.press('Tab')
    expect(await focused()).toEqual({ id: 'Allow', outline: 'solid 2px' })
    await page.keyboard.press('Enter')
    await page.waitForURL(isHome)
    await page.context().close()
  })

  test('a wrong password is announced, focused and linked; the name stays, the password does not (WCAG 3.3.1)', async () => {
    const person = await stage.seed.addUser()
    const page = await openPage()
    await page.goto(`${stage.issuer}/login`)
    await fillIn(page, person.username, 'not the password')
    const alert = page.getByRole('alert')
    expect(await alert.textContent()).toContain('not correct')
    expect(await page.title()).toMatch(/^There is a problem/)
    expect(await alert.evaluate((element) => element === document.activeElement)).toBe(true)
    expect(await page.getByLabel('Account').inputValue()).toContain(person.username)
    expect(await page.locator('#password').inputValue()).toBe('')
    await page.context().close()
  })

  test('an invited person chooses a password, once, and signs in with it', async () => {
    const email = 'invited@example.test'
    const link = await invite(stage, email)
    const page = await openPage()
    await page.goto(link)
    expect(await page.getByRole('heading').textContent()).toBe('Welcome')
    await page.getByText('Use a password instead').click()
    await page.getByLabel('New password', { exact: true }).fill('orbit kettle purple seven')
    await page.getByLabel('New password again').fill('orbit kettle purple seven')
    await page.getByRole('button', { name: 'Save password' }).click()
    expect(await page.getByRole('status').textContent()).toContain('Your password has been saved')
    await fillIn(page, email, 'orbit kettle purple seven')
    await page.waitForURL('**/account')
    await page.goto(link)
    expect(await page.getByRole('heading').textContent()).toBe('This link no longer works')
    await page.context().close()
  })

  test('an invited person makes a passkey instead, and signs in with it', async () => {
    const email = 'invited.with.passkey@example.test'
    const link = await invite(stage, email)
    const page = await openPage()
    await addAuthenticator(page, 'platform')
    await page.goto(link)
    await page.getByRole('button', { name: 'Create a passkey' }).click()
    // The sign-in page that follows offers it by itself, and this authenticator agrees.
    await page.waitForURL('**/account')
    await page.getByText(email).first().waitFor()
    await page.context().close()
  })

  test('a refused new password is said at its field', async () => {
    const person = await stage.seed.addUser()
    const page = await openPage()
    await page.goto(`${stage.issuer}/login`)
    await fillIn(page, person.username, person.password)
    await page.getByRole('link', { name: 'Security' }).click()
    await page.getByRole('link', { name: 'Change your password' }).click()
    await page.getByLabel('Current password').fill(person.password)
    await page.getByLabel('New password', { exact: true }).fill('password1234')
    await page.getByLabel('New password again').fill('password1234')
    await page.getByRole('button', { name: 'Change password' }).click()
    const field = page.getByLabel('New password', { exact: true })
    expect(await field.getAttribute('aria-invalid')).toBe('true')
    await page.getByRole('alert').getByRole('link').click()
    expect(await field.evaluate((element) => element === document.activeElement)).toBe(true)
    await page.context().close()
  })

  test('the account page ends the session of another browser', async () => {
    const person = await stage.seed.addUser()
    const [here, there] = [await openPage(), await openPage({ locale: 'de-DE' })]
    await here.goto(`${stage.issuer}/login`)
    await fillIn(here, person.username, person.password)
    await there.goto(`${stage.issuer}/login`)
    await there.getByLabel('E-Mail-Adresse oder Benutzername').fill(person.username)
    await there.getByRole('button', { name: 'Weiter' }).click()
    await there.getByLabel('Passwort', { exact: true }).fill(person.password)
    await there.getByRole('button', { name: 'Anmelden' }).click()
    await there.getByRole('heading', { name: 'Ihr Konto' }).waitFor()
    await here.goto(`${stage.issuer}/account/sessions`)
    await here.getByRole('button', { name: /^Sign out .*Chrome, Linux/ }).click()
    await here.getByRole('status').waitFor()
    await there.reload()
    expect(new URL(there.url()).pathname).toBe('/login')
    await Promise.all([here, there].map((page) => page.context().close()))
  })

  test('a sign-in in a pop-up keeps the window that opened it (no Cross-Origin-Opener-Policy)', async () => {
    const person = await stage.seed.addUser()
    const client = await stage.addApplication('Garden Planner')
    const page = await openPage()
    stage.application.serve('/welcome', '<script>opener.postMessage(location.search, "*"); close()</script>')
    const url = stage.application.serve('/popup', '<!doctype html><title>App</title>')
    await page.goto(url)
    const opened = page.waitForEvent('popup')
    await page.evaluate(
      (target) => {
        const received = new Promise((resolve) => addEventListener('message', ({ data }) => resolve(data)))
        Object.assign(globalThis, { received })
        open(target, 'sign-in', 'width=480,height=640')
      },
      stage.authorizeUrl(client, { display: 'popup' }),
    )
    const popup = await opened
    await fillIn(popup, person.username, person.password)
    await popup.getByRole('button', { name: 'Allow' }).click()
    const answer = await page.evaluate(
      () => (globalThis as unknown as { received: Promise<string> }).received,
    )
    expect(answer).toContain('code=')
    await page.context().close()
  })

  test('another site can neither frame the pages nor post their forms (clickjacking, CSRF)', async () => {
    const person = await stage.seed.addUser()
    const page = await openPage()
    await page.goto(`${stage.issuer}/login`)
    await fillIn(page, person.username, person.password)
    await page.getByRole('heading', { name: 'Your account' }).waitFor()

    const framing = stage.application.serve('/frame', `<iframe src="${stage.issuer}/account"></iframe>`)
    const refusals: string[] = []
    page.on('console', (message) => refusals.push(message.text()))
    await page.goto(framing)
    await expect.poll(() => refusals.join()).toContain('frame-ancestors')

    const posting = stage.application.serve(
      '/post',
      `<form method="post" action="${stage.issuer}/logout"><button>Win a prize</button></form>`,
    )
    await page.goto(posting)
    await page.getByRole('button').click()
    await page.getByText('not sent from our own pages').waitFor()
    await page.goto(`${stage.issuer}/account`)
    await page.getByRole('heading', { name: 'Your account' }).waitFor()
    await page.context().close()
  })

  test('back after signing out shows nothing of the account (Cache-Control: no-store)', async () => {
    const person = await stage.seed.addUser()
    const page = await openPage()
    await page.goto(`${stage.issuer}/login`)
    await fillIn(page, person.username, person.password)
    await page.getByRole('heading', { name: 'Your account' }).waitFor()
    await page.goto(`${stage.issuer}/logout`)
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'You are signed out' }).waitFor()
    await page.goBack()
    await page.goBack()
    expect(await page.content()).not.toContain(person.username)
    await page.context().close()
  })

  test('tabs opened at one moment in a fresh browser all go on, and one sign-in is enough for the others', async () => {
    const person = await stage.seed.addUser()
    const client = await stage.addApplication('Garden Planner')
    const context = await stage.browser.newContext({ locale: 'en-US' })
    const tabs = await Promise.all(Array.from({ length: 8 }, () => context.newPage()))
    await Promise.all(tabs.map((tab) => tab.goto(stage.authorizeUrl(client))))
    for (const tab of tabs) expect(await tab.getByRole('heading').textContent()).toBe('Sign in')
    // One with the password, whichever cookie came last; the others by their next step or a reload.
    for (const [index, tab] of tabs.entries()) {
      if (index === 0) await fillIn(tab, person.username, person.password)
      else if (index < 4) await nameAccount(tab, person.username)
      else await tab.reload()
      await tab.getByRole('button', { name: 'Allow' }).click()
      await tab.waitForURL(isHome)
      expect(new URL(tab.url()).searchParams.get('code')).toBeTruthy()
    }
    // Back from the application: a page with a way on, and no loop.
    const [tab] = tabs as [Page]
    await tab.goBack()
    await tab.getByRole('button', { name: 'Allow' }).click()
    await tab.getByRole('heading', { name: 'This sign-in is finished' }).waitFor()
    await tab.getByRole('link', { name: 'Start again' }).click()
    await tab.getByRole('button', { name: 'Allow' }).click()
    await tab.waitForURL(isHome)
    await context.close()
  })

  test('a browser that keeps no cookies is told so', async () => {
    const client = await stage.addApplication('Garden Planner')
    const page = await openPage()
    await page.goto(stage.authorizeUrl(client))
    await page.context().clearCookies()
    await page.reload()
    await page.getByText('Your browser sent no cookie').waitFor()
    await page.goto(`${stage.issuer}/login`)
    await page.context().clearCookies()
    await nameAccount(page, 'somebody')
    await page.getByText('Your browser sent no cookie').waitFor()
    await page.context().close()
  })
})
