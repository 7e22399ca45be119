/** Redirect URIs that look like a registered one (RFC 9700 §2.1, §4.1): nothing is ever sent to them. */
import { beforeAll, describe, expect, it } from 'vitest'
import { addClient, addUser, expectNothingToChange, issuer, rp } from '../authly.ts'
import { expectLocalError } from '../expectations.ts'
import type { SeededClient } from '../seed.ts'
import type { UserAgent } from '../user-agent.ts'
import { sendRaw } from '../wire.ts'

const registered = 'https://app.example.test/callback'

let web: SeededClient
let native: SeededClient
let loopbackWeb: SeededClient
let withQuery: SeededClient
let agent: UserAgent
beforeAll(async () => {
  web = await addClient({ redirect_uris: [registered] })
  withQuery = await addClient({ redirect_uris: ['https://app.example.test/callback?tenant=1'] })
  native = await addClient({
    application_type: 'native',
    token_endpoint_auth_method: 'none',
    redirect_uris: ['http://127.0.0.1/callback', 'http://[::1]:9000/callback', 'com.example.app:/callback'],
  })
  loopbackWeb = await addClient({
    redirect_uris: ['http://127.0.0.1:8000/callback', 'http://localhost:8000/cb'],
  })
  agent = await rp.signedInAgent(web, await addUser())
})

/** Signed in, so that a wrong decision would leak a code at once. */
async function expectRefused(client: SeededClient, redirect_uri: string): Promise<void> {
  expectLocalError(await rp.authorize(client, { redirect_uri }, agent))
  // Nor does an error go there: the same request with something else wrong.
  expectLocalError(await rp.authorize(client, { redirect_uri, scope: 'openid', prompt: 'none' }))
  expectLocalError(await rp.authorize(client, { redirect_uri, response_type: 'token' }, agent))
}

const expectAccepted = async (client: SeededClient, redirect_uri: string) => {
  const page = await rp.authorize(client, { redirect_uri }, agent)
  expect(page.location?.href, page.text).toContain(
    `${redirect_uri}${redirect_uri.includes('?') ? '&' : '?'}code=`,
  )
}

describe('a web application’s redirect URI', () => {
  expectNothingToChange()

  it('is accepted exactly as registered (RFC 9700 §4.1.3)', () => expectAccepted(web, registered))

  it.each([
    ['userinfo before the host', 'https://app.example.test@evil.test/callback'],
    ['the host as userinfo', 'https://evil.test:x@app.example.test/callback'],
    ['encoded userinfo', 'https://app.example.test%40evil.test/callback'],
    ['a fragment', `${registered}#x`],
    ['an empty fragment', `${registered}#`],
    ['an encoded fragment', `${registered}%23`],
    ['a query added', `${registered}?next=https://evil.test`],
    ['an empty query', `${registered}?`],
    ['a trailing slash', `${registered}/`],
    ['a doubled slash', 'https://app.example.test//callback'],
    ['dot segments', 'https://app.example.test/x/../callback'],
    ['encoded dots', 'https://app.example.test/%2e%2e/callback'],
    ['an encoded slash', 'https://app.example.test%2fcallback'],
    ['a path below', `${registered}/deeper`],
    ['a path beside', `${registered}2`],
    ['a shorter path', 'https://app.example.test/call'],
    ['another path', 'https://app.example.test/open-redirect'],
    ['an encoded letter', 'https://app.example.test/%63allback'],
    ['the path in another case', 'https://app.example.test/Callback'],
    ['the host in another case', 'https://APP.example.test/callback'],
    ['the scheme in another case', 'HTTPS://app.example.test/callback'],
    ['http instead of https', 'http://app.example.test/callback'],
    ['the default port', 'https://app.example.test:443/callback'],
    ['another port', 'https://app.example.test:8443/callback'],
    ['a subdomain', 'https://evil.app.example.test/callback'],
    ['the host as a prefix', 'https://app.example.test.evil.test/callback'],
    ['the host as a suffix', 'https://evilapp.example.test/callback'],
    ['a final dot', 'https://app.example.test./callback'],
    ['a Cyrillic look-alike', 'https://арр.example.test/callback'],
    ['the look-alike in Punycode', 'https://xn--80a0bb.example.test/callback'],
    ['a full-width dot', 'https://app。example.test/callback'],
    ['a full-width slash', 'https://evil.test／app.example.test/callback'],
    ['a backslash', 'https://evil.test\\app.example.test/callback'],
    ['a backslash in the path', 'https://app.example.test\\callback'],
    ['slashes left out', 'https:app.example.test/callback'],
    ['no scheme', '//app.example.test/callback'],
    ['a path alone', '/callback'],
    ['javascript:', 'javascript:alert(1)'],
    ['data:', 'data:text/html,<script>alert(1)</script>'],
    ['a tab inside', 'https://app.example.test/call\tback'],
    ['a space before', ` ${registered}`],
    ['a space after', `${registered} `],
    ['a wildcard', 'https://*.example.test/callback'],
    ['our own sign-in page', `${issuer}/login`],
  ])('is refused with %s', async (_, uri) => expectRefused(web, uri))

  it('is refused when missing, empty, or sent twice (OIDC Core §3.1.2.1, RFC 6749 §3.1)', async () => {
    for (const redirect_uri of [undefined, '', [registered, registered], [registered, 'https://evil.test']]) {
      expectLocalError(await rp.authorize(web, { redirect_uri }, agent))
    }
  })

  it('is refused when it is another client’s', () => expectRefused(withQuery, registered))

  it('is never looked for in a request whose client is unknown, missing or sent twice', async () => {
    for (const client_id of ['nobody', undefined, '', [web.client_id, 'x'], '<script>alert(1)</script>']) {
      const page = await rp.authorize(web, { client_id }, agent)
      expectLocalError(page)
      expect(page.body).not.toContain('<script>alert')
    }
  })

  it('keeps a query it was registered with (RFC 6749 §3.1.2)', async () => {
    await expectAccepted(withQuery, 'https://app.example.test/callback?tenant=1')
    await expectRefused(withQuery, 'https://app.example.test/callback?tenant=2')
    await expectRefused(withQuery, 'https://app.example.test/callback')
  })

  it('cannot be split off by a raw line break in the request (CWE-113)', async () => {
    const path = `/oauth/authorize?client_id=${web.client_id}&response_type=code&redirect_uri=${encodeURIComponent(registered)}%0d%0aLocation:%20https://evil.test`
    const answer = await sendRaw(issuer, { path })
    expect(answer.status).toBe(400)
    expect(answer.headers.get('location')).toBeNull()
  })
})

