import { createExecutionContext, env, waitOnExecutionContext } from 'cloudflare:test'
import { afterEach, beforeEach, describe, expect, it, test, vi } from 'vitest'
import worker from '../../src/worker.ts'
import { openBrowser, signIn } from '../login/browser.ts'
import { addPerson, goodPassword } from '../login/people.ts'
import { openRelyingParty } from '../logout/relying-party.ts'
import { useSettings } from '../worker/local-settings.ts'

test('logout looks up no unbounded number of made-up clients for one address', async () => {
  const limits = JSON.stringify({ 'authorize-ip': { capacity: 5, per_seconds: 3600 } })
  const limited = { ...env, AUTHLY_RATE_LIMITS: limits } as unknown as Env
  const statuses: number[] = []
  for (let request = 0; request < 8; request++) {
    const ctx = createExecutionContext()
    const url = `https://auth.test/oidc/logout?client_id=made-up-${request}`
    const headers = { 'cf-connecting-ip': '198.51.100.77' }
    const response = await worker.fetch(new Request(url, { headers }), limited, ctx)
    await waitOnExecutionContext(ctx)
    statuses.push(response.status)
    if (response.status === 429) expect(response.headers.get('retry-after')).toMatch(/^\d+$/)
  }
  expect(statuses).toEqual([200, 200, 200, 200, 200, 429, 429, 429])
})

describe('a logout request that is posted (RP-Initiated Logout 1.0 §2)', () => {
  beforeEach(() => useSettings({}))
  afterEach(() => vi.useRealTimers())

  async function signedIn() {
    const person = await addPerson()
    const browser = openBrowser()
    await signIn(browser, person.email, goodPassword)
    const party = await openRelyingParty({ backchannel_logout_uri: null })
    const { id_token } = await party.tokens(browser)
    const fields = {
      id_token_hint: id_token,
      post_logout_redirect_uri: 'https://app.test/bye',
      state: 'mine',
    }
    const isSignedIn = async () => (await browser.get('/account')).status === 200
    return { browser, fields, isSignedIn }
  }
  /** From the application's page: another origin, and without our cookies. */
  const fromApplication = { origin: 'https://app.test', cookie: '' }

  it('signs out by a redirect that shows the ID token to nobody: no history and no log has it', async () => {
    const { browser, fields, isSignedIn } = await signedIn()
    expect(await isSignedIn()).toBe(true)
    const posted = await browser.post('/oidc/logout', fields, fromApplication)
    expect(posted.status).toBe(303)
    expect(posted.location).toMatch(/^\/oidc\/logout\?posted=[\w-]+$/)
    const [, payload = ''] = fields.id_token_hint.split('.')
    expect(posted.location).not.toContain(payload)
    const answer = await browser.get(posted.location as string)
    expect(answer.location).toBe('https://app.test/bye?state=mine')
    expect(await isSignedIn()).toBe(false)
  })

  it('is checked as any other: a redirect to an address of nobody is refused', async () => {
    const { browser, fields, isSignedIn } = await signedIn()
    const evil = { ...fields, post_logout_redirect_uri: 'https://evil.test/' }
    const posted = await browser.post('/oidc/logout', evil, fromApplication)
    const answer = await browser.get(posted.location as string)
    expect([answer.status, answer.location]).toEqual([400, undefined])
    expect(await isSignedIn()).toBe(true)
  })

  it('is refused when it was not sealed here, or long ago', async () => {
    const { browser, fields, isSignedIn } = await signedIn()
    const posted = await browser.post('/oidc/logout', fields, fromApplication)
    const target = posted.location as string
    expect((await browser.get('/oidc/logout?posted=made-up')).status).toBe(400)
    expect((await browser.get(`${target}x`)).status).toBe(400)
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 601_000 })
    expect((await browser.get(target)).status).toBe(400)
    vi.useRealTimers()
    expect(await isSignedIn()).toBe(true)
  })
})
