/** Signing in, and everything somebody may try at the callback. */
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createApplication, createBrowser, origin } from './application.ts'
import { client, createIssuer, type Issuer, issuerUrl } from './issuer.ts'

let issuer: Issuer
beforeEach(async () => {
  issuer = await createIssuer()
})

const locationOf = (response: Response) => new URL(response.headers.get('location') ?? '', origin)

describe('signing in', () => {
  it('by code, PKCE with S256, state and nonce; the client says its secret in the header (RFC 6749 §2.3.1)', async () => {
    const browser = createBrowser(createApplication(issuer))
    const login = await browser.open('/auth/login?returnTo=/orders%3Fpage=2%23last')
    const { searchParams } = locationOf(login)
    expect(Object.fromEntries(searchParams)).toMatchObject({
      ...{ response_type: 'code', client_id: 'app', scope: 'openid profile email' },
      ...{ redirect_uri: `${origin}/auth/callback`, code_challenge_method: 'S256' },
    })
    const back = await browser.open(issuer.signIn(locationOf(login)))
    expect([back.status, back.headers.get('location')]).toEqual([303, `${origin}/orders?page=2#last`])
    const [redeemed] = issuer.tokenRequests('authorization_code')
    expect(redeemed?.headers.get('authorization')).toBe(
      `Basic ${btoa('app:s3cret%3Awith%2Fodd%2Bcharacters')}`,
    )
    expect(await browser.user()).toMatchObject({ sub: 'grace', name: 'Grace Hopper' })
  })

  it('in several tabs at once: each attempt has its own cookie', async () => {
    const browser = createBrowser(createApplication(issuer))
    const [one, two] = [
      await browser.open('/auth/login?returnTo=/one'),
      await browser.open('/auth/login?returnTo=/two'),
    ]
    const second = await browser.open(issuer.signIn(locationOf(two)))
    const first = await browser.open(issuer.signIn(locationOf(one)))
    expect([locationOf(first).pathname, locationOf(second).pathname]).toEqual(['/one', '/two'])
    expect([...browser.jar.keys()]).toEqual(['__Host-authly'])
  })

  it('however often somebody begins, five attempts are kept: the newest', async () => {
    const browser = createBrowser(createApplication(issuer))
    const logins = []
    for (let count = 0; count < 8; count++) {
      vi.useFakeTimers({ now: Date.now() + count, toFake: ['Date'] })
      logins.push(await browser.open('/auth/login'))
    }
    vi.useRealTimers()
    expect(browser.jar.size).toBe(5)
    const last = await browser.open(issuer.signIn(locationOf(logins[7] as Response)))
    expect(last.status).toBe(303)
  })

  it('however long the links are that somebody makes it open, requests stay small (a denial by cookies)', async () => {
    const browser = createBrowser(createApplication(issuer))
    let last: Response | undefined
    for (let count = 0; count < 8; count++)
      last = await browser.open(`/auth/login?returnTo=/${'x'.repeat(1_400)}${count}`)
    expect([...browser.jar].join().length).toBeLessThan(4_200)
    expect((await browser.open(issuer.signIn(locationOf(last as Response)))).status).toBe(303)
    const tooLong = await browser.open(`/auth/login?acr_values=${'x'.repeat(4_000)}`)
    expect([tooLong.status, tooLong.headers.getSetCookie()]).toEqual([400, []])
  })

  it('pushes the request where the server demands it (RFC 9126)', async () => {
    issuer = await createIssuer({ require_pushed_authorization_requests: true })
    const browser = createBrowser(createApplication(issuer))
    const login = await browser.open('/auth/login')
    expect([...locationOf(login).searchParams.keys()]).toEqual(['client_id', 'request_uri'])
    const back = await browser.open(issuer.signIn(locationOf(login)))
    expect(back.status).toBe(303)
  })

  it('authenticates with a key (RFC 7523), whose assertion is for this issuer alone', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256')
    const clientKey = { key: privateKey, alg: 'ES256', kid: 'mine' }
    const browser = createBrowser(createApplication(issuer, { clientKey, clientSecret: undefined }))
    await browser.signIn(issuer)
    const { form, headers } = issuer.tokenRequests('authorization_code')[0] ?? {}
    expect(headers?.has('authorization')).toBe(false)
    const { jwtVerify } = await import('jose')
    const assertion = await jwtVerify(form?.get('client_assertion') ?? '', publicKey, {
      ...{ issuer: 'app', subject: 'app', audience: issuerUrl, maxTokenAge: 60 },
    })
    expect(assertion.protectedHeader.kid).toBe('mine')
  })

  it('asks for resources, and takes a token for each from one rotation (RFC 8707)', async () => {
    const resource = ['https://one.example', 'https://two.example']
    const browser = createBrowser(createApplication(issuer, { resource }))
    const login = await browser.open('/auth/login')
    expect(locationOf(login).searchParams.getAll('resource')).toEqual(resource)
    await browser.open(issuer.signIn(locationOf(login)))
    expect(await browser.token()).toContain('https://one.example')
    expect(await browser.token({ resource: 'https://two.example' })).toContain('https://two.example')
    expect(issuer.families[0]?.rotations).toBe(1)
  })

  it('reads the keys once, and again when a token names one that is new (OpenID Connect Core §10.1.1)', async () => {
    const authly = createApplication(issuer)
    for (let count = 0; count < 3; count++) await createBrowser(authly).signIn(issuer)
    const reads = () => issuer.requests.filter(({ url }) => url.pathname === '/jwks').length
    expect(reads()).toBe(1)
    const { privateKey, publicKey } = await generateKeyPair('ES256')
    issuer.published.push({ ...issuer.jwk, ...(await exportJWK(publicKey)), kid: 'key-2' })
    issuer.state.idToken = (claims) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'key-2' }).sign(privateKey)
    vi.useFakeTimers({ now: Date.now() + 60_000, toFake: ['Date'] })
    const answer = await createBrowser(authly).signIn(issuer)
    vi.useRealTimers()
    expect([answer.status, reads()]).toEqual([303, 2])
  })

  it('refuses userinfo about somebody else (OpenID Connect Core §5.3.2)', async () => {
    issuer.state.profile = { sub: 'mallory', name: 'Mallory' }
    const browser = createBrowser(createApplication(issuer))
    expect((await browser.signIn(issuer)).status).toBe(400)
    expect(await browser.user()).toBeNull()
  })
})

