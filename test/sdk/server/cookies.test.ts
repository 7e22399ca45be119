/** The session cookie: what it says to the browser, and what is no session. */
import fc from 'fast-check'
import { CompactEncrypt } from 'jose'
import { beforeEach, describe, expect, it } from 'vitest'
import { createApplication, createBrowser, newSecret, origin, sessionSecret } from './application.ts'
import { createIssuer, type Issuer } from './issuer.ts'

const name = '__Host-authly'
let issuer: Issuer
beforeEach(async () => {
  issuer = await createIssuer()
})

async function signedIn(options: Parameters<typeof createApplication>[1] = {}) {
  const authly = createApplication(issuer, options)
  const browser = createBrowser(authly)
  const answer = await browser.signIn(issuer)
  return { authly, browser, answer, cookie: browser.jar.get(name) ?? '' }
}

describe('the cookie', () => {
  it('is __Host-, Secure, HttpOnly, SameSite=Lax, for a day, and no shared cache keeps its answer (RFC 6265bis)', async () => {
    const { answer } = await signedIn()
    const line = answer.headers.getSetCookie().find((each) => each.startsWith(`${name}=`)) ?? ''
    const [, ...attributes] = line.split('; ')
    expect(attributes.toSpliced(1, 1)).toEqual(['Path=/', 'HttpOnly', 'SameSite=Lax', 'Secure'])
    expect(attributes[1]).toMatch(/^Max-Age=86[34]\d\d$/)
    expect(answer.headers.get('cache-control')).toBe('private, no-store')
    expect(answer.headers.get('referrer-policy')).toBe('no-referrer')
  })

  it('on this machine has no prefix, which browsers refuse without https, but the port', async () => {
    const authly = createApplication(issuer, { baseUrl: 'http://localhost:3000' })
    const login = await authly.handle(new Request('http://localhost:3000/auth/login'))
    expect(login?.headers.getSetCookie()[0]).toMatch(
      /^authly_3000-tx\.[\w-]{22}=[\w.-]+; Path=\/; Max-Age=3600; HttpOnly; SameSite=Lax$/,
    )
  })

  it('says nothing to who has no secret: no name, no token, no id', async () => {
    const { cookie } = await signedIn()
    for (const part of cookie.split('.'))
      expect(Buffer.from(part, 'base64url').toString('latin1')).not.toMatch(/grace|refresh|access-/i)
  })

  it('is a new one at every sign-in: who planted one knows nothing afterwards (session fixation)', async () => {
    const { authly, browser, cookie } = await signedIn()
    const victim = createBrowser(authly, new Map([[name, cookie]]))
    await victim.signIn(issuer, '/auth/login', 'victim')
    expect(victim.jar.get(name)).not.toBe(cookie)
    expect(await victim.user()).toMatchObject({ sub: 'victim' })
    expect(await browser.user()).toMatchObject({ sub: 'grace' })
  })
})

describe('no session', () => {
  it.each<[string, (cookie: string) => string | Promise<string>]>([
    ['an empty one', () => ''],
    ['plain JSON', () => Buffer.from('{"version":1,"id":"x","user":{"sub":"admin"}}').toString('base64url')],
    ['one cut short', (cookie) => cookie.slice(0, -1)],
    ['one with something added', (cookie) => `${cookie}A`],
    ['another tag', (cookie) => cookie.replace(/[^.]+$/, 'AAAAAAAAAAAAAAAAAAAAAA')],
    [
      'another header',
      (cookie) => cookie.replace(/^[^.]+/, btoa('{"alg":"dir","enc":"A256GCM"}').replace(/=+$/, '')),
    ],
    [
      'alg PBES2, with a password of the attacker and a million rounds',
      () =>
        new CompactEncrypt(new TextEncoder().encode('{"version":1,"id":"x"}'))
          .setProtectedHeader({ alg: 'PBES2-HS256+A128KW', enc: 'A256GCM' })
          .encrypt(new TextEncoder().encode('password')),
    ],
    ['a header that is not JSON', (cookie) => cookie.replace(/^[^.]+/, 'AAAA')],
    ['a very long one', () => 'A'.repeat(30_000)],
  ])('%s', async (_name, change) => {
    const { authly, cookie } = await signedIn()
    const browser = createBrowser(authly, new Map([[name, await change(cookie)]]))
    expect(await browser.user()).toBeNull()
  })

  it('whatever one character is changed to', async () => {
    const { authly, cookie } = await signedIn()
    await fc.assert(
      fc.asyncProperty(
        fc.nat(cookie.length - 1),
        fc.constantFrom(...'ABCxyz019-_.'),
        async (at, character) => {
          const changed = cookie.slice(0, at) + character + cookie.slice(at + 1)
          // The last character of a part may have bits that mean nothing, so bytes are compared.
          const bytes = (text: string) =>
            text.split('.').map((part) => Buffer.from(part, 'base64url').toString('hex'))
          fc.pre(bytes(changed).join('.') !== bytes(cookie).join('.'))
          expect(await createBrowser(authly, new Map([[name, changed]])).user()).toBeNull()
        },
      ),
      { numRuns: 60 },
    )
  })

  it('one of another secret, of another client, or of another issuer with the same secret', async () => {
    const { cookie } = await signedIn()
    for (const options of [
      { sessionSecret: newSecret() },
      { clientId: 'other' },
      { issuer: 'https://other.example' },
    ]) {
      const other = createApplication(issuer, options)
      expect(await createBrowser(other, new Map([[name, cookie]])).user()).toBeNull()
    }
  })

  it('the cookie of an attempt to sign in: keys have one purpose each', async () => {
    const authly = createApplication(issuer)
    const browser = createBrowser(authly)
    await browser.open('/auth/login')
    const [attempt] = [...browser.jar.values()]
    expect(await createBrowser(authly, new Map([[name, attempt as string]])).user()).toBeNull()
  })
})

