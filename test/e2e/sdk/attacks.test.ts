/** What attackers try against an application that uses the browser package (RFC 9700, RFC 9207, RFC 9449). */
import type { Page, Route } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { hasChromium } from '../chromium.ts'
import type { PageGlobals } from './browser-application.ts'
import { openSdkStage, type SdkStage } from './sdk-stage.ts'
import { fillIn, leaveForSignIn, signIn, stateOf, untilState, userInfo } from './walk.ts'

declare const authly: PageGlobals['authly']

describe.runIf(hasChromium)('attacks on the browser package in Chromium', () => {
  let stage: SdkStage
  beforeAll(async () => {
    stage = await openSdkStage()
  })
  afterAll(() => stage?.close())
  beforeEach(() => stage.register())
  afterEach(async () => {
    for (const context of stage.browser.contexts()) await context.close()
  })

  const errorOf = (page: Page) =>
    page.evaluate(() => {
      const { state } = authly
      return 'error' in state ? state.error?.code : undefined
    })
  const isCallback = (url: URL) => url.pathname === '/callback'

  /** Signs in up to the answer to the application, which never gets it. */
  async function stealAnswer(page: Page): Promise<URL> {
    stage.application.holdsAnswers = true
    await leaveForSignIn(page)
    await fillIn(page, await stage.seed.addUser())
    await page.waitForURL(isCallback)
    stage.application.holdsAnswers = false
    return new URL(page.url())
  }

  /** Counts token requests from now on. */
  function countTokenRequests() {
    const before = stage.network.tokenRequests.length
    return () => stage.network.tokenRequests.length - before
  }

  test('login CSRF: a code of the attacker’s session is not redeemed (RFC 9700 §4.7.1)', async () => {
    const attacker = await stealAnswer(await stage.openPage())
    const requests = countTokenRequests()
    const victim = await stage.openPage('/garden')
    await untilState(victim, 'signed_out')
    await victim.goto(attacker.href)
    await untilState(victim, 'signed_out')
    expect(await errorOf(victim)).toBe('state_mismatch')
    expect(requests()).toBe(0)
    expect(victim.url()).not.toContain('code')
  })

  test('login CSRF: whoever is signed in stays who they are', async () => {
    const attacker = await stealAnswer(await stage.openPage())
    const victim = await stage.openPage()
    const person = await stage.seed.addUser()
    await signIn(victim, person)
    await victim.goto(attacker.href)
    await untilState(victim, 'signed_in')
    expect(await stateOf(victim)).toMatchObject({ user: { sub: person.id } })
    expect(await errorOf(victim)).toBe('state_mismatch')
  })

  test('a wrong state in the victim’s own tab: the attempt of that tab is no excuse', async () => {
    const page = await stage.openPage()
    const url = await stealAnswer(page)
    const requests = countTokenRequests()
    url.searchParams.set('state', `x${url.searchParams.get('state')}`)
    await page.goto(url.href)
    await untilState(page, 'signed_out')
    expect([await errorOf(page), requests()]).toEqual(['state_mismatch', 0])
  })

  test.each([
    ['of another server', (url: URL) => url.searchParams.set('iss', 'https://evil.example')],
    ['left out', (url: URL) => url.searchParams.delete('iss')],
    ['there twice', (url: URL) => url.searchParams.append('iss', 'https://evil.example')],
  ])('mix-up: with iss %s the code goes to nobody (RFC 9207 §2.4)', async (_, change) => {
    const page = await stage.openPage()
    const url = await stealAnswer(page)
    const requests = countTokenRequests()
    change(url)
    await page.goto(url.href)
    await untilState(page, 'signed_out')
    expect(await errorOf(page)).toMatch(/issuer_mismatch|invalid_response/)
    expect(requests()).toBe(0)
  })

  test('a code is redeemed once: neither a reload nor the same address again sends it', async () => {
    const page = await stage.openPage()
    const url = await stealAnswer(page)
    await page.goto(url.href)
    await untilState(page, 'signed_in')
    const requests = countTokenRequests()
    await page.goto(url.href)
    await untilState(page, 'signed_in')
    expect(requests()).toBe(0)
    expect(await userInfo(page, stage.issuer)).toHaveProperty('sub')
  })

  test('a reload while the code is being redeemed does not redeem it again', async () => {
    const page = await stage.openPage()
    const url = await stealAnswer(page)
    const isToken = `${stage.issuer}/oauth/token`
    const asked = page.waitForRequest(isToken)
    await page.route(isToken, () => undefined)
    await page.goto(url.href)
    await asked
    expect(page.url()).not.toContain('code')
    // The route stays: without it Chromium would send the request that it holds.
    const requests: string[] = []
    page.on('request', (request) => requests.push(request.url()))
    await page.reload()
    await untilState(page, 'signed_out')
    expect(requests).not.toContain(isToken)
    await page.unroute(isToken)
    // One more click, without a password: the server knows the person.
    await page.evaluate(() => authly.signIn({ returnTo: '/' }))
    await untilState(page, 'signed_in')
  })

  describe('a token endpoint that answers wrongly', () => {
    async function signInWith(change: (tokens: Record<string, unknown>) => object): Promise<Page> {
      const page = await stage.openPage()
      await page.route(`${stage.issuer}/oauth/token`, async (route: Route) => {
        const response = await route.fetch()
        const tokens = (await response.json()) as Record<string, unknown>
        await route.fulfill({ response, json: 'access_token' in tokens ? change(tokens) : tokens })
      })
      await leaveForSignIn(page)
      await fillIn(page, await stage.seed.addUser())
      await page.waitForFunction(() => document.querySelector('output')?.textContent?.startsWith('signed'))
      return page
    }
    const changedIdToken = (tokens: Record<string, unknown>, claims: object) => {
      const [head, body = '', signature] = String(tokens['id_token']).split('.')
      const changed = { ...JSON.parse(Buffer.from(body, 'base64url').toString()), ...claims }
      const payload = Buffer.from(JSON.stringify(changed)).toString('base64url')
      return { ...tokens, id_token: [head, payload, signature].join('.') }
    }

    test.each<[string, (tokens: Record<string, unknown>) => object]>([
      ['a bearer token where a bound one was asked for', (tokens) => ({ ...tokens, token_type: 'Bearer' })],
      ['an ID token of another request (nonce)', (tokens) => changedIdToken(tokens, { nonce: 'x' })],
      ['an ID token of another client (aud)', (tokens) => changedIdToken(tokens, { aud: 'other' })],
      ['an ID token of another issuer', (tokens) => changedIdToken(tokens, { iss: 'https://evil.example' })],
      ['no ID token', ({ id_token: _, ...tokens }) => tokens],
    ])(
      '%s: nobody is signed in (downgrade, RFC 9449 §5; OpenID Connect Core §3.1.3.7)',
      async (_, change) => {
        const page = await signInWith(change)
        expect(await stateOf(page)).toMatchObject({ status: 'signed_out' })
        expect(await errorOf(page)).toMatch(/^invalid_(response|id_token)$/)
      },
    )

    test('a refresh that answers with a bearer token changes nothing', async () => {
      const page = await stage.openPage()
      await signIn(page, await stage.seed.addUser())
      const before = await page.evaluate(() => authly.getAccessToken())
      await page.route(`${stage.issuer}/oauth/token`, async (route) => {
        const response = await route.fetch()
        const tokens = (await response.json()) as object
        await route.fulfill({ response, json: { ...tokens, token_type: 'Bearer' } })
      })
      const refused = await page.evaluate(() =>
        authly.getAccessToken({ forceRefresh: true }).catch((error) => error.code),
      )
      expect(refused).toBe('invalid_response')
      expect(await page.evaluate(() => authly.getAccessToken())).toBe(before)
    })
  })

  test('an API cannot ask for a bearer token: the challenge of the lesser scheme changes nothing', async () => {
    const page = await stage.openPage()
    await signIn(page, await stage.seed.addUser())
    const schemes: unknown[] = []
    await page.route('**/api/orders', async (route) => {
      const { authorization, dpop } = await route.request().allHeaders()
      schemes.push([authorization?.split(' ')[0], dpop !== undefined])
      await route.fulfill({ status: 401, headers: { 'www-authenticate': 'Bearer error="invalid_token"' } })
    })
    await page.evaluate(() => authly.fetch('/api/orders').then((response) => response.status))
    expect(schemes).toEqual([
      ['DPoP', true],
      ['DPoP', true],
    ])
  })

  test('a stolen access token is of no use without the key, which cannot be exported (RFC 9449)', async () => {
    const page = await stage.openPage()
    await signIn(page, await stage.seed.addUser())
    const token = await page.evaluate(() => authly.getAccessToken())
    for (const scheme of ['Bearer', 'DPoP']) {
      const answer = await fetch(`${stage.issuer}/oidc/userinfo`, {
        headers: { authorization: `${scheme} ${token}` },
      })
      expect(answer.status).toBe(401)
    }
    // Everything that a script finds in IndexedDB.
    const keys = await page.evaluate(async () => {
      const found: string[] = []
      const visit = async (value: unknown): Promise<void> => {
        if (value instanceof CryptoKey) {
          const isExported = await crypto.subtle.exportKey('jwk', value).then(
            () => true,
            () => false,
          )
          found.push(`${value.algorithm.name} ${isExported}`)
        } else if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value))
          for (const each of Object.values(value)) await visit(each)
      }
      for (const { name = '' } of await indexedDB.databases()) {
        const request = indexedDB.open(name)
        await new Promise((resolve) => {
          request.onsuccess = resolve
        })
        const all = request.result.transaction('kept').objectStore('kept').getAll()
        await new Promise((resolve) => {
          all.onsuccess = resolve
        })
        await visit(all.result)
      }
      return found.toSorted()
    })
    expect(keys).toEqual(['AES-GCM false', 'ECDSA false'])
  })

  test('no token is in an address, a log, an error, or readable storage', async () => {
    const context = await stage.openContext()
    const page = await stage.openPage('/', context)
    const told: string[] = []
    page.on('console', (message) => told.push(message.text()))
    page.on('pageerror', (error) => told.push(String(error)))
    page.on('request', (request) => told.push(request.url(), request.headers()['referer'] ?? ''))
    const secrets = new Set<string>()
    page.on('response', async (response) => {
      if (!response.url().endsWith('/oauth/token')) return
      const tokens = (await response.json().catch(() => ({}))) as Record<string, string>
      for (const name of ['access_token', 'refresh_token', 'id_token'])
        if (tokens[name]) secrets.add(tokens[name])
    })
    await signIn(page, await stage.seed.addUser(), { returnTo: '/inside' })
    await page.evaluate(() => authly.getAccessToken({ forceRefresh: true }))
    const stored = await page.evaluate(async () => {
      const texts = [
        JSON.stringify(localStorage),
        JSON.stringify(sessionStorage),
        document.cookie,
        location.href,
      ]
      const bytes = new TextDecoder('latin1')
      const visit = (value: unknown): void => {
        if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) texts.push(bytes.decode(value))
        else if (typeof value === 'object' && value !== null) Object.values(value).forEach(visit)
        else texts.push(String(value))
      }
      for (const { name = '' } of await indexedDB.databases()) {
        const request = indexedDB.open(name)
        await new Promise((resolve) => {
          request.onsuccess = resolve
        })
        const all = request.result.transaction('kept').objectStore('kept').getAll()
        await new Promise((resolve) => {
          all.onsuccess = resolve
        })
        visit(all.result)
      }
      return [...texts, String(authly), JSON.stringify(authly)]
    })
    const errors = await page.evaluate(async () => {
      const failing = [
        () => authly.fetch('https://elsewhere.example/'),
        () => authly.getAccessToken({ resource: 'https://elsewhere.example/' }),
      ]
      const texts: string[] = []
      for (const fail of failing)
        await fail().catch((error) => texts.push(String(error), JSON.stringify(error), error.stack))
      return texts
    })
    await page.evaluate(() => authly.signOut())
    await page.waitForURL(`${stage.application.origin}/`)
    await untilState(page, 'signed_out')
    expect(secrets.size).toBe(6)
    const everything = [...told, ...stored, ...errors, ...stage.network.addresses].join('\n')
    for (const secret of secrets) expect(everything).not.toContain(secret.slice(-40))
    expect(errors.length).toBe(6)
  })

  test('tokens go to allowed origins only, and nothing at all goes to others', async () => {
    const page = await stage.openPage()
    await signIn(page, await stage.seed.addUser())
    const requests: string[] = []
    page.on('request', (request) => requests.push(request.url()))
    for (const address of [
      'https://evil.example/api',
      '//evil.example/api',
      'https://localhost.evil.example/',
    ]) {
      const code = await page.evaluate((url) => authly.fetch(url).catch((error) => error.code), address)
      expect(code).toBe('origin_not_allowed')
    }
    expect(requests).toEqual([])
  })

  test.each(['https://evil.example/', '//evil.example', '/\\evil.example', 'javascript:alert(1)'])(
    'returnTo %j is refused before anybody leaves (open redirect, RFC 9700 §4.11)',
    async (returnTo) => {
      const page = await stage.openPage()
      await untilState(page, 'signed_out')
      const codes = await page.evaluate(
        (target) =>
          Promise.all([
            authly.signIn({ returnTo: target }).catch((error) => error.code),
            authly.signOut({ returnTo: target }).catch((error) => error.code),
          ]),
        returnTo,
      )
      expect(codes).toEqual(['invalid_return_to', 'invalid_return_to'])
      expect(page.url()).toBe(`${stage.application.origin}/`)
    },
  )

  test('an answer that was planted in storage leads nowhere else either', async () => {
    const page = await stage.openPage()
    await leaveForSignIn(page)
    await page.goBack()
    // Attack: a script that ran once writes another target into what is kept.
    await page.evaluate(() => {
      for (const [key, value] of Object.entries(sessionStorage))
        sessionStorage.setItem(
          key,
          JSON.stringify({ ...JSON.parse(value), returnTo: 'https://evil.example/' }),
        )
    })
    await page.goForward()
    await fillIn(page, await stage.seed.addUser())
    await untilState(page, 'signed_in')
    expect(new URL(page.url()).origin).toBe(stage.application.origin)
  })
})
