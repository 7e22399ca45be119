/** Refreshing with rotation: one refresh a time, no logout (docs/decisions/0004). */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createApplication, createBrowser, gate } from './application.ts'
import { createIssuer, type Issuer } from './issuer.ts'

let issuer: Issuer
beforeEach(async () => {
  issuer = await createIssuer()
})
afterEach(() => vi.useRealTimers())

const inSeconds = (seconds: number) =>
  vi.useFakeTimers({ now: Date.now() + seconds * 1000, toFake: ['Date'] })
const refreshes = () => issuer.tokenRequests('refresh_token').length

describe('requests that come together', () => {
  it('to one process: one refresh', async () => {
    const authly = createApplication(issuer)
    const browser = createBrowser(authly)
    await browser.signIn(issuer)
    inSeconds(600)
    const copies = Array.from({ length: 20 }, () => createBrowser(authly, new Map(browser.jar)))
    const tokens = await Promise.all(copies.map((copy) => copy.token()))
    expect(new Set(tokens).size).toBe(1)
    expect([refreshes(), issuer.families[0]?.rotations]).toEqual([1, 1])
  })

  it('to several processes: each gets the same successor, and whichever cookie arrives last goes on', async () => {
    const processes = Array.from({ length: 5 }, () => createApplication(issuer))
    const [first] = processes
    const browser = createBrowser(first as NonNullable<typeof first>)
    await browser.signIn(issuer)
    for (let round = 0; round < 3; round++) {
      inSeconds(600)
      const copies = processes.map((authly) => createBrowser(authly, new Map(browser.jar)))
      await Promise.all(copies.map((copy) => copy.token()))
      const last = copies[round] as (typeof copies)[number]
      for (const [name, value] of last.jar) browser.jar.set(name, value)
      expect(issuer.families[0]).toMatchObject({ rotations: round + 1, isRevoked: false })
    }
    expect(await browser.user()).toMatchObject({ sub: 'grace' })
  })

  it('for several resources: one rotation, so that stragglers with the old cookie are not thieves', async () => {
    const resource = ['https://one.example', 'https://two.example', 'https://three.example']
    const authly = createApplication(issuer, { resource, userinfo: false })
    const browser = createBrowser(authly)
    await browser.signIn(issuer)
    const rotations = issuer.families[0]?.rotations ?? 0
    inSeconds(600)
    const straggler = createBrowser(createApplication(issuer, { resource }), new Map(browser.jar))
    const tokens = [await browser.token(), await browser.token({ resource: 'https://three.example' })]
    expect(tokens).toEqual([expect.stringMatching('one'), expect.stringMatching('three')])
    expect(await straggler.token()).toMatch(/one/)
    expect(issuer.families[0]).toMatchObject({ rotations: rotations + 1, isRevoked: false })
  })
})

describe('one request', () => {
  it('whose answer is lost asks again in time, and gets the same successor', async () => {
    const browser = createBrowser(createApplication(issuer))
    await browser.signIn(issuer)
    inSeconds(600)
    let isLost = false
    issuer.state.intercept = async (request) => {
      if (isLost || !request.url.endsWith('/token')) return undefined
      isLost = true
      await issuer.fetch(request)
      throw new TypeError('fetch failed')
    }
    expect(await browser.token()).toMatch(/^access-/)
    expect(issuer.families[0]).toMatchObject({ rotations: 1, isRevoked: false })
    expect(await browser.user()).toMatchObject({ sub: 'grace' })
  })

  it('brings a new cookie with any answer, which no shared cache may then keep (it would hand the session on)', async () => {
    const browser = createBrowser(createApplication(issuer))
    await browser.signIn(issuer)
    const page = () => new Response('page', { headers: { 'cache-control': 'public, max-age=600' } })
    const before = await browser.open('/', page)
    expect([before.headers.get('cache-control'), before.headers.getSetCookie()]).toEqual([
      'public, max-age=600',
      [],
    ])
    inSeconds(600)
    const after = await browser.open('/', page)
    expect([after.headers.get('cache-control'), after.headers.getSetCookie().length]).toEqual([
      'private, no-store',
      1,
    ])
    // As immutable as what fetch() gives.
    inSeconds(600)
    const passedOn = await browser.open('/', () => Response.redirect('https://app.example/next'))
    expect([passedOn.status, passedOn.headers.getSetCookie().length]).toEqual([302, 1])
  })

  it('renews when it is asked to, but not what it has just got', async () => {
    const browser = createBrowser(createApplication(issuer))
    await browser.signIn(issuer)
    const token = await browser.token({ forceRefresh: true })
    expect([token, refreshes()]).toEqual([await browser.token(), 0])
    inSeconds(60)
    expect(await browser.token({ forceRefresh: true })).not.toBe(token)
  })

  it('that has answered cannot set a cookie any more: it keeps the refresh token instead of losing it', async () => {
    const browser = createBrowser(createApplication(issuer))
    await browser.signIn(issuer)
    let later: Promise<string> | undefined
    const begun = gate()
    await browser.open('/', (auth) => {
      later = begun.passed.then(() => auth.accessToken())
      return new Response('begun')
    })
    inSeconds(600)
    begun.open()
    await expect(later).rejects.toMatchObject({ code: 'session_read_only' })
    expect([refreshes(), issuer.families[0]?.rotations]).toEqual([0, 0])
  })

  it('renews ahead of the end, short tokens in the last fifth of their life', async () => {
    issuer.state.expiresIn = 100
    const browser = createBrowser(createApplication(issuer))
    await browser.signIn(issuer)
    inSeconds(79)
    await browser.user()
    expect(refreshes()).toBe(0)
    inSeconds(2)
    await browser.user()
    expect(refreshes()).toBe(1)
  })

  it('keeps the new refresh token also when the new ID token cannot be verified for want of keys', async () => {
    const authly = createApplication(issuer)
    const browser = createBrowser(authly)
    await browser.signIn(issuer)
    inSeconds(700)
    issuer.state.intercept = (request) =>
      request.url.endsWith('/jwks') ? new Response('down', { status: 503 }) : undefined
    // A process that has no keys yet.
    const other = createBrowser(createApplication(issuer), browser.jar)
    expect(await other.token()).toMatch(/^access-/)
    inSeconds(700)
    expect(await other.user()).toMatchObject({ sub: 'grace' })
    expect(issuer.families[0]).toMatchObject({ rotations: 2, isRevoked: false })
  })

  it('takes no ID token of somebody else from a refresh (OpenID Connect Core §12.2)', async () => {
    const browser = createBrowser(createApplication(issuer))
    await browser.signIn(issuer)
    issuer.state.idToken = (claims) => issuer.sign({ ...claims, sub: 'mallory' })
    inSeconds(600)
    await expect(browser.token()).rejects.toMatchObject({ code: 'invalid_id_token' })
    expect(await browser.user()).toMatchObject({ sub: 'grace' })
  })
})
