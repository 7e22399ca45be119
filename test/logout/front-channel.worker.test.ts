/** Front-channel logout (OpenID Connect Front-Channel Logout 1.0) and session management: what pages and cookies do. */
import { env, SELF } from 'cloudflare:test'
import { decodeJwt } from 'jose'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { sha256 } from '../../src/kit/hash.ts'
import { fetchFrom } from '../contracts/worker-client.ts'
import { type Browser, issuer, openBrowser, type Shown, signIn } from '../login/browser.ts'
import { addPerson, authorizePath, goodPassword } from '../login/people.ts'
import { useSettings } from '../worker/local-settings.ts'
import { openRelyingParty } from './relying-party.ts'

beforeEach(() => useSettings({}))

// Ahead of the platform's clock: no alarm rings, nobody is told by back-channel here.
beforeEach(() => vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 86_400_000 }))
afterEach(() => vi.useRealTimers())

const frameUri = 'https://app.test/signed-out?tenant=1'
const framed = { backchannel_logout_uri: null, frontchannel_logout_uri: frameUri } as const

async function signedIn(browser = openBrowser()): Promise<Browser> {
  const person = await addPerson()
  await signIn(browser, person.email, goodPassword)
  return browser
}

const framesOf = ({ html }: Shown) =>
  [...html.matchAll(/<iframe src="([^"]*)"([^>]*)>/g)].map(([, src = '', rest]) => ({
    src: src.replaceAll('&amp;', '&'),
    rest,
  }))
const policyOf = ({ headers }: Shown, directive: string) =>
  headers
    .get('content-security-policy')
    ?.split('; ')
    .filter((each) => each.startsWith(`${directive} `))
const signOut = async (browser: Browser) => browser.post('/logout', (await browser.get('/logout')).hidden)