describe('secrets', () => {
  it('are rotated: the first one seals, the others open until they are taken away', async () => {
    const { cookie } = await signedIn()
    const next = newSecret()
    const both = createApplication(issuer, { sessionSecret: `${next},${sessionSecret}` })
    expect(await createBrowser(both, new Map([[name, cookie]])).user()).toMatchObject({ sub: 'grace' })
    const { cookie: newer } = await signedIn({ sessionSecret: [next, sessionSecret] })
    const only = createApplication(issuer, { sessionSecret: next })
    expect(await createBrowser(only, new Map([[name, newer]])).user()).toMatchObject({ sub: 'grace' })
    expect(await createBrowser(only, new Map([[name, cookie]])).user()).toBeNull()
  })
})

describe('large sessions', () => {
  const withProfile = (length: number) => {
    issuer.state.profile = { name: 'x'.repeat(length) }
  }

  it('go over two cookies, and the second is removed when it is not needed any more', async () => {
    withProfile(3_000)
    const { browser } = await signedIn()
    expect([...browser.jar.keys()]).toEqual([name, `${name}.1`])
    for (const [key, value] of browser.jar) expect(key.length + value.length).toBeLessThan(4_000)
    expect(await browser.user()).toMatchObject({ sub: 'grace' })
    withProfile(10)
    await browser.signIn(issuer)
    expect([...browser.jar.keys()]).toEqual([name])
    expect(await browser.user()).toMatchObject({ sub: 'grace' })
  })

  it('half of one is none', async () => {
    withProfile(3_000)
    const { browser } = await signedIn()
    browser.jar.delete(`${name}.1`)
    expect(await browser.user()).toBeNull()
  })

  it('that fit nowhere are refused with the remedy; with a store they are no problem', async () => {
    withProfile(9_000)
    const errors: string[] = []
    const onError = (error: Error) => {
      errors.push(error.message)
      return new Response('no', { status: 500 })
    }
    const { browser } = await signedIn({ onError })
    expect(errors).toEqual([expect.stringMatching(/^session_too_large: .*use a store$/)])
    expect(await browser.user()).toBeNull()
    const { memoryStore } = await import('@authly-server/server')
    const { browser: stored, cookie } = await signedIn({ store: memoryStore() })
    expect(cookie.length).toBeLessThan(300)
    expect(await stored.user()).toMatchObject({ sub: 'grace' })
  })
})

describe('the cookies that a browser sends', () => {
  it('whatever they are, the application answers, and nobody is signed in', async () => {
    const authly = createApplication(issuer)
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string({ unit: 'binary-ascii' }),
          fc.string().map((text) => `${name}=${encodeURIComponent(text)}`),
          fc.array(fc.constantFrom(name, `${name}.1`, '=', ';', 'x', '..')).map((parts) => parts.join('')),
        ),
        async (header) => {
          let headers: Headers
          try {
            headers = new Headers({ cookie: header })
          } catch {
            return
          }
          const { auth } = await authly.session(new Request(origin, { headers }))
          expect(auth.isSignedIn).toBe(false)
        },
      ),
      { numRuns: 200 },
    )
  })

  it('beside a session may be anything else', async () => {
    const { authly, cookie } = await signedIn()
    const headers = { cookie: `a=b; ; =x; theme="dark; c"; ${name}=${cookie}; __Host-authly2=y` }
    const { auth } = await authly.session(new Request(origin, { headers }))
    expect(auth.user).toMatchObject({ sub: 'grace' })
  })
})
