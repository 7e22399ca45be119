/**
 * Pages that are not what they were, and browsers that are not what one hopes for: two tabs, the back button, a reload
 * after a form was sent, an expired page, no cookies, a wrong clock. For each factor the person ends on a clear page with
 * the way on, after two redirects at most.
 */
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createRootSecret } from '../../src/kit/root-secret.ts'
import type { SeededUser } from '../conformance/seed.ts'
import { type Authenticator, addAuthenticator, syncPasskeys } from './authenticator.ts'
import { type AuthenticatorApp, scan } from './authenticator-app.ts'
import { hasChromium, launchBlockingCookies } from './chromium.ts'
import { mostRedirects, type Navigations, watchNavigations } from './redirects.ts'
import { openStage, type Stage } from './stage.ts'

const rootSecret = randomBytes(32).toString('base64url')
const root = createRootSecret(rootSecret)
const ways = ['password', 'totp', 'passkey'] as const
type Way = (typeof ways)[number]

/** What the hidden fields of a form carry sealed, and what for. */
const sealedFields = { sign_in: 'sign-in progress', interaction: 'interaction' } as const

describe.runIf(hasChromium)('pages that are not what they were', () => {
  let stage: Stage
  let client: string
  beforeAll(async () => {
    stage = await openStage({
      settings: { 'sign_in.promote_passkeys': false },
      vars: { AUTHLY_ROOT_SECRET: rootSecret },
    })
    // Of the house: the sign-in alone leads to it.
    client = await stage.addApplication('House Planner', undefined, { first_party: true })
  })
  afterAll(() => stage?.close())

  const opened: BrowserContext[] = []
  const watched: Navigations[] = []
  afterEach(async () => {
    const found = watched.splice(0)
    await Promise.all(opened.splice(0).map((context) => context.close()))
    expect(
      found.flatMap(({ tooLong }) => tooLong),
      `more than ${mostRedirects} redirects`,
    ).toEqual([])
    expect(found.every(({ count }) => count > 0)).toBe(true)
  })

  const heading = (page: Page, name: string) => page.getByRole('heading', { name }).waitFor()
  const goOn = (page: Page, name: string) => page.getByRole('link', { name }).click()
  const field = { password: 'Password', totp: 'Code from the app' } as const
  const action = { password: 'Sign in', totp: 'Continue', passkey: 'Use a passkey' } as const

  /** At the application, with a code. */
  async function isHome(page: Page): Promise<void> {
    await page.waitForURL((url) => url.origin === stage.application.home)
    expect(new URL(page.url()).searchParams.get('code')).toBeTruthy()
  }

  /** Nothing goes on by itself from here: no loop that is driven by a page. */
  async function isAtRest(page: Page): Promise<void> {
    const navigations = watchNavigations(page, stage.issuer)
    await page.waitForTimeout(150)
    expect(navigations.count).toBe(0)
  }

  async function openTab(context: BrowserContext): Promise<Page> {
    const page = await context.newPage()
    page.setDefaultTimeout(15_000)
    watched.push(watchNavigations(page, stage.issuer))
    // Virtual authenticators answer the autofill at once.
    await page.addInitScript(() => {
      PublicKeyCredential.isConditionalMediationAvailable = async () => false
    })
    return page
  }

  /** Somebody in a browser of their own, who signs in in this way. */
  class Walker {
    readonly way: Way
    readonly person: SeededUser
    readonly page: Page
    readonly app: AuthenticatorApp | undefined
    readonly authenticator: Authenticator | undefined

    constructor(
      way: Way,
      person: SeededUser,
      page: Page,
      factor: { app?: AuthenticatorApp | undefined; authenticator?: Authenticator | undefined } = {},
    ) {
      this.way = way
      this.person = person
      this.page = page
      this.app = factor.app
      this.authenticator = factor.authenticator
    }

    static async start(way: Way): Promise<Walker> {
      const person = await stage.seed.addUser()
      const context = await stage.browser.newContext({ locale: 'en-US' })
      opened.push(context)
      const page = await openTab(context)
      if (way === 'password') return new Walker(way, person, page)
      const authenticator = way === 'passkey' ? await addAuthenticator(page, 'platform') : undefined
      await page.goto(`${stage.issuer}/login`)
      await typeName(page, person)
      await provePassword(page, person)
      await page.waitForURL('**/account')
      let app: AuthenticatorApp | undefined
      if (way === 'passkey') {
        await page.goto(`${stage.issuer}/account/passkeys`)
        await page.getByRole('button', { name: 'Create a passkey' }).click()
        // Where one was used it is a page of its own, before the password.
        await context.addCookies([{ name: 'authly_used_passkey', value: 'yes', url: stage.issuer }])
      } else {
        await page.goto(`${stage.issuer}/account/one-time-passwords/add`)
        app = await scan(page)
        await page.getByLabel(field.totp).fill(await app.nextCode())
        await page.getByRole('button', { name: 'Confirm' }).click()
      }
      await page.waitForURL('**/account/security?done=*')
      // The session is over.
      await context.clearCookies({ name: 'authly_session' })
      return new Walker(way, person, page, { app, authenticator })
    }

    /** Virtual authenticators are plugged into one tab: another one gets what the first has now, its counter too. */
    async plugInto(page: Page): Promise<void> {
      if (this.authenticator) await syncPasskeys(this.authenticator, await addAuthenticator(page, 'platform'))
    }

    /** To the page of the factor. */
    async reach(page = this.page): Promise<void> {
      await page.goto(stage.authorizeUrl(client))
      await this.reachFromStart(page)
    }

    async reachFromStart(page = this.page): Promise<void> {
      await typeName(page, this.person)
      if (this.way === 'totp') await provePassword(page, this.person)
      await this.isAtFactor(page)
    }

    async isAtFactor(page = this.page): Promise<void> {
      if (this.way === 'passkey') await heading(page, 'Use your passkey')
      else await page.getByLabel(field[this.way], { exact: true }).waitFor()
    }

    async prove(page = this.page): Promise<void> {
      if (this.way === 'password') await provePassword(page, this.person)
      else if (this.app) await typeCode(page, await this.app.nextCode())
      else await page.getByRole('button', { name: action.passkey }).click()
    }

    /** Sends something that is wrong, until what is returned is called. */
    async fail(page = this.page): Promise<() => Promise<void>> {
      if (this.way === 'passkey') {
        await page.route('**/login', (route) => {
          const postData = withWrongSignature(route.request().postData() ?? '')
          return route.continue({ postData })
        })
        await page.getByRole('button', { name: action.passkey }).click()
      } else if (this.way === 'totp') await typeCode(page, '000000')
      else {
        await page.getByLabel(field.password, { exact: true }).fill('not the password')
        await page.getByRole('button', { name: action.password, exact: true }).click()
      }
      return () => page.unroute('**/login')
    }
  }

  async function typeName(page: Page, { username }: SeededUser): Promise<void> {
    await page.getByLabel('Email address or username').fill(username)
    await page.getByRole('button', { name: 'Continue', exact: true }).click()
  }

  async function provePassword(page: Page, { password }: SeededUser): Promise<void> {
    await page.getByLabel(field.password, { exact: true }).fill(password)
    await page.getByRole('button', { name: action.password, exact: true }).click()
  }

  async function typeCode(page: Page, code: string): Promise<void> {
    await page.getByLabel(field.totp).fill(code)
    await page.getByRole('button', { name: action.totp, exact: true }).click()
  }

  function withWrongSignature(postData: string): string {
    const form = new URLSearchParams(postData)
    const credential = JSON.parse(form.get('credential') ?? '{}')
    credential.response.signature = Buffer.alloc(70, 1).toString('base64url')
    form.set('credential', JSON.stringify(credential))
    return form.toString()
  }

  /** Lets what the page carries sealed expire, as if it had been left open. */
  async function expire(page: Page, name: keyof typeof sealedFields): Promise<void> {
    for (const input of await page.locator(`input[name=${name}]`).all()) {
      const contents = JSON.parse((await root.open(sealedFields[name], await input.inputValue())) as string)
      expect(contents.expires_at).toBeGreaterThan(Date.now())
      const expired = await root.seal(
        sealedFields[name],
        JSON.stringify({ ...contents, expires_at: Date.now() - 1000 }),
      )
      await input.evaluate((element: HTMLInputElement, value) => {
        element.value = value
      }, expired)
    }
  }

  describe.each(ways)('%s', (way) => {
    test('two tabs both sign in, and the back button from the application leads on', async () => {
      const walker = await Walker.start(way)
      const { page } = walker
      const second = await openTab(page.context())
      await walker.reach()
      await walker.reach(second)
      await walker.prove()
      await isHome(page)
      await walker.plugInto(second)
      await walker.prove(second)
      await isHome(second)
      // What is behind is over, and says so.
      await page.goBack()
      await heading(page, 'This sign-in is finished')
      await isAtRest(page)
      await goOn(page, 'Start again')
      await isHome(page)
      await second.goBack()
      await second.reload()
      await heading(second, 'This sign-in is finished')
    })

    test('the page before is taken again; what is wrong is said, after a reload too, and what is right is accepted', async () => {
      const walker = await Walker.start(way)
      const { page } = walker
      await walker.reach()
      await page.goBack()
      await isAtRest(page)
      if (way === 'totp') await provePassword(page, walker.person)
      else await typeName(page, walker.person)
      await walker.isAtFactor()
      const stop = await walker.fail()
      await page.getByRole('alert').first().waitFor()
      // Sends the form again.
      await page.reload()
      await page.getByRole('alert').first().waitFor()
      await isAtRest(page)
      await stop()
      await walker.prove()
      await isHome(page)
    })

    test('a page that was left open for too long: the sign-in, or what the application asked for', async () => {
      const walker = await Walker.start(way)
      const { page } = walker
      await walker.reach()
      await expire(page, 'interaction')
      await walker.prove()
      await heading(page, 'This sign-in has expired')
      await isAtRest(page)
      await goOn(page, 'Start again')
      await walker.reachFromStart()
      await expire(page, 'sign_in')
      await walker.prove()
      if (way === 'passkey') {
        // The challenge has ended with it.
        await page.getByRole('alert').first().waitFor()
        await isAtRest(page)
        await walker.prove()
      }
      await isHome(page)
    })

    test('cookies that are gone are said, with a way on that works once they are back', async () => {
      const walker = await Walker.start(way)
      const { page } = walker
      await walker.reach()
      await page.context().clearCookies()
      await walker.prove()
      await page.getByText('Your browser sent no cookie').waitFor()
      await isAtRest(page)
      await goOn(page, 'Go to your account')
      await typeName(page, walker.person)
      await provePassword(page, walker.person)
      if (way === 'totp') await walker.prove()
      await page.waitForURL('**/account')
    })

    test('a device whose clock is ten minutes off signs in', async () => {
      const minutes = way === 'totp' ? -10 : 10
      const walker = await Walker.start(way)
      const { page } = walker
      const expires: string[] = []
      page.on('response', async (response) => {
        for (const { name, value } of await response.headersArray()) {
          if (name.toLowerCase() === 'set-cookie' && /expires=/i.test(value)) expires.push(value)
        }
      })
      await page.clock.install({ time: Date.now() + minutes * 60_000 })
      await walker.reach()
      expect(Math.abs((await page.evaluate(() => Date.now())) - Date.now())).toBeGreaterThan(9 * 60_000)
      if (walker.app) {
        // The codes of such a device are wrong, and the page says why that may be.
        for (const off of [minutes, -minutes]) {
          await typeCode(page, walker.app.codeAt(off * 60_000))
          expect(await page.getByRole('alert').textContent()).toContain(
            'check that the clock of your device is right',
          )
        }
      }
      await walker.prove()
      await isHome(page)
      // A date would be compared with the wrong clock; an age is not.
      expect(expires).toEqual([])
    })
  })

  test('a sign-in that was ended from elsewhere says so, and begins again', async () => {
    const walker = await Walker.start('totp')
    const { page } = walker
    await walker.reach()
    const elsewhere = await openTab(await stage.browser.newContext({ locale: 'en-US' }))
    opened.push(elsewhere.context())
    await elsewhere.goto(`${stage.issuer}/login`)
    await typeName(elsewhere, walker.person)
    await provePassword(elsewhere, walker.person)
    await walker.prove(elsewhere)
    await elsewhere.getByRole('link', { name: 'Sessions and devices' }).click()
    await elsewhere.getByRole('button', { name: 'Sign out everywhere else' }).click()
    await elsewhere.getByText('signed out everywhere else').waitFor()
    await walker.prove()
    await heading(page, 'This sign-in has expired')
    await isAtRest(page)
    await goOn(page, 'Start again')
    await walker.reachFromStart()
    await walker.prove()
    await isHome(page)
  })

  test('a browser that blocks all cookies is told so, however often it tries', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'authly-no-cookies-'))
    const context = await launchBlockingCookies(folder)
    try {
      const page = await openTab(context)
      await page.goto(stage.authorizeUrl(client))
      await page.getByText('Your browser sent no cookie').waitFor()
      await isAtRest(page)
      await goOn(page, 'Go to your account')
      await page.getByLabel('Email address or username').fill('somebody')
      await page.getByRole('button', { name: 'Continue', exact: true }).click()
      await page.getByText('Your browser sent no cookie').waitFor()
      await goOn(page, 'Open the form again')
      await page.getByText('Your browser sent no cookie').waitFor()
      await isAtRest(page)
      await goOn(page, 'Start again')
      await page.getByLabel('Email address or username').waitFor()
      expect(await context.cookies()).toEqual([])
      await page.goto(`${stage.issuer}/account/passkeys`)
      await heading(page, 'Sign in')
      await isAtRest(page)
    } finally {
      await context.close()
      await rm(folder, { recursive: true, force: true })
    }
  })
})