describe('the page after a sign-out', () => {
  it('frames each client that took part, with iss and sid where it asks for them, and nothing else (§2, §3)', async () => {
    const browser = await signedIn()
    const asking = await openRelyingParty({ ...framed, frontchannel_logout_session_required: true })
    const plain = await openRelyingParty({
      ...framed,
      frontchannel_logout_uri: 'https://other.test:8443/bye',
      redirect_uris: ['https://app.test/cb', 'https://other.test:8443/cb'],
    })
    await openRelyingParty(framed)
    const { id_token } = await asking.tokens(browser)
    await plain.tokens(browser)
    await plain.tokens(browser)
    const page = await signOut(browser)
    expect(page.status).toBe(200)
    const frames = framesOf(page)
    const sid = decodeJwt(id_token)['sid'] as string
    expect(frames.map(({ src }) => src).toSorted()).toEqual([
      `${frameUri}&iss=${encodeURIComponent(issuer)}&sid=${sid}`,
      'https://other.test:8443/bye',
    ])
    // Attack: the framed page leads the window elsewhere.
    for (const { rest } of frames) {
      expect(rest).toContain('sandbox="allow-scripts allow-same-origin"')
      expect(rest).toContain('referrerpolicy="no-referrer"')
      expect(rest).toMatch(/ hidden/)
    }
    expect(policyOf(page, 'frame-src')?.[0]?.split(' ').slice(1).toSorted()).toEqual([
      'https://app.test',
      'https://other.test:8443',
    ])
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(page.headers.getSetCookie().join()).toMatch(/authly_session=; .*Max-Age=0/)
    // Once: the page of the next visit frames nothing.
    const again = await browser.get('/logout')
    expect(framesOf(again)).toEqual([])
    expect(policyOf(again, 'frame-src')).toEqual([])
  })

  it('goes on to post_logout_redirect_uri, without a script after a while, with it at once', async () => {
    const browser = await signedIn()
    const party = await openRelyingParty(framed)
    const { id_token } = await party.tokens(browser)
    const query = new URLSearchParams({
      ...{ id_token_hint: id_token, post_logout_redirect_uri: 'https://app.test/bye', state: 'a"><b' },
    })
    const page = await browser.get(`/oidc/logout?${query}`)
    expect(page.status).toBe(200)
    expect(framesOf(page)).toHaveLength(1)
    const target = 'https://app.test/bye?state=a%22%3E%3Cb'
    expect(page.html).toContain(`<meta http-equiv="refresh" content="5; url=${target}"/>`)
    expect(page.html).toMatch(new RegExp(`<a [^>]*href="${target.replace('?', '\\?')}" data-go-on`))
    expect(page.html).toContain('<script type="module"')
    // Nobody is signed in any more: the same request goes there at once.
    expect((await browser.get(`/oidc/logout?${query}`)).location).toBe(target)
  })

  it('comes after the question too', async () => {
    const browser = await signedIn()
    const party = await openRelyingParty(framed)
    await party.tokens(browser)
    const uri = encodeURIComponent('https://app.test/bye')
    const question = await browser.get(
      `/oidc/logout?client_id=${party.client_id}&post_logout_redirect_uri=${uri}`,
    )
    expect(framesOf(question)).toEqual([])
    const page = await browser.post('/oidc/logout/confirm', question.hidden)
    expect(framesOf(page)).toHaveLength(1)
    expect(page.html).toContain('url=https://app.test/bye')
  })

  it('comes after a sign-out everywhere, for the clients of this browser', async () => {
    const browser = await signedIn()
    const party = await openRelyingParty(framed)
    await party.tokens(browser)
    const { csrf_token = '' } = (await browser.get('/account/sessions')).hidden
    const page = await browser.post('/account/sessions/end-all', { csrf_token })
    expect(framesOf(page)).toHaveLength(1)
    expect(page.html).toContain('url=/login')
  })

  it('without such a client everything is as before: a redirect', async () => {
    const browser = await signedIn()
    const party = await openRelyingParty({ backchannel_logout_uri: null })
    const { id_token } = await party.tokens(browser)
    const query = `id_token_hint=${id_token}&post_logout_redirect_uri=${encodeURIComponent('https://app.test/bye')}`
    const answer = await browser.get(`/oidc/logout?${query}`)
    expect([answer.status, answer.location]).toEqual([303, 'https://app.test/bye'])
  })
})