describe('attacks on the callback', () => {
  it('login CSRF: the code of somebody else, in a browser that began nothing (RFC 9700 §4.7)', async () => {
    const authly = createApplication(issuer)
    const [mallory, victim] = [createBrowser(authly), createBrowser(authly)]
    const callback = issuer.signIn(locationOf(await mallory.open('/auth/login')), 'mallory')
    expect((await victim.open(callback)).status).toBe(400)
    expect(await victim.user()).toBeNull()
    expect(issuer.tokenRequests('authorization_code')).toEqual([])
  })

  it('the state of another browser, also when its cookie has the name of a real one', async () => {
    const authly = createApplication(issuer)
    const [mallory, victim] = [createBrowser(authly), createBrowser(authly)]
    const callback = issuer.signIn(locationOf(await mallory.open('/auth/login')), 'mallory')
    await victim.open('/auth/login')
    const [name] = [...mallory.jar.keys()]
    const [own] = [...victim.jar.values()]
    victim.jar.set(name as string, own as string)
    expect((await victim.open(callback)).status).toBe(400)
    expect(await victim.user()).toBeNull()
  })

  it('a stolen code, put into an attempt of the thief (code injection, RFC 9700 §4.5)', async () => {
    const authly = createApplication(issuer)
    const [victim, thief] = [createBrowser(authly), createBrowser(authly)]
    const stolen = issuer.signIn(locationOf(await victim.open('/auth/login'))).searchParams.get('code')
    const callback = issuer.signIn(locationOf(await thief.open('/auth/login')), 'mallory')
    callback.searchParams.set('code', stolen ?? '')
    expect((await thief.open(callback)).status).toBe(400)
    expect(await thief.user()).toBeNull()
  })

  it.each([
    [
      'another issuer (mix-up, RFC 9207 §2.4)',
      (url: URL) => url.searchParams.set('iss', 'https://evil.example'),
    ],
    ['no issuer', (url: URL) => url.searchParams.delete('iss')],
    ['two states', (url: URL) => url.searchParams.append('state', 'x')],
    ['two codes', (url: URL) => url.searchParams.append('code', 'x')],
    ['no code', (url: URL) => url.searchParams.delete('code')],
    ['an error', (url: URL) => url.searchParams.set('error', 'access_denied')],
  ])('%s: nothing is redeemed, and the attempt is over', async (_name, change) => {
    const browser = createBrowser(createApplication(issuer))
    const callback = issuer.signIn(locationOf(await browser.open('/auth/login')))
    const altered = new URL(callback)
    change(altered)
    expect((await browser.open(altered)).status).toBe(400)
    expect(issuer.tokenRequests('authorization_code')).toEqual([])
    if (altered.searchParams.getAll('state').length === 1)
      expect((await browser.open(callback)).status).toBe(400)
  })

  it('the same callback twice: nothing changes for who is signed in, and nobody else gets in', async () => {
    const authly = createApplication(issuer)
    const browser = createBrowser(authly)
    const callback = issuer.signIn(locationOf(await browser.open('/auth/login')))
    await browser.open(callback)
    const before = new Map(browser.jar)
    expect(locationOf(await browser.open(callback)).href).toBe(`${origin}/`)
    expect(browser.jar).toEqual(before)
    expect((await createBrowser(authly).open(callback)).status).toBe(400)
  })

  it('what is in the address is not in the page: no script, no words of an attacker', async () => {
    const browser = createBrowser(createApplication(issuer))
    const callback = issuer.signIn(locationOf(await browser.open('/auth/login')))
    callback.searchParams.set('error', '<script>alert(1)</script>')
    callback.searchParams.set('error_description', 'Call 555-0100 to unlock your account')
    const page = await (await browser.open(callback)).text()
    expect(page).not.toMatch(/alert|555-0100/)
  })

  const now = () => Math.floor(Date.now() / 1000)
  const publicKeyAsSecret = () => new TextEncoder().encode(JSON.stringify(issuer.jwk))
  it.each<[string, (claims: object) => Promise<string>]>([
    ['alg none', async (claims) => new UnsecuredJWT({ ...claims }).encode()],
    [
      'HS256 with the public key as the secret (key confusion, RFC 8725 §2.1)',
      (claims) =>
        new SignJWT({ ...claims })
          .setProtectedHeader({ alg: 'HS256', kid: 'key-1' })
          .sign(publicKeyAsSecret()),
    ],
    [
      'another key with the right kid',
      async (claims) => {
        const { privateKey } = await generateKeyPair('ES256')
        return new SignJWT({ ...claims }).setProtectedHeader({ alg: 'ES256', kid: 'key-1' }).sign(privateKey)
      },
    ],
    ['the nonce of another attempt', (claims) => issuer.sign({ ...claims, nonce: 'other' })],
    ['no nonce', (claims) => issuer.sign({ ...claims, nonce: undefined })],
    ['another client', (claims) => issuer.sign({ ...claims, aud: 'other' })],
    [
      'several audiences, for another party',
      (claims) => issuer.sign({ ...claims, aud: ['app', 'x'], azp: 'x' }),
    ],
    ['another issuer', (claims) => issuer.sign({ ...claims, iss: 'https://evil.example' })],
    ['an old one', (claims) => issuer.sign({ ...claims, exp: now() - 120 })],
    ['one of tomorrow', (claims) => issuer.sign({ ...claims, iat: now() + 3600 })],
    ['nobody', (claims) => issuer.sign({ ...claims, sub: '' })],
  ])('an ID token with %s is refused', async (_name, make) => {
    issuer.state.idToken = make
    const browser = createBrowser(createApplication(issuer))
    expect((await browser.signIn(issuer)).status).toBe(400)
    expect(await browser.user()).toBeNull()
  })

  it('a server that answers without an ID token', async () => {
    issuer.state.intercept = (request) =>
      request.url.endsWith('/token')
        ? Response.json({ access_token: 'a', token_type: 'Bearer', expires_in: 600 })
        : undefined
    const browser = createBrowser(createApplication(issuer))
    expect((await browser.signIn(issuer)).status).toBe(400)
  })

  it('a discovery document of another issuer (RFC 8414 §3.3)', async () => {
    issuer = await createIssuer({ issuer: 'https://evil.example' })
    const login = await createBrowser(createApplication(issuer)).open('/auth/login')
    expect([login.status, login.headers.get('location')]).toEqual([400, null])
  })
})

