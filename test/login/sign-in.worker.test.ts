import { describe, expect, test } from 'vitest'
import { freeFailures } from '../../src/sessions/lock-out.ts'
import { openBrowser, type Shown, signIn, withoutChance } from './browser.ts'
import { addPerson, goodPassword } from './people.ts'

const session = '__Host-authly_session'

describe('signing in with a password', () => {
  test.each(['email', 'username'] as const)('works with the %s, ignoring case', async (kind) => {
    const person = await addPerson()
    const browser = openBrowser()
    const answer = await signIn(browser, ` ${person[kind].toUpperCase()} `, goodPassword)
    expect(answer.status).toBe(303)
    expect(answer.location).toBe('/account')
    expect(answer.headers.getSetCookie().join()).toMatch(
      /__Host-authly_session=authly_ss_[^;]+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=2592000; Secure/,
    )
    const account = await browser.follow(answer)
    expect(account.html).toContain(person.email)
  })

  test('unknown account, wrong password and disabled account get the same answer', async () => {
    const person = await addPerson()
    const disabled = await addPerson({ status: 'disabled' })
    const browser = openBrowser()
    const attempts = [
      [person.email, 'wrong wrong wrong'],
      [disabled.email, goodPassword],
      [disabled.email, 'wrong wrong wrong'],
      ['nobody@example.test', goodPassword],
    ] as const
    const answers = []
    for (const [name, password] of attempts) {
      answers.push(withoutChance(await signIn(browser, name, password)))
    }
    expect(answers[0]?.status).toBe(400)
    for (const answer of answers) expect(answer).toEqual(answers[0])
    expect(browser.cookies.has(session)).toBe(false)
  })

  test('too many failures lock known and unknown identifiers alike, even for the right password', async () => {
    const person = await addPerson()
    const refusals = []
    for (const identifier of [person.email, `nobody-${person.username}@example.test`]) {
      const browser = openBrowser()
      for (let count = 0; count <= freeFailures; count++) {
        expect((await signIn(browser, identifier, 'wrong wrong wrong')).status).toBe(400)
      }
      const locked = await signIn(browser, identifier, goodPassword)
      expect(locked.status).toBe(429)
      expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(0)
      refusals.push(withoutChance(locked))
    }
    expect(refusals[0]).toEqual(refusals[1])
  })

  test('guesses in parallel gain nothing: they are settled one after the other', async () => {
    const person = await addPerson()
    const browser = openBrowser()
    const page = await browser.get('/login')
    const guesses = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        browser.post('/login', {
          ...page.hidden,
          identifier: person.email,
          password: `guess number ${index}`,
        }),
      ),
    )
    expect(guesses.filter(({ status }) => status === 400)).toHaveLength(freeFailures + 1)
    expect(guesses.filter(({ status }) => status === 429)).toHaveLength(12 - freeFailures - 1)
  })

  test('one address gets a bounded number of attempts over all accounts, and is told so', async () => {
    const browser = openBrowser('198.51.100.7')
    const page = await browser.get('/login')
    const attempt = (index: number) =>
      browser.post('/login', {
        ...page.hidden,
        identifier: `nobody-${index}@ip.test`,
        password: 'some password',
      })
    const answers = []
    for (let index = 0; index < 32; index++) answers.push(await attempt(index))
    const refused = answers.filter(({ status }) => status === 429)
    expect(refused.length).toBeGreaterThan(0)
    expect(refused[0]?.headers.get('ratelimit-policy')).toBe('"login-ip";q=30;w=300')
    expect(Number(refused[0]?.headers.get('retry-after'))).toBeGreaterThan(0)
    const elsewhere = await signIn(openBrowser('198.51.100.8'), 'nobody@ip.test', 'some password')
    expect(elsewhere.status).toBe(400)
  }, 120_000)

  test('always makes a new session: one planted before the sign-in is worthless (session fixation)', async () => {
    const person = await addPerson()
    const browser = openBrowser()
    await signIn(browser, person.email, goodPassword)
    const planted = browser.cookies.get(session) as string
    await signIn(browser, person.email, goodPassword)
    expect(browser.cookies.get(session)).not.toBe(planted)
    const attacker = openBrowser()
    attacker.cookies.set(session, planted)
    expect((await attacker.get('/account')).location).toBe('/login')
  })

  test('a second person on the same browser ends the first one’s session', async () => {
    const [ada, grace] = [await addPerson(), await addPerson()]
    const browser = openBrowser()
    await signIn(browser, ada.email, goodPassword)
    const adasCookie = browser.cookies.get(session) as string
    await signIn(browser, grace.email, goodPassword)
    const thief = openBrowser()
    thief.cookies.set(session, adasCookie)
    await expect.poll(async () => (await thief.get('/account')).location).toBe('/login')
  })

  test('missing fields are named, and nothing is counted', async () => {
    const browser = openBrowser()
    const page = await browser.get('/login')
    const answer = await browser.post('/login', { ...page.hidden, identifier: '', password: '' })
    expect(answer.status).toBe(400)
    expect(answer.html).toContain('role="alert"')
    expect(answer.html).toContain('href="#identifier"')
    const named = await browser.follow(
      await browser.post('/login', { ...answer.hidden, identifier: 'somebody' }),
    )
    const without = await browser.post('/login', { ...named.hidden, password: '' })
    expect(without.status).toBe(400)
    expect(without.html).toContain('aria-describedby="password-problem"')
  })

  test('what was typed comes back escaped, the password not at all', async () => {
    const browser = openBrowser()
    const answer = await signIn(browser, '"><script>alert(1)</script>', 'my secret password')
    expect(answer.html).not.toContain('<script>')
    expect(answer.html).toContain('&lt;script&gt;')
    expect(answer.html).not.toContain('my secret password')
  })
})