describe('session management', () => {
  const on = { ...env, AUTHLY_SESSION_MANAGEMENT: 'true' } as unknown as Env
  const openHere = () => openBrowser(undefined, (url, init) => fetchFrom(url, init, on))
  const cookie = '__Host-authly_browser_state'
  const stateAt = (answer: Shown) => new URL(answer.location as string).searchParams.get('session_state')
  const hashOf = async (clientId: string, origin: string, state: string, session_state: string) => {
    const salt = session_state.split('.')[1] as string
    return `${await sha256([clientId, origin, state, salt].join(' '))}.${salt}`
  }

  it('is off by default: no page, no parameter, no cookie, not in discovery', async () => {
    const browser = await signedIn()
    const party = await openRelyingParty()
    const answer = await browser.get(authorizePath(party.client_id))
    expect(stateAt(answer)).toBeNull()
    expect([...browser.cookies.keys()].join()).not.toContain('browser_state')
    expect((await browser.get('/oidc/check-session')).status).toBe(404)
    const metadata = await (await SELF.fetch(`${issuer}/.well-known/openid-configuration`)).json()
    expect(metadata).not.toHaveProperty('check_session_iframe')
    expect(metadata).toMatchObject({
      ...{ backchannel_logout_supported: true, backchannel_logout_session_supported: true },
      ...{ frontchannel_logout_supported: true, frontchannel_logout_session_supported: true },
    })
  })

  it('session_state is a hash of client, origin and the own random cookie, with a salt (§2)', async () => {
    const browser = await signedIn(openHere())
    const party = await openRelyingParty()
    const answer = await browser.get(authorizePath(party.client_id))
    const [session_state, again] = [
      stateAt(answer) as string,
      stateAt(await browser.get(authorizePath(party.client_id))) as string,
    ]
    const state = browser.cookies.get(cookie) as string
    expect(session_state).toBe(await hashOf(party.client_id, 'https://app.test', state, session_state))
    expect(again).not.toBe(session_state)
    expect(again).toBe(await hashOf(party.client_id, 'https://app.test', state, again))
    // A page of another origin matches nothing.
    expect(session_state).not.toBe(await hashOf(party.client_id, 'https://evil.test', state, session_state))
    expect(browser.cookies.get('__Host-authly_session')).not.toContain(state)
  })

  it('not without openid, and not at an address without an origin', async () => {
    const browser = await signedIn(openHere())
    const party = await openRelyingParty({
      ...{ application_type: 'native', redirect_uris: ['https://app.test/cb', 'com.example.app:/cb'] },
    })
    expect(stateAt(await browser.get(authorizePath(party.client_id, { scope: 'email' })))).toBeNull()
    const native = authorizePath(party.client_id, { redirect_uri: 'com.example.app:/cb' })
    const answer = await browser.get(native)
    expect(answer.location).toContain('code=')
    expect(answer.location).not.toContain('session_state')
  })

  it('the cookie can be read by scripts and in frames, and changes with sign-in and sign-out', async () => {
    const browser = openHere()
    const person = await addPerson()
    const answer = await signIn(browser, person.email, goodPassword)
    const line = answer.headers.getSetCookie().find((each) => each.startsWith(cookie))
    expect(line).toMatch(/^__Host-authly_browser_state=[\w-]{43}; Path=\/; SameSite=None; Secure$/)
    const first = browser.cookies.get(cookie)
    await signOut(browser)
    const second = browser.cookies.get(cookie)
    await signIn(browser, person.email, goodPassword)
    const third = browser.cookies.get(cookie)
    expect(new Set([first, second, third]).size).toBe(3)
    expect(first && second && third).toBeTruthy()
  })

  it('a browser that was signed in before it was switched on gets its cookie with the response', async () => {
    const browser = await signedIn()
    const here = openHere()
    for (const [name, value] of browser.cookies) here.cookies.set(name, value)
    const party = await openRelyingParty()
    const session_state = stateAt(await here.get(authorizePath(party.client_id))) as string
    const state = here.cookies.get(cookie) as string
    expect(session_state).toBe(await hashOf(party.client_id, 'https://app.test', state, session_state))
    // Attack: a value that was planted becomes part of the hash, or of a header.
    here.cookies.set(cookie, 'a b;c')
    await here.get(authorizePath(party.client_id))
    expect(here.cookies.get(cookie)).toMatch(/^[\w-]{43}$/)
  })

  it('its page alone may be framed, and has one script; no other page changes', async () => {
    const browser = openHere()
    const page = await browser.get('/oidc/check-session')
    expect(page.status).toBe(200)
    expect(page.headers.get('x-frame-options')).toBeNull()
    expect(page.headers.get('content-security-policy')).not.toContain('frame-ancestors')
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'")
    const script = /<script type="module" src="([^"]+)"/.exec(page.html)?.[1] as string
    expect((await browser.get(script)).headers.get('content-type')).toContain('javascript')
    expect(page.headers.getSetCookie()).toEqual([])
    for (const path of ['/login', '/logout', '/oidc/logout']) {
      const other = await browser.get(path)
      expect(other.headers.get('content-security-policy'), path).toContain("frame-ancestors 'none'")
      expect(other.headers.get('x-frame-options'), path).toBe('DENY')
    }
    const metadata = await fetchFrom(`${issuer}/.well-known/openid-configuration`, {}, on)
    expect(await metadata.json()).toMatchObject({ check_session_iframe: `${issuer}/oidc/check-session` })
  })
})