describe('step-up (OpenID Connect Core §3.1.2.1)', () => {
  const strong = '/auth/login?acr_values=urn:authly:acr:mfa'

  it('asks for them as what is needed (§5.5.1.1): a wish is passed over for people without a factor', async () => {
    const { searchParams } = locationOf(await createBrowser(createApplication(issuer)).open(strong))
    expect(searchParams.get('acr_values')).toBe('urn:authly:acr:mfa')
    expect(JSON.parse(searchParams.get('claims') ?? '')).toEqual({
      id_token: { acr: { essential: true, values: ['urn:authly:acr:mfa'] } },
    })
  })

  it('asks for acr_values, and believes no weaker sign-in: the session stays as it was', async () => {
    const browser = createBrowser(createApplication(issuer))
    await browser.signIn(issuer)
    const before = new Map(browser.jar)
    const refused = await browser.signIn(issuer, strong)
    expect(await refused.text()).toContain('unmet_authentication_requirements')
    expect(browser.jar).toEqual(before)
  })

  it('takes the place of the session when it was strong enough', async () => {
    const browser = createBrowser(createApplication(issuer))
    await browser.signIn(issuer)
    issuer.state.acr = 'urn:authly:acr:mfa'
    await browser.signIn(issuer, strong)
    expect(await browser.user()).toMatchObject({ acr: 'urn:authly:acr:mfa' })
  })

  it('refuses a sign-in that is older than max_age', async () => {
    issuer.state.idToken = (claims) => issuer.sign({ ...claims, auth_time: now() - 900 })
    const browser = createBrowser(createApplication(issuer))
    expect((await browser.signIn(issuer, '/auth/login?max_age=300')).status).toBe(400)
    expect((await browser.signIn(issuer, '/auth/login')).status).toBe(303)
  })
  const now = () => Math.floor(Date.now() / 1000)

  it.each(['max_age=-1', 'max_age=1e9', 'prompt=none', 'prompt=%0d%0aset-cookie:x'])(
    'an address cannot ask for %s',
    async (query) => {
      const answer = await createBrowser(createApplication(issuer)).open(`/auth/login?${query}`)
      expect([answer.status, answer.headers.get('location')]).toEqual([400, null])
    },
  )

  it('nor for scopes, resources, another client or another redirect URI', async () => {
    const query = 'scope=admin&resource=https://x.example&client_id=other&redirect_uri=https://evil.example'
    const { searchParams } = locationOf(
      await createBrowser(createApplication(issuer)).open(`/auth/login?${query}`),
    )
    expect(Object.fromEntries(searchParams)).toMatchObject({
      ...{ scope: 'openid profile email', client_id: client.clientId },
      redirect_uri: `${origin}/auth/callback`,
    })
    expect(searchParams.has('resource')).toBe(false)
  })
})
