/** How long sessions live, and what ends them, in the cookie and in a store. */
import { type AuthlyServerOptions, type KeyValueStore, memoryStore } from '@authly-server/server'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createApplication, createBrowser, gate, newSecret } from './application.ts'
import { createIssuer, type Issuer } from './issuer.ts'

let issuer: Issuer
beforeEach(async () => {
  issuer = await createIssuer()
})
afterEach(() => vi.useRealTimers())

const inSeconds = (seconds: number) =>
  vi.useFakeTimers({ now: Date.now() + seconds * 1000, toFake: ['Date'] })
const name = '__Host-authly'

async function signedIn(options: Partial<AuthlyServerOptions> = {}) {
  const authly = createApplication(issuer, options)
  const browser = createBrowser(authly)
  await browser.signIn(issuer)
  return { authly, browser }
}

const places = [
  ['in the cookie', () => ({})],
  ['in a store', () => ({ store: memoryStore() })],
] as const

describe.each(places)('a session %s', (_name, place) => {
  it('ends when it is not used', async () => {
    const { browser } = await signedIn({ ...place(), session: { idleSeconds: 600 } })
    inSeconds(601)
    expect(await browser.user()).toBeNull()
    expect(issuer.tokenRequests('refresh_token')).toEqual([])
  })

  it('goes on while it is used, to its absolute end', async () => {
    const session = { idleSeconds: 600, absoluteSeconds: 1_500 }
    const { browser } = await signedIn({ ...place(), session })
    for (let count = 0; count < 4; count++) {
      inSeconds(350)
      expect(await browser.user()).toMatchObject({ sub: 'grace' })
    }
    inSeconds(200)
    expect(await browser.user()).toBeNull()
  })

  it('goes on without refresh tokens too', async () => {
    issuer.state.intercept = async (request) => {
      if (!request.url.endsWith('/token')) return undefined
      issuer.state.intercept = undefined
      const { refresh_token: _, ...others } = await (await issuer.fetch(request)).json()
      return Response.json(others)
    }
    const { browser } = await signedIn({ ...place(), session: { idleSeconds: 600 } })
    for (let count = 0; count < 3; count++) {
      inSeconds(400)
      expect(await browser.user()).toMatchObject({ sub: 'grace' })
    }
    await expect(browser.token()).rejects.toThrow('signed_out')
    inSeconds(601)
    expect(await browser.user()).toBeNull()
  })

  it('ends when Authly refuses to renew it', async () => {
    const { browser } = await signedIn(place())
    for (const family of issuer.families) family.isRevoked = true
    expect(await browser.user()).toMatchObject({ sub: 'grace' })
    inSeconds(600)
    expect(await browser.user()).toBeNull()
    expect(browser.jar.size).toBe(0)
  })

  it('outlives an Authly that cannot be reached: tokens end, the sign-in does not', async () => {
    const { browser } = await signedIn(place())
    issuer.state.intercept = () => Response.json({ error: 'server_error' }, { status: 503 })
    inSeconds(570)
    const token = await browser.token()
    expect(token).toMatch(/^access-/)
    inSeconds(60)
    await expect(browser.token()).rejects.toThrow('server_error')
    expect(await browser.user()).toMatchObject({ sub: 'grace' })
    issuer.state.intercept = undefined
    expect(await browser.token()).not.toBe(token)
  })

  it('is over for every copy of its cookie once somebody signed out', async () => {
    const { authly, browser } = await signedIn(place())
    const copy = createBrowser(authly, new Map(browser.jar))
    await browser.post('/auth/logout')
    expect(await copy.user()).toBeNull()
    await browser.signIn(issuer)
    expect(await browser.user()).toMatchObject({ sub: 'grace' })
  })

  it('is not brought back by a request that was under way when somebody signed out', async () => {
    const { authly, browser } = await signedIn(place())
    const late = createBrowser(authly, new Map(browser.jar))
    inSeconds(600)
    issuer.state.intercept = async (request) => {
      if (!request.url.endsWith('/token')) return undefined
      issuer.state.intercept = undefined
      // Renewed at Authly, but not heard of here yet.
      const answer = await issuer.fetch(request)
      await browser.post('/auth/logout')
      return answer
    }
    await late.user()
    expect(await late.user()).toBeNull()
  })
})

describe('a store', () => {
  const spied = () => {
    const inner = memoryStore()
    const entries = new Map<string, string>()
    const store: KeyValueStore = {
      ...inner,
      set: async (key, value, ttl) => {
        entries.set(key, value)
        await inner.set(key, value, ttl)
      },
    }
    return { store, entries }
  }

  it('gets nothing to read: neither tokens nor ids nor names (a leaked backup signs nobody in)', async () => {
    const { store, entries } = spied()
    const { browser } = await signedIn({ store })
    const [entry] = entries
    expect(entry?.[0]).toMatch(/^authly:session:[\w-]{43}$/)
    expect(JSON.stringify([...entries])).not.toMatch(/grace|access-|refresh-/i)
    expect(await browser.user()).toMatchObject({ sub: 'grace' })
  })

  it('that somebody writes to gives nobody the session of somebody else', async () => {
    const { store, entries } = spied()
    const authly = createApplication(issuer, { store })
    const [admin, mallory] = [createBrowser(authly), createBrowser(authly)]
    await admin.signIn(issuer, '/auth/login', 'admin')
    await mallory.signIn(issuer, '/auth/login', 'mallory')
    const [[, value], [key]] = [...entries] as [[string, string], [string, string]]
    await store.set(key, value, 600)
    expect(await mallory.user()).toBeNull()
  })

  it('forgets the session that a browser had before', async () => {
    const { authly, browser } = await signedIn({ store: memoryStore() })
    const before = createBrowser(authly, new Map(browser.jar))
    await browser.signIn(issuer)
    expect(await before.user()).toBeNull()
    expect(await browser.user()).toMatchObject({ sub: 'grace' })
  })

  it('keeps the cookie as it is when tokens are renewed, also after the answer has begun', async () => {
    const { browser } = await signedIn({ store: memoryStore() })
    const cookie = browser.jar.get(name)
    inSeconds(600)
    const token = await browser.token()
    expect(browser.jar.get(name)).toBe(cookie)
    expect(await browser.token()).toBe(token)
  })

  it('does not take the older of two renewals', async () => {
    issuer.state.expiresIn = 100
    const store = memoryStore()
    const options = { store, sessionSecret: newSecret() }
    const [one, two] = [createApplication(issuer, options), createApplication(issuer, options)]
    const browser = createBrowser(one)
    await browser.signIn(issuer)
    inSeconds(100)
    const waiting = gate()
    // The first process gets its answer late; meanwhile the second one renews again and again.
    let isFirst = true
    issuer.state.intercept = async (request) => {
      if (!request.url.endsWith('/token') || !isFirst) return undefined
      isFirst = false
      const answer = await issuer.fetch(request)
      await waiting.passed
      return answer
    }
    const slow = createBrowser(one, new Map(browser.jar)).user()
    await vi.waitFor(() => expect(isFirst).toBe(false))
    const other = createBrowser(two, new Map(browser.jar))
    for (let count = 0; count < 3; count++) {
      await other.user()
      inSeconds(100)
    }
    waiting.open()
    await slow
    inSeconds(100)
    expect(await other.user()).toMatchObject({ sub: 'grace' })
    expect(issuer.families[0]?.isRevoked).toBe(false)
  })
})