describe('the sign-in form', () => {
  const refused = async (
    change: (browser: ReturnType<typeof openBrowser>, hidden: Record<string, string>) => Promise<Shown>,
  ) => {
    const person = await addPerson()
    const browser = openBrowser()
    const page = await browser.get('/login')
    const answer = await change(browser, { ...page.hidden, identifier: person.email, password: goodPassword })
    expect(browser.cookies.has(session)).toBe(false)
    return answer.status
  }

  test.each([
    ['another site', { origin: 'https://evil.test' }],
    ['a sandboxed frame', { origin: 'null', 'sec-fetch-site': 'cross-site' }],
    ['a subdomain', { origin: 'https://sub.auth.test' }],
  ])('is refused from %s (CSRF)', async (_, headers) => {
    expect(await refused((browser, fields) => browser.post('/login', fields, headers))).toBe(403)
  })

  test('is refused without its token, with another browser’s, or without the cookie (login CSRF)', async () => {
    expect(await refused((browser, { csrf_token: _, ...fields }) => browser.post('/login', fields))).toBe(403)
    const foreign = (await openBrowser().get('/login')).hidden
    expect(await refused((browser, fields) => browser.post('/login', { ...fields, ...foreign }))).toBe(403)
    expect(
      await refused((browser, fields) => {
        browser.cookies.clear()
        return browser.post('/login', fields)
      }),
    ).toBe(403)
  })

  test.each([
    ['JSON', 415, '{}', { 'content-type': 'application/json' }],
    ['multipart', 415, 'x', { 'content-type': 'multipart/form-data; boundary=x' }],
    ['plain text, which a foreign form could send', 415, 'x', { 'content-type': 'text/plain' }],
    ['1 MB', 413, `identifier=${'x'.repeat(1_000_000)}`, {}],
    ['a field twice', 400, 'identifier=a&identifier=b', {}],
    ['bad UTF-8', 400, 'identifier=%ff%fe', {}],
    ['65 fields', 400, Array.from({ length: 65 }, (_, index) => `f${index}=1`).join('&'), {}],
  ])('is refused as %s', async (_, status, body, headers) => {
    const answer = await openBrowser().post('/login', body, headers)
    expect(answer.status).toBe(status)
    expect(answer.headers.get('content-type')).toBe('text/html; charset=UTF-8')
  })

  test('speaks the browser’s language, Arabic from right to left', async () => {
    const german = await openBrowser().get('/login', { 'accept-language': 'de-AT,de;q=0.9' })
    expect(german.html).toContain('<html lang="de" dir="ltr">')
    expect(german.html).toContain('Anmelden')
    const arabic = await openBrowser().get('/login', { 'accept-language': 'ar' })
    expect(arabic.html).toContain('<html lang="ar" dir="rtl">')
  })
})

describe('every page', () => {
  test.each([
    ['/login', 200],
    ['/logout', 200],
    ['/login?interaction=made-up', 400],
    ['/consent', 400],
    ['/select-account?interaction=made-up', 400],
    ['/no-such-page', 404],
  ])('%s carries the security headers', async (path, status) => {
    const { status: actual, headers } = await openBrowser().get(path)
    expect(actual).toBe(status)
    const script =
      path === '/login' ? "script-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'; " : ''
    expect(headers.get('content-security-policy')).toBe(
      `default-src 'none'; style-src 'self'; img-src 'self'; ${script}base-uri 'none'; form-action 'self'; frame-ancestors 'none'`,
    )
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('x-frame-options')).toBe('DENY')
    expect(headers.get('referrer-policy')).toBe('same-origin')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
    expect(headers.get('strict-transport-security')).toMatch(/^max-age=/)
  })

  test('finds its stylesheet, script and icon under names that caches may keep for good', async () => {
    const browser = openBrowser()
    const { html } = await browser.get('/login')
    const paths = [...html.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)].map(([, path]) => path as string)
    expect(new Set(paths).size).toBe(3)
    for (const path of new Set(paths)) {
      const { status, headers } = await browser.get(path)
      expect(status).toBe(200)
      expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    }
    const other = await browser.get('/assets/authly.0000000.css')
    expect(other.status).toBe(200)
    expect(other.headers.get('cache-control')).toBe('no-store')
    expect((await browser.get('/assets/authly.0000000.mjs')).status).toBe(404)
  })

  test('a bare GET or HEAD of sign-out does not sign out', async () => {
    const person = await addPerson()
    const browser = openBrowser()
    await signIn(browser, person.email, goodPassword)
    const page = await browser.get('/logout')
    expect((await browser.get('/account')).status).toBe(200)
    const cookie = browser.cookies.get(session) as string
    expect((await browser.post('/logout', page.hidden, { origin: 'https://evil.test' })).status).toBe(403)
    expect((await browser.post('/logout', page.hidden)).location).toBe('/logout')
    expect(browser.cookies.has(session)).toBe(false)
    expect((await browser.get('/logout')).html).toContain('You are signed out')
    browser.cookies.set(session, cookie)
    expect((await browser.get('/account')).location).toBe('/login')
  })

  test('the root leads to the account page', async () => {
    expect((await openBrowser().get('/')).location).toBe('/account')
  })
})
