/** Who may read which answer, and who may keep it: CORS, caches, cookies and page security. */
import { beforeAll, describe, expect, it } from 'vitest'
import { isKeyAlg, standingAlgs, useOf } from '../../../src/keys/algorithms.ts'
import { addClient, addUser, issuer, rp } from '../authly.ts'
import { authorization } from '../relying-party.ts'
import type { SeededClient, SeededUser } from '../seed.ts'
import { createUserAgent } from '../user-agent.ts'
import { type Answer, postForm, send, sendRaw } from '../wire.ts'

const origin = 'https://spa.example.test'

let client: SeededClient
let user: SeededUser
beforeAll(async () => {
  client = await addClient()
  user = await addUser()
})

const wellKnown = [
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server',
  '/.well-known/jwks.json',
]
const machines = ['/oauth/token', '/oauth/introspect', '/oauth/revoke', '/oidc/userinfo']
const people = ['/oauth/authorize', '/oidc/logout', '/login', '/consent', '/password', '/account', '/logout']

describe('CORS (Fetch §3.2)', () => {
  it.each([...wellKnown, ...machines])('lets any origin read %s, without credentials', async (path) => {
    const method = wellKnown.includes(path) || path === '/oidc/userinfo' ? 'GET' : 'POST'
    const answer = await send(`${issuer}${path}`, { method, headers: { origin } })
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
    expect(answer.headers.get('access-control-allow-credentials')).toBeNull()
  })

  /** What pages really send: credentials, forms, and what tracing, monitoring and HTTP libraries add. */
  const requested = ['authorization,content-type', 'x-requested-with', 'sentry-trace,baggage', 'dpop,pragma']
  it.each([...wellKnown, ...machines])('answers the preflight of %s, whatever it asks for', async (path) => {
    const isGet = wellKnown.includes(path) || path === '/oidc/userinfo'
    for (const names of [...requested, undefined]) {
      const headers = {
        origin,
        'access-control-request-method': isGet ? 'GET' : 'POST',
        ...(names === undefined ? {} : { 'access-control-request-headers': names }),
      }
      const answer = await send(`${issuer}${path}`, { method: 'OPTIONS', headers })
      expect(answer.status).toBe(204)
      expect(answer.headers.get('access-control-allow-origin')).toBe('*')
      expect(answer.headers.get('access-control-allow-credentials')).toBeNull()
      // `*` alone does not stand for Authorization (Fetch §3.2.5).
      expect(answer.headers.get('access-control-allow-headers')).toBe('*, authorization')
      expect(answer.headers.get('access-control-allow-methods')).toContain(isGet ? 'GET' : 'POST')
      expect(answer.headers.get('vary')).toMatch(/Access-Control-Request-Headers/)
    }
  })

  it('shows pages why and when on errors too: challenge, limits, request id', async () => {
    const basicOf = (secret: string) => ({ authorization: `Basic ${btoa(`${client.client_id}:${secret}`)}` })
    const bearer = { authorization: 'Bearer x' }
    const errors: [status: number, path: string, init: RequestInit][] = [
      [400, '/oauth/token', { method: 'POST', body: new URLSearchParams({ grant_type: 'x' }) }],
      [
        401,
        '/oauth/token',
        { method: 'POST', headers: basicOf('no'), body: new URLSearchParams({ a: 'b' }) },
      ],
      [401, '/oidc/userinfo', { headers: bearer }],
      [401, '/oidc/userinfo', {}],
      [404, '/.well-known/nothing', {}],
      [404, '/.well-known/nothing', { method: 'OPTIONS' }],
      [405, '/oauth/token', {}],
      [405, '/oauth/token', { method: 'PUT' }],
      [405, '/oauth/revoke', { method: 'HEAD' }],
      [405, '/.well-known/jwks.json', { method: 'POST' }],
      [415, '/oauth/token', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }],
    ]
    for (const [status, path, init] of errors) {
      const answer = await send(`${issuer}${path}`, { ...init, headers: { origin, ...init.headers } })
      const what = `${init.method} ${path}`
      expect(answer.status, what).toBe(status)
      expect(answer.headers.get('access-control-allow-origin'), what).toBe('*')
      expect(answer.headers.get('access-control-expose-headers')?.split(', '), what).toEqual(
        expect.arrayContaining([
          'WWW-Authenticate',
          'DPoP-Nonce',
          'Date',
          'Retry-After',
          'RateLimit',
          'RateLimit-Policy',
          'X-Request-Id',
        ]),
      )
      if (status === 405) expect(answer.headers.get('allow'), what).toMatch(/^(POST|GET, HEAD), OPTIONS$/)
    }
  })

  it.each([...wellKnown, '/oidc/userinfo'])('answers HEAD of %s as GET, without the body', async (path) => {
    const [head, get] = await Promise.all([
      send(`${issuer}${path}`, { method: 'HEAD' }),
      send(`${issuer}${path}`),
    ])
    expect(head.status).toBe(get.status)
    expect(head.text).toBe('')
    expect(head.headers.get('access-control-allow-origin')).toBe('*')
  })

  it.each(people)('lets no other origin read %s, which knows cookies', async (path) => {
    for (const method of ['GET', 'OPTIONS', 'POST']) {
      const answer = await send(`${issuer}${path}`, { method, headers: { origin } })
      expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control-'))).toEqual([])
    }
  })
})

