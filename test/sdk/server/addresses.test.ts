/** Where people are sent, and what is in addresses, answers, errors and logs. */
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createApplication, createBrowser, origin, sessionSecret } from './application.ts'
import { client, createIssuer, type Issuer, issuerUrl } from './issuer.ts'

let issuer: Issuer
beforeEach(async () => {
  issuer = await createIssuer()
})
afterEach(() => vi.restoreAllMocks())

describe('returnTo (RFC 9700 §4.11: no open redirector)', () => {
  it.each([
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '\t//evil.example',
    'javascript:alert(1)',
    'https://app.example@evil.example',
    'https://app.example.evil.example/',
    'http://app.example/',
  ])('%j: refused before anybody signs in', async (returnTo) => {
    const browser = createBrowser(createApplication(issuer))
    const answer = await browser.open(`/auth/login?returnTo=${encodeURIComponent(returnTo)}`)
    expect([answer.status, answer.headers.get('location'), browser.jar.size]).toEqual([400, null, 0])
  })

  it('whatever it is, who signs in stays in the application', async () => {
    const authly = createApplication(issuer)
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.webUrl(),
          fc.string().map((rest) => `//${rest}`),
          fc.string({ unit: fc.constantFrom('/', '\\', '.', '\t', '\r', '\n', ':', '@', 'a', '%2f', '%0a') }),
        ),
        async (returnTo) => {
          const browser = createBrowser(authly)
          const answer = await browser.signIn(issuer, `/auth/login?returnTo=${encodeURIComponent(returnTo)}`)
          if (answer.status === 400) return
          expect(new URL(answer.headers.get('location') ?? '').origin).toBe(origin)
          expect(answer.headers.get('location')).toMatch(/^https:\/\/app\.example\/(?![\\/])[^\r\n\t]*$/)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('one that is too long for a cookie leads home', async () => {
    const browser = createBrowser(createApplication(issuer))
    const answer = await browser.signIn(issuer, `/auth/login?returnTo=/${'x'.repeat(5_000)}`)
    expect(answer.headers.get('location')).toBe(`${origin}/`)
  })
})

describe('the address of the application', () => {
  it('is the configured one, whatever Host and X-Forwarded-* say', async () => {
    const authly = createApplication(issuer)
    const headers = {
      ...{ host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http' },
      forwarded: 'host=evil.example',
    }
    const login = await authly.handle(new Request('http://evil.example/auth/login', { headers }))
    const location = new URL(login?.headers.get('location') ?? '')
    expect(location.searchParams.get('redirect_uri')).toBe(`${origin}/auth/callback`)
    expect(login?.headers.getSetCookie()[0]).toContain('Secure')
    const logout = await authly.handle(
      new Request('http://evil.example/auth/logout', { method: 'POST', headers: { ...headers, origin } }),
    )
    const target = new URL(logout?.headers.get('location') ?? '')
    expect(target.searchParams.get('post_logout_redirect_uri')).toBe(`${origin}/`)
  })

  it('may be below a path: behind a proxy that takes the path away, and one that does not', async () => {
    const authly = createApplication(issuer, { baseUrl: `${origin}/shop` })
    for (const path of ['/auth/login', '/shop/auth/login']) {
      const browser = createBrowser(authly)
      const login = await browser.open(path)
      const { searchParams } = new URL(login.headers.get('location') ?? '')
      expect(searchParams.get('redirect_uri')).toBe(`${origin}/shop/auth/callback`)
      const back = await browser.open(issuer.signIn(login.headers.get('location') ?? ''))
      expect(back.headers.get('location')).toBe(`${origin}/shop/`)
    }
    expect(authly.loginPath('/shop/x')).toBe('/shop/auth/login?returnTo=%2Fshop%2Fx')
  })
})

describe('header injection', () => {
  it.each(['x\r\nset-cookie: a=b', 'x\nlocation: https://evil.example', 'x%0d%0aset-cookie:a=b'])(
    '%j in any parameter sets no header',
    async (value) => {
      const authly = createApplication(issuer)
      const text = encodeURIComponent(value)
      const paths = [
        ...['returnTo', 'acr_values', 'login_hint', 'ui_locales', 'prompt', 'max_age'].map(
          (name) => `/auth/login?${name}=${text}`,
        ),
        ...['state', 'error', 'code', 'iss'].map((name) => `/auth/callback?state=s&${name}=${text}`),
      ]
      for (const path of paths) {
        const answer = await createBrowser(authly).open(path)
        for (const [name, content] of answer.headers) {
          expect(content).not.toMatch(/[\r\n]/)
          if (name === 'set-cookie') expect(content).toMatch(/^__Host-authly-tx\.[\w-]+=[\w.-]+; Path/)
          if (name === 'location') expect(content.startsWith(`${issuerUrl}/authorize?`)).toBe(true)
        }
      }
    },
  )

  it('a state with cookie syntax in it names no other cookie', async () => {
    const browser = createBrowser(createApplication(issuer))
    await browser.open('/auth/callback?state=x;%20Domain%3Devil.example&error=x')
    expect(browser.jar.size).toBe(0)
  })
})

describe('tokens and secrets', () => {
  it('are in no address, no answer to the browser, no log; of all the ID token alone, at the sign-out', async () => {
    const said: unknown[] = []
    for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const)
      vi.spyOn(console, method).mockImplementation((...words) => void said.push(...words))
    const authly = createApplication(issuer, { resource: 'https://api.example' })
    const browser = createBrowser(authly)
    const login = await browser.open('/auth/login')
    const callback = issuer.signIn(login.headers.get('location') ?? '')
    const back = await browser.open(callback)
    const answers = [login, back, await browser.open('/auth/callback?state=x'), await browser.open('/')]
    const requested = issuer.requests.map(({ url }) => url.href)
    const visible = JSON.stringify([
      ...(await Promise.all(answers.map(async (answer) => [[...answer.headers], await answer.text()]))),
      ...said,
      ...requested,
    ])
    expect(visible).not.toMatch(/access-\d|refresh-\d|eyJ[\w-]+\.eyJ/)
    for (const secret of [client.clientSecret, encodeURIComponent(client.clientSecret), sessionSecret])
      expect(visible).not.toContain(secret)
    expect(visible).not.toContain(callback.searchParams.get('code'))
  })

  it('are in no error either', async () => {
    const errors: Error[] = []
    const onError = (error: Error) => {
      errors.push(error)
      return new Response('no', { status: 400 })
    }
    const authly = createApplication(issuer, { onError })
    const makers = [
      (claims: object) => issuer.sign({ ...claims, nonce: 'other' }),
      async (claims: object) => `${(await issuer.sign({ ...claims })).slice(0, -4)}AAAA`,
      async () => `${['{"alg":"none"}', '{"sub":"grace"}'].map(btoa).join('.').replaceAll('=', '')}.`,
    ]
    for (const make of makers) {
      issuer.state.idToken = make
      await createBrowser(authly).signIn(issuer)
    }
    expect(errors).toHaveLength(makers.length)
    const { inspect } = await import('node:util')
    for (const error of errors)
      expect(inspect(error, { depth: 10 })).not.toMatch(/access-\d|refresh-\d|eyJ[\w-]{6}|s3cret|code-\d/)
  })

  it('an application can say itself how a failure looks', async () => {
    const onError = (error: { code: string }) => Response.redirect(`${origin}/oops?code=${error.code}`)
    const browser = createBrowser(createApplication(issuer, { onError }))
    const login = await browser.open('/auth/login')
    const callback = issuer.signIn(login.headers.get('location') ?? '')
    callback.searchParams.set('error', 'access_denied')
    const answer = await browser.open(callback)
    expect(answer.headers.get('location')).toBe(`${origin}/oops?code=access_denied`)
    expect(browser.jar.size).toBe(0)
  })
})
