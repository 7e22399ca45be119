/** Logout tokens (OpenID Connect Back-Channel Logout 1.0 §2.6), real ones and others. */

import { memoryStore } from '@authly-server/server'
import { generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose'
import { beforeEach, describe, expect, it } from 'vitest'
import { createApplication, createBrowser, origin } from './application.ts'
import { createIssuer, type Issuer, issuerUrl } from './issuer.ts'

const path = '/auth/backchannel-logout'
const typ = 'logout+jwt'
const event = 'http://schemas.openid.net/event/backchannel-logout'

let issuer: Issuer
beforeEach(async () => {
  issuer = await createIssuer()
})

const now = () => Math.floor(Date.now() / 1000)
let tokens = 0
const claimsOf = (changes: Readonly<Record<string, unknown>> = {}): JWTPayload => {
  tokens += 1
  return {
    ...{ iss: issuerUrl, aud: 'app', iat: now(), exp: now() + 120, jti: `logout-${tokens}` },
    ...{ sub: 'grace', sid: 'session-at-authly', events: { [event]: {} }, ...changes },
  }
}

async function signedIn() {
  // A list of its own: the default one is the process's.
  const authly = createApplication(issuer, { endedSessions: memoryStore() })
  const browser = createBrowser(authly)
  await browser.signIn(issuer)
  const send = async (token: string, headers: Record<string, string> = {}) => {
    const body = new URLSearchParams({ logout_token: token }).toString()
    const type = { 'content-type': 'application/x-www-form-urlencoded' }
    const request = new Request(origin + path, { method: 'POST', headers: { ...type, ...headers }, body })
    return (await authly.handle(request)) as Response
  }
  return { authly, browser, send }
}

describe('a logout token', () => {
  it('ends the session it names, without any cookie, and is answered with 200', async () => {
    const { browser, send } = await signedIn()
    const answer = await send(await issuer.sign(claimsOf(), { typ }))
    expect([answer.status, await answer.text()]).toEqual([200, ''])
    expect(answer.headers.get('cache-control')).toContain('no-store')
    expect(await browser.user()).toBeNull()
    expect(browser.jar.size).toBe(0)
  })

  it('of a person alone ends every session of theirs, and none that begins afterwards', async () => {
    const { authly, browser, send } = await signedIn()
    const other = createBrowser(authly)
    await other.signIn(issuer, '/auth/login', 'other')
    const token = await issuer.sign(claimsOf({ sid: undefined, iat: now() - 1 }), { typ })
    await send(await issuer.sign(claimsOf({ sid: undefined }), { typ }))
    expect(await browser.user()).toBeNull()
    expect(await other.user()).toMatchObject({ sub: 'other' })
    await new Promise((resolve) => setTimeout(resolve, 1_000 - (Date.now() % 1_000)))
    await browser.signIn(issuer)
    expect(await browser.user()).toMatchObject({ sub: 'grace' })
    // An older one that arrives late.
    await send(token)
    expect(await browser.user()).toMatchObject({ sub: 'grace' })
  })

  it('sent again is answered with 200, and does nothing to who has signed in since (replay)', async () => {
    const { browser, send } = await signedIn()
    const token = await issuer.sign(claimsOf(), { typ })
    await send(token)
    await browser.signIn(issuer)
    expect((await send(token)).status).toBe(200)
    expect(await browser.user()).toMatchObject({ sub: 'grace' })
  })

  it('of another session, or another person, ends nothing here', async () => {
    const { browser, send } = await signedIn()
    await send(await issuer.sign(claimsOf({ sid: 'another' }), { typ }))
    await send(await issuer.sign(claimsOf({ sid: undefined, sub: 'another' }), { typ }))
    expect(await browser.user()).toMatchObject({ sub: 'grace' })
  })
})

describe('what is none', () => {
  const publicKeyAsSecret = () => new TextEncoder().encode(JSON.stringify(issuer.jwk))
  const spki = async () => {
    const { exportSPKI } = await import('jose')
    return new TextEncoder().encode(await exportSPKI(issuer.publicKey))
  }
  it.each<[string, () => string | Promise<string>]>([
    ['nothing', () => ''],
    ['no token', () => 'x.y.z'],
    ['alg none', () => new UnsecuredJWT(claimsOf()).encode()],
    [
      'HS256 with our published key as the secret',
      () =>
        new SignJWT(claimsOf())
          .setProtectedHeader({ alg: 'HS256', typ, kid: 'key-1' })
          .sign(publicKeyAsSecret()),
    ],
    [
      'HS256 with the same key in PEM',
      async () =>
        new SignJWT(claimsOf()).setProtectedHeader({ alg: 'HS256', typ, kid: 'key-1' }).sign(await spki()),
    ],
    [
      'HS256 with the client secret',
      () =>
        new SignJWT(claimsOf())
          .setProtectedHeader({ alg: 'HS256', typ })
          .sign(new TextEncoder().encode('s3cret:with/odd+characters-and-more')),
    ],
    [
      'another key with the right kid',
      async () => {
        const { privateKey } = await generateKeyPair('ES256')
        return new SignJWT(claimsOf())
          .setProtectedHeader({ alg: 'ES256', typ, kid: 'key-1' })
          .sign(privateKey)
      },
    ],
    [
      'a key that it brings along',
      async () => {
        const { privateKey, publicKey } = await generateKeyPair('ES256')
        const { exportJWK } = await import('jose')
        const jwk = await exportJWK(publicKey)
        return new SignJWT(claimsOf()).setProtectedHeader({ alg: 'ES256', typ, jwk }).sign(privateKey)
      },
    ],
    [
      'an algorithm that the server does not announce',
      async () => {
        const { privateKey } = await generateKeyPair('ES384')
        return new SignJWT(claimsOf())
          .setProtectedHeader({ alg: 'ES384', typ, kid: 'key-1' })
          .sign(privateKey)
      },
    ],
    ['an ID token', () => issuer.sign(claimsOf({ events: undefined, nonce: 'n' }), { typ: 'JWT' })],
    ['a token of another type', () => issuer.sign(claimsOf(), { typ: 'JWT' })],
    ['a token without a type', () => issuer.sign(claimsOf())],
    ['one with a nonce', () => issuer.sign(claimsOf({ nonce: 'n' }), { typ })],
    ['one without events', () => issuer.sign(claimsOf({ events: undefined }), { typ })],
    ['one of another event', () => issuer.sign(claimsOf({ events: { 'urn:other': {} } }), { typ })],
    ['one whose event is no object', () => issuer.sign(claimsOf({ events: { [event]: 'yes' } }), { typ })],
    ['one that names nobody', () => issuer.sign(claimsOf({ sub: undefined, sid: undefined }), { typ })],
    ['one without jti', () => issuer.sign(claimsOf({ jti: undefined }), { typ })],
    ['one without exp', () => issuer.sign(claimsOf({ exp: undefined }), { typ })],
    ['one of another issuer', () => issuer.sign(claimsOf({ iss: 'https://evil.example' }), { typ })],
    ['one for another client', () => issuer.sign(claimsOf({ aud: 'other' }), { typ })],
    ['one that has expired', () => issuer.sign(claimsOf({ exp: now() - 120 }), { typ })],
    [
      'an old one with a long life',
      () => issuer.sign(claimsOf({ iat: now() - 7_200, exp: now() + 7_200 }), { typ }),
    ],
  ])('%s: 400, and nothing has changed', async (_name, make) => {
    const { browser, send } = await signedIn()
    const answer = await send(await make())
    expect([answer.status, await answer.json()]).toEqual([
      400,
      { error: 'invalid_request', error_description: expect.stringContaining('logout_token') },
    ])
    expect(await browser.user()).toMatchObject({ sub: 'grace' })
  })

  it.each([
    ['a body that is no form', { 'content-type': 'application/json' }],
    ['a body without a type', { 'content-type': 'text/plain' }],
  ])('%s', async (_name, headers) => {
    const { send } = await signedIn()
    expect((await send(await issuer.sign(claimsOf(), { typ }), headers)).status).toBe(400)
  })

  it('a body of megabytes, which is not read to its end', async () => {
    const { send } = await signedIn()
    expect((await send('a'.repeat(2_000_000))).status).toBe(400)
  })
})

describe('a server that cannot be reached for its keys', () => {
  it.each<[string, () => Response | Promise<Response>]>([
    ['no answer', () => Promise.reject(new TypeError('fetch failed'))],
    ['an error', () => new Response('down', { status: 503 })],
    ['what are no keys', () => Response.json({ maintenance: true })],
  ])(
    'with %s is asked to try again later: the token is not at fault (400 would be for good)',
    async (_name, answer) => {
      const token = await issuer.sign(claimsOf(), { typ })
      const authly = createApplication(issuer)
      issuer.state.intercept = (request) => (request.url.endsWith('/jwks') ? answer() : undefined)
      const send = () => {
        const body = new URLSearchParams({ logout_token: token })
        return authly.handle(new Request(origin + path, { method: 'POST', body }))
      }
      expect((await send())?.status).toBe(503)
      issuer.state.intercept = undefined
      expect((await send())?.status).toBe(200)
    },
  )
})
