/** Second factors in Chromium with JavaScript switched off: set up, used, remembered, demanded, lost, removed. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SeededUser } from '../conformance/seed.ts'
import { type AuthenticatorApp, scan } from './authenticator-app.ts'
import { hasChromium } from './chromium.ts'
import { openStage, type Stage } from './stage.ts'

const mfa = 'urn:authly:acr:mfa'

describe.runIf(hasChromium)('second factors in Chromium, without JavaScript', () => {
  let stage: Stage
  beforeAll(async () => {
    stage = await openStage({
      settings: { 'sign_in.remember_device_days': 30, 'sign_in.promote_passkeys': false },
    })
  })
  afterAll(() => stage?.close())

  async function openPage(): Promise<Page> {
    const context = await stage.browser.newContext({ locale: 'en-US', javaScriptEnabled: false })
    const page = await context.newPage()
    page.setDefaultTimeout(15_000)
    return page
  }

  const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).click()
  const heading = (page: Page, name: string) => page.getByRole('heading', { name }).waitFor()
  const section = (page: Page, name: string) =>
    page.locator('section', { has: page.getByRole('heading', { name, exact: true }) })

  /** From the first page of a sign-in. */
  async function typePassword(page: Page, { username, password }: SeededUser): Promise<void> {
    await page.getByLabel('Email address or username').fill(username)
    await page.getByRole('button', { name: 'Continue', exact: true }).click()
    await page.getByLabel('Password', { exact: true }).fill(password)
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  }

  /** On the page that asks for a code. */
  async function typeCode(page: Page, code: string): Promise<void> {
    await page.getByLabel('Code from the app').fill(code)
    await page.getByRole('button', { name: 'Continue', exact: true }).click()
  }

  async function typeRecoveryCode(page: Page, code: string): Promise<void> {
    await page.getByRole('link', { name: 'Use a recovery code' }).click()
    await heading(page, 'Enter a recovery code')
    await page.getByLabel('Recovery code', { exact: true }).fill(code)
    await page.getByRole('button', { name: 'Continue', exact: true }).click()
  }

  async function signOut(page: Page): Promise<void> {
    await page.goto(`${stage.issuer}/logout`)
    await press(page, 'Sign out')
    await heading(page, 'You are signed out')
  }

  const shownCodes = (page: Page) => page.locator('ol.codes code').allTextContents()

  /** Somebody who is signed in with the password alone and has just set up an app. */
  async function withApp() {
    const person = await stage.seed.addUser()
    const page = await openPage()
    await page.goto(`${stage.issuer}/login`)
    await typePassword(page, person)
    await page.waitForURL('**/account')
    await page.goto(`${stage.issuer}/account/one-time-passwords/add`)
    const [app, codes] = [await scan(page), await shownCodes(page)]
    await page.getByLabel('Code from the app').fill(await app.nextCode())
    await press(page, 'Confirm')
    await page.getByText('The authenticator app has been added').waitFor()
    return { person, page, app, codes }
  }

  /** Signs in with password and code in a browser that is not asked for the code again. */
  async function remember(page: Page, person: SeededUser, app: AuthenticatorApp): Promise<void> {
    await page.goto(`${stage.issuer}/login`)
    await typePassword(page, person)
    const box = page.getByLabel('Do not ask again on this browser')
    expect(await box.isChecked()).toBe(false)
    await box.check()
    await typeCode(page, await app.nextCode())
    await page.waitForURL('**/account')
  }

  /** What the token endpoint says of the sign-in whose code is in the address of the application. */
  async function claimsOf(page: Page, client_id: string): Promise<Record<string, unknown>> {
    const { id_token } = await stage.redeem(page, client_id)
    return JSON.parse(Buffer.from(id_token.split('.')[1] ?? '', 'base64url').toString())
  }

  test('an app is set up from the account page; its codes and the recovery codes sign in, each once', async () => {
    const person = await stage.seed.addUser()
    const page = await openPage()
    await page.goto(`${stage.issuer}/login`)
    await typePassword(page, person)
    await page.waitForURL('**/account')
    await page.getByRole('link', { name: 'Security' }).click()
    await page.getByRole('link', { name: 'Add an authenticator app' }).click()
    await page.getByRole('link', { name: 'Add an authenticator app' }).click()
    const [app, codes] = [await scan(page), await shownCodes(page)]
    expect(new Set(codes).size).toBe(10)
    const file = await page.getByRole('link', { name: 'Save as a text file' }).getAttribute('href')
    const saved = decodeURIComponent(file ?? '')
    expect(codes.filter((code) => !saved.includes(code))).toEqual([])
    expect(saved).toContain(person.username)
    // A slip of the finger: the app and the paper stay right.
    await page.getByLabel('Code from the app').fill('000000')
    await press(page, 'Confirm')
    expect(await page.getByRole('alert').textContent()).toContain('This code is not correct')
    expect(await shownCodes(page)).toEqual(codes)
    await page.getByLabel('Code from the app').fill(await app.nextCode())
    await page.getByLabel('Name', { exact: true }).fill('Old phone')
    await press(page, 'Confirm')
    await page.getByText('The authenticator app has been added').waitFor()
    expect(await section(page, 'Authenticator apps').textContent()).toContain('Old phone')
    await signOut(page)

    await page.goto(`${stage.issuer}/login`)
    await typePassword(page, person)
    await heading(page, 'Enter the code from your authenticator app')
    const code = await app.nextCode()
    // As apps show it, and people copy it.
    await typeCode(page, `${code.slice(0, 3)} ${code.slice(3)}`)
    await page.waitForURL('**/account')
    await signOut(page)

    await page.goto(`${stage.issuer}/login`)
    await typePassword(page, person)
    await typeCode(page, code)
    expect(await page.getByRole('alert').textContent()).toContain('has been used already')
    await typeRecoveryCode(page, (codes[3] ?? '').toLowerCase())
    await page.waitForURL('**/account')
    await page.goto(`${stage.issuer}/account/security`)
    const left = await section(page, 'Recovery codes').textContent()
    expect(left).toContain('Unused codes: 9')
    expect(left).toContain('If it was not you')
    await signOut(page)

    await page.goto(`${stage.issuer}/login`)
    await typePassword(page, person)
    await typeRecoveryCode(page, codes[3] ?? '')
    expect(await page.getByRole('alert').textContent()).toContain('was used already')
    await page.getByRole('link', { name: 'Use an authenticator app' }).click()
    await typeCode(page, await app.nextCode())
    await page.waitForURL('**/account')
    await page.context().close()
  })

  test('a remembered browser is asked for the code again only when it matters, and after it is told to', async () => {
    const { person, page: other, app } = await withApp()
    const page = await openPage()
    await remember(page, person, app)
    await signOut(page)
    await page.goto(`${stage.issuer}/login`)
    await typePassword(page, person)
    await page.waitForURL('**/account')
    await page.goto(`${stage.issuer}/account/sessions`)
    expect(await section(page, 'Browsers that are not asked again').textContent()).toContain('Chrome')
    // Being remembered proves nothing: a request for two factors gets two, and only what is missing is asked for.
    const client = await stage.addApplication('Garden Planner')
    await page.goto(stage.authorizeUrl(client, { acr_values: mfa }))
    await heading(page, 'Enter the code from your authenticator app')
    await typeCode(page, await app.nextCode())
    await press(page, 'Allow')
    expect(await claimsOf(page, client)).toMatchObject({
      acr: mfa,
      amr: expect.arrayContaining(['pwd', 'otp', 'mfa']),
    })
    // Forgotten from another browser, which is signed in.
    await other.goto(`${stage.issuer}/account/sessions`)
    await press(other, /^Ask again/)
    await other.getByText('is asked for the second step again').waitFor()
    await signOut(page)
    await page.goto(`${stage.issuer}/login`)
    await typePassword(page, person)
    await heading(page, 'Enter the code from your authenticator app')
    await Promise.all([page, other].map((one) => one.context().close()))
  })

  test('step-up by acr_values asks for the code alone; what the account cannot reach is let go', async () => {
    const { page, app } = await withApp()
    // Of the house, so that no page but those of the sign-in is shown.
    const client = await stage.addApplication('House Planner', undefined, { first_party: true })
    // This session began before there was an app.
    await page.goto(stage.authorizeUrl(client))
    expect(await claimsOf(page, client)).toMatchObject({ acr: 'urn:authly:acr:pwd', amr: ['pwd'] })
    await page.goto(stage.authorizeUrl(client, { acr_values: mfa }))
    await heading(page, 'Enter the code from your authenticator app')
    expect(await page.getByLabel('Password', { exact: true }).count()).toBe(0)
    await typeCode(page, await app.nextCode())
    expect(await claimsOf(page, client)).toMatchObject({ acr: mfa })
    // Strong enough already, and stronger than this account can be: no page at all.
    for (const acr_values of [mfa, 'phrh']) {
      await page.goto(stage.authorizeUrl(client, { acr_values }))
      expect(await claimsOf(page, client)).toMatchObject({ acr: mfa })
    }
    await page.context().close()
  })

  test('who has no second factor sets one up where a client demands it, and goes on to the application', async () => {
    const person = await stage.seed.addUser()
    const client = await stage.addApplication('Garden Planner')
    await stage.seed.database.query('UPDATE clients SET required_acr_values = $2 WHERE client_id = $1', [
      client,
      [mfa],
    ])
    const page = await openPage()
    await page.goto(stage.authorizeUrl(client))
    await typePassword(page, person)
    await heading(page, 'Set up a second factor')
    // The better way comes first, and needs JavaScript.
    await page.getByText('Use an authenticator app instead').click()
    const [app, codes] = [await scan(page), await shownCodes(page)]
    await page.getByLabel('Code from the app').fill('000000')
    await press(page, 'Confirm')
    expect(await page.getByRole('alert').textContent()).toContain(
      'check that the clock of your device is right',
    )
    // Sends the wrong code again.
    await page.reload()
    await page.getByRole('alert').waitFor()
    expect(await shownCodes(page)).toEqual(codes)
    await page.getByLabel('Code from the app').fill(await app.nextCode())
    await press(page, 'Confirm')
    await press(page, 'Allow')
    expect(await claimsOf(page, client)).toMatchObject({ acr: mfa })
    await page.goto(`${stage.issuer}/account/security`)
    expect(await section(page, 'Recovery codes').textContent()).toContain('Unused codes: 10')

    const elsewhere = await openPage()
    await elsewhere.goto(stage.authorizeUrl(client))
    await typePassword(elsewhere, person)
    await typeCode(elsewhere, await app.nextCode())
    await press(elsewhere, 'Allow')
    expect(await claimsOf(elsewhere, client)).toMatchObject({ acr: mfa })
    const third = await openPage()
    await third.goto(stage.authorizeUrl(client))
    await typePassword(third, person)
    await typeRecoveryCode(third, codes[0] ?? '')
    await press(third, 'Allow')
    await third.waitForURL((url) => url.origin === stage.application.home)
    await Promise.all([page, elsewhere, third].map((one) => one.context().close()))
  })

  test('an app is removed after its code was entered once more; then the password is enough, and recovery codes are gone', async () => {
    const { person, page, app } = await withApp()
    // This session is not as strong as the account has become.
    await page.getByRole('link', { name: 'Manage' }).first().click()
    await heading(page, 'Enter the code from your authenticator app')
    await typeCode(page, await app.nextCode())
    await heading(page, 'Authenticator apps')
    await press(page, /^Remove/)
    await page.getByText('The authenticator app has been removed').waitFor()
    expect(await page.getByRole('heading', { name: 'Recovery codes' }).count()).toBe(0)
    await signOut(page)
    await page.goto(`${stage.issuer}/login`)
    await typePassword(page, person)
    await page.waitForURL('**/account')
    await page.context().close()
  })

  test('somebody who knows the password alone gets no further: five wrong codes end the sign-in', async () => {
    const { person, page: owner } = await withApp()
    const page = await openPage()
    await page.goto(`${stage.issuer}/account/one-time-passwords`)
    await typePassword(page, person)
    for (let attempt = 0; attempt < 5; attempt += 1) await typeCode(page, '000000')
    await heading(page, 'This sign-in has expired')
    await page.getByRole('link', { name: 'Start again' }).click()
    await heading(page, 'Sign in')
    await Promise.all([page, owner].map((one) => one.context().close()))
  })
})