describe('loopback redirect URIs (RFC 8252 §7.3, RFC 9700 §2.1)', () => {
  expectNothingToChange()

  it.each([
    ['any port of a registered IPv4 literal', 'http://127.0.0.1:51999/callback'],
    ['no port', 'http://127.0.0.1/callback'],
    ['any port of a registered IPv6 literal', 'http://[::1]:51999/callback'],
    ['a private-use scheme exactly as registered', 'com.example.app:/callback'],
  ])('a native application may use %s', async (_, uri) => expectAccepted(native, uri))

  it.each([
    ['localhost for 127.0.0.1', 'http://localhost:51999/callback'],
    ['another loopback address', 'http://127.0.0.2:51999/callback'],
    ['127.1', 'http://127.1:51999/callback'],
    ['the address as a number', 'http://2130706433/callback'],
    ['the address in hex', 'http://0x7f.0.0.1/callback'],
    ['0.0.0.0', 'http://0.0.0.0:51999/callback'],
    ['an IPv4 address in IPv6', 'http://[::ffff:127.0.0.1]:51999/callback'],
    ['the long IPv6 loopback', 'http://[0:0:0:0:0:0:0:1]:51999/callback'],
    ['https', 'https://127.0.0.1:51999/callback'],
    ['userinfo', 'http://127.0.0.1:80@evil.test/callback'],
    ['userinfo before the address', 'http://evil@127.0.0.1:51999/callback'],
    ['another path', 'http://127.0.0.1:51999/other'],
    ['a query added', 'http://127.0.0.1:51999/callback?x=1'],
    ['a fragment', 'http://127.0.0.1:51999/callback#x'],
    ['a port that is no number', 'http://127.0.0.1:x/callback'],
    ['a host that begins with the address', 'http://127.0.0.1.evil.test/callback'],
    ['the private-use scheme in another case', 'COM.example.app:/callback'],
    ['the private-use scheme with slashes', 'com.example.app://callback'],
  ])('a native application may not use %s', async (_, uri) => expectRefused(native, uri))

  it('a web application has no free port', async () => {
    await expectAccepted(loopbackWeb, 'http://127.0.0.1:8000/callback')
    await expectRefused(loopbackWeb, 'http://127.0.0.1:8001/callback')
    await expectRefused(loopbackWeb, 'http://localhost:8001/cb')
    await expectRefused(loopbackWeb, 'http://127.0.0.1:8000/cb')
  })
})
