/** Signing out: who may ask for it, and what it ends. */
import { beforeEach, describe, expect, it } from 'vitest'
import { createApplication, createBrowser, origin } from './application.ts'
import { createIssuer, type Issuer, issuerUrl } from './issuer.ts'

let issuer: Issuer
beforeEach(async () => {
  issuer = await createIssuer()
})

async function signedIn() {
  const authly = createApplication(issuer)
  const browser = createBrowser(authly)
  await browser.signIn(issuer)
  return { authly, browser }
}

const redirectTo = (location: string) => new Response(null, { status: 303, headers: { location } })

describe('POST /auth/logout', () => {
  it('ends the session here, the grant, and the session at Authly, which comes back to a registered address', async () => {
    const { browser } = await signedIn()
    const answer = await browser.post('/auth/logout')
    const location = new URL(answer.headers.get('location') ?? '')
    expect([answer.status, location.origin + location.pathname]).toEqual([303, `${issuerUrl}/logout`])
    expect(Object.fromEntries(location.searchParams)).toEqual({ posted: expect.stringMatching(/^sealed-/) })
    const posted = issuer.requests.findLast(({ url }) => url.pathname === '/logout')
    expect(Object.fromEntries(posted?.form ?? [])).toEqual({
      ...{ client_id: 'app', post_logout_redirect_uri: `${origin}/` },
      id_token_hint: expect.stringMatching(/^ey/),
    })
    expect(browser.jar.size).toBe(0)
    expect(issuer.families[0]?.isRevoked).toBe(true)
    expect(await browser.user()).toBeNull()
  })

  // Attack: whoever reads a history, a log or a Referer learns who the person is.
  it.each<[string, (request: Request) => Response]>([
    ['refuses the form', () => new Response('no', { status: 400 })],
    ['asks something by a page', () => new Response('<form>')],
    ['sends it on to another place', () => redirectTo('https://evil.example/logout?posted=x')],
    ['sends it on to another of its pages', () => redirectTo(`${issuerUrl}/elsewhere`)],
    ['says something that is no address', () => redirectTo('http://')],
    ['says nothing of where', () => new Response(null, { status: 303 })],
    ['gives the ID token back', () => redirectTo(`${issuerUrl}/logout?id_token_hint=eyJ`)],
    [
      'cannot be reached',
      () => {
        throw new TypeError('fetch failed')
      },
    ],
  ])(
    'puts the ID token in no address, also when the server %s: then the server asks the person',
    async (_name, answer) => {
      const { browser } = await signedIn()
      issuer.state.intercept = (request) =>
        new URL(request.url).pathname === '/logout' ? answer(request) : undefined
      const location = new URL((await browser.post('/auth/logout')).headers.get('location') ?? '')
      expect(location.origin + location.pathname).toBe(`${issuerUrl}/logout`)
      expect(Object.fromEntries(location.searchParams)).toEqual({
        ...{ client_id: 'app', post_logout_redirect_uri: `${origin}/` },
      })
    },
  )

  it('tells a script where to go instead of sending it there', async () => {
    const { browser } = await signedIn()
    const answer = await browser.post('/auth/logout', { origin, accept: 'application/json' })
    expect(await answer.json()).toEqual({ location: expect.stringMatching(`^${issuerUrl}/logout`) })
    expect(browser.jar.size).toBe(0)
  })

  it.each<[string, Record<string, string>]>([
    ['another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
    ['another site, in a browser without fetch metadata', { origin: 'https://evil.example' }],
    ['a subdomain', { origin: 'https://blog.app.example', 'sec-fetch-site': 'same-site' }],
    ['the same host over http', { origin: 'http://app.example' }],
    ['a host that begins with ours', { origin: 'https://app.example.evil.example' }],
    ['a sandboxed frame', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
    ['nobody knows where', {}],
    ['the origin null', { origin: 'null' }],
    ['the address bar', { 'sec-fetch-site': 'none' }],
    ['another site, where only one header says so', { origin, 'sec-fetch-site': 'cross-site' }],
    [
      'another site that says it came through a proxy',
      { origin: 'https://evil.example', 'x-forwarded-host': 'evil.example', host: 'evil.example' },
    ],
  ])('from %s is refused, and nothing has changed (CSRF)', async (_name, headers) => {
    const { browser } = await signedIn()
    const answer = await browser.post('/auth/logout', headers)
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([403, []])
    expect(await browser.user()).toMatchObject({ sub: 'grace' })
    expect(issuer.families[0]?.isRevoked).toBe(false)
  })

  it.each<[string, Record<string, string>]>([
    ['both headers', { origin, 'sec-fetch-site': 'same-origin' }],
    ['Origin alone', { origin }],
    ['a page that sends no referrer', { origin: 'null', 'sec-fetch-site': 'same-origin' }],
  ])('with %s is from our own page', async (_name, headers) => {
    const { browser } = await signedIn()
    expect((await browser.post('/auth/logout', headers)).status).toBe(303)
    expect(await browser.user()).toBeNull()
  })

  it.each(['GET', 'HEAD', 'PUT'])('by %s, as an image or a link would ask, does nothing', async (method) => {
    const { browser } = await signedIn()
    const answer = await browser.open('/auth/logout', undefined, { method })
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST'])
    expect(await browser.user()).toMatchObject({ sub: 'grace' })
  })

  it('works while Authly cannot be reached: the person is out here', async () => {
    const authly = createApplication(issuer)
    const browser = createBrowser(authly)
    await browser.signIn(issuer)
    const again = createBrowser(
      createApplication(issuer, { fetch: () => Promise.reject(new TypeError('fetch failed')) }),
      browser.jar,
    )
    const answer = await again.post('/auth/logout')
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `${origin}/`])
    expect(browser.jar.size).toBe(0)
    expect(await browser.user()).toBeNull()
  })

  it('of who is not signed in goes to Authly all the same, without a hint', async () => {
    const answer = await createBrowser(createApplication(issuer)).post('/auth/logout')
    expect(new URL(answer.headers.get('location') ?? '').searchParams.has('id_token_hint')).toBe(false)
  })
})