describe('caches', () => {
  it.each(wellKnown)('may keep %s for a while (RFC 9111 §5.2)', async (path) => {
    const answer = await send(`${issuer}${path}`)
    expect(answer.headers.get('cache-control')).toMatch(/^public, max-age=\d+/)
    expect(answer.headers.get('content-type')).toMatch(/^application\/(jwk-set\+)?json/)
    expect(answer.headers.get('set-cookie')).toBeNull()
  })

  it('keep no token and no refusal (RFC 6749 §5.1)', async () => {
    const granted = await rp.requestToken(client, { grant_type: 'client_credentials' })
    const refused = await rp.requestToken(client, { grant_type: 'x' })
    const inspected = await rp.introspect(client, 'x')
    for (const answer of [granted, refused, inspected]) {
      expect(answer.headers.get('cache-control')).toBe('no-store')
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
    }
    expect(granted.headers.get('pragma')).toBe('no-cache')
  })

  it('keep no page and no redirect with a code', async () => {
    const agent = await rp.signedInAgent(client, user)
    for (const page of [
      await rp.authorize(client, {}, agent),
      await createUserAgent().open(`${issuer}/login`),
    ]) {
      expect(page.headers.get('cache-control')).toBe('no-store')
    }
  })
})

describe('published keys (RFC 7517 §4)', () => {
  it('have no private member, an id each, and one algorithm each', async () => {
    const keys = (await send(`${issuer}/.well-known/jwks.json`)).json?.['keys'] as Record<string, unknown>[]
    expect(keys.length).toBeGreaterThanOrEqual(3)
    for (const key of keys) {
      for (const secret of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'])
        expect(key).not.toHaveProperty(secret)
      expect(key).toMatchObject({ kid: expect.any(String), alg: expect.any(String) })
      // Those that clients have asked for are made beside the standing ones.
      expect(isKeyAlg(key['alg']) && useOf(key['alg'])).toBe(key['use'])
    }
    expect(new Set(keys.map(({ kid }) => kid)).size).toBe(keys.length)
    expect(keys.map(({ alg }) => alg)).toEqual(expect.arrayContaining([...standingAlgs]))
  })
})

/** From our own origin, without a line of its own in the page. */
const ownScript = /<script type="module" src="\/assets\/authly\.[0-9a-z]{7}\.js"><\/script>/g

describe('pages for people', () => {
  it('run no script but ours, load nothing foreign and show in no frame (CSP 3, RFC 7034)', async () => {
    const agent = createUserAgent()
    const login = await agent.open(rp.authorizeUrl(client))
    const unknown = await agent.open(`${issuer}/no-such-page`)
    const refused = await agent.open(rp.authorizeUrl(client, { client_id: 'nobody' }))
    expect([login.status, unknown.status, refused.status]).toEqual([200, 404, 400])
    for (const { headers, body } of [login, unknown, refused]) {
      const csp = headers.get('content-security-policy') ?? ''
      expect(csp).toContain("default-src 'none'")
      expect(csp).toContain("frame-ancestors 'none'")
      expect(csp).toContain("base-uri 'none'")
      expect(csp).not.toMatch(/unsafe-(inline|eval)/)
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('referrer-policy')).toMatch(/^(same-origin|no-referrer)$/)
      const withoutOwn = body.replaceAll(ownScript, '')
      expect(withoutOwn).not.toMatch(/<script|\son\w+=|style="/i)
      expect(body).not.toMatch(/(src|href)="(https?:)?\/\//i)
    }
  })

  it('set cookies that scripts cannot read and other sites do not send (RFC 6265bis §5.6)', async () => {
    const agent = await rp.signedInAgent(client, user)
    const names = new Set(
      agent.cookies.all().map(({ name }) => name.replace(/_browser_[\w-]{8}$/, '_browser')),
    )
    expect([...names].sort()).toEqual(['authly_browser', 'authly_devices', 'authly_session'])
    for (const cookie of agent.cookies.all()) {
      expect(Object.fromEntries(cookie.attributes)).toMatchObject({
        httponly: '',
        samesite: 'Lax',
        path: '/',
      })
      expect(cookie.attributes.has('domain')).toBe(false)
    }
  })

  it('give a new session at every sign-in (session fixation)', async () => {
    const agent = createUserAgent()
    agent.cookies.store(new URL(issuer), ['authly_session=authly_ss_attacker.secret; Path=/'])
    const page = await agent.open(rp.authorizeUrl(client))
    const [form] = page.forms
    if (!form) throw new Error(page.text)
    await agent.submit(page, form, { identifier: user.username, password: user.password }, () => true)
    expect(agent.cookies.get('authly_session')?.value).toMatch(/^authly_ss_[\w-]{40,}\.[\w-]{43}$/)
  })
})

describe('rate limits', () => {
  it('are told with every answer of the token endpoint (IETF RateLimit headers draft)', async () => {
    const answers: Answer[] = [
      await rp.requestToken(client, { grant_type: 'client_credentials' }),
      await postForm(rp.endpoints.introspect, { token: 'x' }, authorization(client)),
    ]
    for (const { headers } of answers) {
      expect(headers.get('ratelimit-policy')).toMatch(/^"[\w-]+";q=\d+;w=\d+/)
      expect(headers.get('ratelimit')).toMatch(/^"[\w-]+";r=\d+/)
    }
  })
})

describe('TRACE (RFC 9110 §9.3.8)', () => {
  it.each(['/login', '/oauth/token', '/admin/users', '/nothing-here'])(
    'is not answered at %s',
    async (path) => {
      const headers = { cookie: 'authly_session=a-secret', authorization: 'Bearer a-secret' }
      const answer = await sendRaw(issuer, { method: 'TRACE', path, headers })
      expect([404, 405]).toContain(answer.status)
      expect(answer.text).not.toContain('a-secret')
    },
  )
})
