/** The demo application in Chromium, from the first page to the end of the session, and what strangers try on it. */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { request as rawRequest } from 'node:http'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, inject, test } from 'vitest'
import type { ServedDemo } from '../../scripts/demo/serve-demo.ts'
import { startDemo } from '../../scripts/demo/start-demo.ts'
import { findFreePort } from '../../scripts/process/free-port.ts'
import { demoResource, type SeededUser } from '../conformance/seed.ts'
import { scan } from './authenticator-app.ts'
import { checkLook } from './check-look.ts'
import { hasChromium } from './chromium.ts'
import { openStage, type Stage } from './stage.ts'

/** Long enough to get from a sign-in to a button, short enough to wait for. */
const freshSeconds = 15
const program = fileURLToPath(new URL('../../cli/authly.mjs', import.meta.url))

describe.runIf(hasChromium)('the demo application in Chromium', () => {
  let stage: Stage
  let demo: ServedDemo
  let ada: SeededUser
  beforeAll(async () => {
    const port = await findFreePort()
    stage = await openStage()
    const origin = `http://localhost:${port}`
    const clientId = await stage.addApplication('Authly demo', `${origin}/callback`, {
      ...{ application_type: 'web', dpop_bound_access_tokens: true, access_token_ttl_seconds: 60 },
      post_logout_redirect_uris: [`${origin}/`],
      scopes: ['openid', 'profile', 'email', 'demo:read', 'demo:write'],
    })
    ada = await stage.seed.addUser({ profile: { name: 'Ada Lovelace' } })
    demo = await startDemo({
      ...{ issuer: stage.issuer, clientId, audience: demoResource, port, freshSeconds },
      clockToleranceSeconds: 0,
    })
  })
  afterAll(async () => {
    await demo?.stop()
    await stage?.close()
  })

  /** Errors of scripts, and what the page's policy forbade. */
  const faults: string[] = []
  afterEach(() => {
    expect(faults.splice(0)).toEqual([])
  })

  async function openPage(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await stage.browser.newContext({ locale: 'en-US', ...options })
    const page = await context.newPage()
    page.setDefaultTimeout(20_000)
    page.on('pageerror', (error) => faults.push(error.message))
    page.on(
      'console',
      (message) => message.text().includes('Content Security') && faults.push(message.text()),
    )
    await page.goto(demo.origin)
    await page.locator('main:not(.loading)').waitFor()
    return page
  }

  async function fillIn(page: Page): Promise<void> {
    await page.getByLabel('Email address or username').fill(ada.username)
    await page.getByRole('button', { name: 'Continue' }).click()
    await page.getByLabel('Password', { exact: true }).fill(ada.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
  }

  async function signIn(page: Page): Promise<void> {
    await page.getByRole('button', { name: 'Sign in' }).click()
    await fillIn(page)
    await allow(page)
  }

  const hello = (page: Page) => page.getByRole('heading', { name: 'Hello, Ada Lovelace' })

  /** The consent page, where it comes; then the demo. */
  async function allow(page: Page): Promise<void> {
    const consent = page.getByRole('button', { name: 'Allow', exact: true })
    await consent.or(hello(page)).first().waitFor()
    if (await consent.isVisible()) await consent.click()
    await hello(page).waitFor()
  }

  async function allowWriting(page: Page): Promise<void> {
    await page.getByRole('button', { name: 'Add a note' }).click()
    const left = page.waitForEvent('framenavigated')
    await page.getByRole('button', { name: 'Allow demo:write' }).click()
    // Until then it is the demo, not yet the consent page, that is there.
    await left
    await allow(page)
  }

  test('signs in, explains every claim of its tokens, and has nothing to say twice', async () => {
    const page = await openPage()
    expect(await page.getByText('Requests of this page appear here').count()).toBe(0)
    await checkLook(page, 'demo-signed-out')
    await signIn(page)
    expect(new URL(page.url()).href).toBe(`${demo.origin}/`)
    const panel = page.getByRole('tabpanel')
    for (const name of ['ID token', 'Access token: API', 'Access token: userinfo', 'Refresh token']) {
      await page.getByRole('tab', { name }).click()
      if (name !== 'Refresh token') await panel.getByText('iss', { exact: true }).waitFor()
      // A claim without words of its own would be one that nobody has explained.
      expect(await panel.getByText('A claim of this server.').count(), name).toBe(0)
      await checkLook(page, `demo-${name.toLowerCase().replaceAll(/\W+/g, '-')}`)
    }
    await page.getByRole('tab', { name: 'Access token: API' }).click()
    await panel.getByText(demoResource, { exact: true }).waitFor()
    await page.close()
  })

  test('refreshes: another token, by one request for two tabs', async () => {
    const page = await openPage()
    await signIn(page)
    const second = await page.context().newPage()
    await second.goto(demo.origin)
    await hello(second).waitFor()
    const shown = (tab: Page) => tab.locator('#refresh p code').textContent()
    await second.locator('#refresh p code').waitFor()
    const before = await shown(page)
    await page.getByRole('button', { name: 'Refresh now' }).click()
    await page.getByText('A new access token for the API').first().waitFor()
    const after = await shown(page)
    expect(after).not.toBe(before)
    await second.getByText(String(after)).waitFor()
    await page.close()
  })

  test('calls an API that checks scopes (RFC 6750 §3.1) and asks for what is missing', async () => {
    const page = await openPage()
    await signIn(page)
    const outcome = page.locator('.outcome')
    await page.getByRole('button', { name: 'Read notes' }).click()
    await outcome.getByText('Water the tomatoes').waitFor()
    await page.getByRole('button', { name: 'Add a note' }).click()
    await outcome.getByText('403').waitFor()
    await outcome.getByText('insufficient_scope').waitFor()
    // The list of places lies over what is scrolled under it.
    await page.locator('#api').evaluate((section) => section.scrollIntoView({ behavior: 'instant' }))
    await checkLook(page, 'demo-insufficient-scope')
    await page.getByRole('button', { name: 'Allow demo:write' }).click()
    await page.getByText('Change your data in the demo API').waitFor()
    await allow(page)
    await page.getByRole('button', { name: 'Add a note' }).click()
    await outcome.getByText('201').waitFor()
    await outcome.getByText(/^Note of /).waitFor()
    await page.close()
  })

  test('is made to sign in again where the API wants that, and then let through (RFC 9470)', async () => {
    const page = await openPage()
    await signIn(page)
    await allowWriting(page)
    const outcome = page.locator('.outcome')
    const stepUp = page.getByText('RFC 9470')
    // Harmless before: there are notes of nobody else.
    while (!(await stepUp.isVisible())) {
      await page.getByRole('button', { name: 'Delete all notes' }).click()
      await page.waitForTimeout(1_000)
    }
    await outcome.getByText('insufficient_user_authentication').waitFor()
    await checkLook(page, 'demo-step-up')
    const left = page.waitForRequest((asked) => asked.url().includes('/oauth/authorize'))
    await page.getByRole('button', { name: 'Sign in again' }).click()
    expect(new URL((await left).url()).searchParams.get('max_age')).toBe(String(freshSeconds))
    await page.getByLabel('Password', { exact: true }).fill(ada.password)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await hello(page).waitFor()
    await page.getByRole('button', { name: 'Delete all notes' }).click()
    await outcome.getByText('No notes left.').waitFor()
    await page.close()
  })

  test('has somebody without a second factor set one up where the API wants one (RFC 9470), and then lets them through', async () => {
    const grace = await stage.seed.addUser({ profile: { name: 'Grace Hopper' } })
    const page = await openPage({ viewport: { width: 390, height: 760 } })
    const hello = page.getByRole('heading', { name: 'Hello, Grace Hopper' })
    const outcome = page.locator('.outcome')
    const readPrivate = page.getByRole('button', { name: 'Read private notes' })
    const begin = async () => {
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.getByLabel('Email address or username').fill(grace.username)
      await page.getByRole('button', { name: 'Continue' }).click()
      await page.getByLabel('Password', { exact: true }).fill(grace.password)
      await page.getByRole('button', { name: 'Sign in' }).click()
    }
    await begin()
    await page.getByRole('button', { name: 'Allow', exact: true }).click()
    await hello.waitFor()
    await readPrivate.click()
    await outcome.getByText('acr_values="urn:authly:acr:mfa phr phrh"').waitFor()
    await outcome.getByText('insufficient_user_authentication').waitFor()
    await checkLook(page, 'demo-second-factor-phone')

    const left = page.waitForRequest((asked) => asked.url().includes('/oauth/authorize'))
    await page.getByRole('button', { name: 'Use a second factor' }).click()
    const asked = new URL((await left).url()).searchParams
    expect(asked.get('acr_values')).toBe('urn:authly:acr:mfa phr phrh')
    expect(JSON.parse(asked.get('claims') ?? '')).toMatchObject({ id_token: { acr: { essential: true } } })
    await page.getByRole('heading', { name: 'Set up a second factor' }).waitFor()
    await page.getByText('Use an authenticator app instead').click()
    const app = await scan(page)
    await page.getByLabel('Code from the app').fill(await app.nextCode())
    await page.getByRole('button', { name: 'Confirm' }).click()
    await hello.waitFor()
    await readPrivate.click()
    await outcome.getByText('under the third flowerpot').waitFor()
    await outcome.getByText('200').waitFor()
    await page.close()
  })

  test('attack: a token of a sign-in by password alone reads nothing private, whoever asks', async () => {
    const page = await openPage()
    await signIn(page)
    await page.getByRole('button', { name: 'Read private notes' }).click()
    await page.locator('.outcome').getByText('insufficient_user_authentication').waitFor()
    expect(await page.getByText('flowerpot').count()).toBe(0)
    await page.close()
  })

  test('forgets everything when it signs out everywhere, in all tabs, and the server asks anew', async () => {
    const page = await openPage()
    await signIn(page)
    const second = await page.context().newPage()
    await second.goto(demo.origin)
    await hello(second).waitFor()
    await page.getByRole('button', { name: 'Sign out everywhere' }).click()
    await page.waitForURL(`${demo.origin}/**`)
    await page.getByRole('heading', { name: 'Sign-in, from the inside' }).waitFor()
    await second.getByText('You are signed out.').waitFor()
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByLabel('Email address or username').waitFor()
    await page.close()
  })

  test('keeps the session at the server when it signs out of this application alone', async () => {
    const page = await openPage()
    await signIn(page)
    await page.getByRole('button', { name: 'Only here' }).click()
    await page.getByText('You are signed out.').waitFor()
    await page.getByRole('button', { name: 'Sign in' }).click()
    await hello(page).waitFor()
    await page.close()
  })

  test('notices that an administrator has ended the session, by the very command it shows', async () => {
    const page = await openPage()
    await signIn(page)
    const shown = await page.getByText('npx authly users sessions').textContent()
    const args = String(shown).replace('npx authly ', '').split(' ')
    const service = await stage.seed.addClient({
      ...{ grant_types: ['client_credentials'], scopes: ['admin:sessions:write', 'admin:users:read'] },
      ...{ resources: [] },
    })
    await page.getByRole('button', { name: 'Ask the server now' }).click()
    await page.getByText('The session is alive').waitFor()
    await promisify(execFile)(process.execPath, [program, ...args, '--yes'], {
      env: {
        ...{ PATH: process.env['PATH'], HOME: '/nonexistent', AUTHLY_ISSUER: stage.issuer },
        ...{ AUTHLY_CLIENT_ID: service.client_id, AUTHLY_CLIENT_SECRET: service.client_secret },
      },
    })
    await page.getByRole('button', { name: 'Ask the server now' }).click()
    await page.getByText('Your session has ended.').waitFor()
    await checkLook(page, 'demo-session-ended')
    await page.close()
  })

  describe('looks right', () => {
    test.each([
      ['dark', { colorScheme: 'dark' }],
      ['phone', { viewport: { width: 390, height: 844 } }],
      ['dark phone', { colorScheme: 'dark', viewport: { width: 360, height: 740 } }],
    ] as const)('%s', async (name, options) => {
      const page = await openPage(options)
      const picture = `demo-${name.replace(' ', '-')}`
      await checkLook(page, `${picture}-signed-out`)
      await signIn(page)
      await page.getByRole('tab', { name: 'Access token: API' }).click()
      await page.getByText('What you allowed the application to do').waitFor()
      await page.getByRole('button', { name: 'Add a note' }).click()
      await page
        .locator('.outcome')
        .getByText(/403|201/)
        .waitFor()
      await checkLook(page, `${picture}-signed-in`)
      await page.close()
    })
  })

  test('is no part of what is deployed: neither its page nor its client is in the worker', async () => {
    const { folder, main, modules } = inject('bundle')
    for (const name of [main, ...modules.filter((one) => one.endsWith('.js'))]) {
      const code = await readFile(join(folder, name), 'utf8')
      expect(code, name).not.toMatch(/Sign-in, from the inside|Water the tomatoes|demo-app\b/)
    }
  })

  describe('what strangers try', () => {
    test('an answer for a sign-in that did not begin here is thrown away unread (login CSRF, RFC 6749 §10.12)', async () => {
      const page = await openPage()
      const asked: string[] = []
      page.on('request', (request) => asked.push(new URL(request.url()).pathname))
      await page.goto(`${demo.origin}/callback?code=of-the-attacker&state=wrong&iss=${stage.issuer}`)
      await page.getByText('thrown away unread').waitFor()
      expect(asked).not.toContain('/oauth/token')
      expect(new URL(page.url()).search).toBe('')
      await checkLook(page, 'demo-wrong-state')
      await page.close()
    })

    test.each([
      '//evil.example/',
      '/%5cevil.example',
      '/callback?returnTo=https://evil.example',
      '/?returnTo=//evil.example',
    ])('%s leads to no other host', async (path) => {
      const page = await openPage()
      await page.goto(`${demo.origin}${path}`).catch(() => undefined)
      expect(new URL(page.url()).origin).toBe(demo.origin)
      await page.close()
    })

    /** As no browser would send it. */
    const send = (path: string, headers: Record<string, string>, method = 'GET') =>
      new Promise<{ status: number; location: string | undefined }>((resolve, reject) => {
        const { port } = new URL(demo.origin)
        rawRequest({ host: '127.0.0.1', port, path, headers, method }, (response) => {
          response.resume()
          resolve({ status: response.statusCode ?? 0, location: response.headers.location })
        })
          .on('error', reject)
          .end()
      })

    test('a name that resolves to this machine is not served (DNS rebinding)', async () => {
      for (const path of ['/', '/api/notes', '/app.js']) {
        expect((await send(path, { host: 'evil.example' })).status, path).toBe(421)
      }
      const { port } = new URL(demo.origin)
      const moved = await send('/callback?code=1', { host: `127.0.0.1:${port}` })
      expect(moved).toEqual({ status: 308, location: `${demo.origin}/callback?code=1` })
      const elsewhere = await send('//evil.example', { host: `127.0.0.1:${port}` })
      expect(elsewhere).toEqual({ status: 421, location: undefined })
    })

    test('pages of other origins may not call its API, and nobody without a token', async () => {
      const { host } = new URL(demo.origin)
      expect((await send('/api/notes', { host, origin: 'http://evil.example' })).status).toBe(403)
      expect((await send('/api/notes', { host, origin: demo.origin })).status).toBe(401)
      expect((await send('/api/notes', { host, authorization: 'Bearer none' })).status).toBe(401)
    })

    test('a token that was copied is of no use without the key (RFC 9449)', async () => {
      const page = await openPage()
      await signIn(page)
      await page.getByRole('tab', { name: 'Access token: API' }).click()
      await page.getByText('As it is sent').click()
      const token = (await page.locator('.raw > code').textContent())?.replaceAll(/\s/g, '') ?? ''
      expect(token.split('.')).toHaveLength(3)
      const { host } = new URL(demo.origin)
      for (const scheme of ['Bearer', 'DPoP']) {
        const answer = await send('/api/notes', { host, authorization: `${scheme} ${token}` })
        expect(answer.status, scheme).toBe(401)
      }
      await page.close()
    })

    test('no script but its own runs (Content Security Policy)', async () => {
      const response = await fetch(demo.origin)
      const policy = response.headers.get('content-security-policy') ?? ''
      expect(policy).toContain("default-src 'none'")
      expect(policy).toContain("script-src 'self'")
      expect(policy).not.toMatch(/unsafe|\*/)
      expect(await response.text()).not.toMatch(/<script(?![^>]*\ssrc=)|\son\w+=/)
    })
  })
})
