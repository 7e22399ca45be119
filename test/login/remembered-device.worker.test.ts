/** A second factor that is remembered at a browser, seen from browsers. */
import { beforeAll, describe, expect, test } from 'vitest'
import { add } from '../account/passkey-pages.ts'
import { createSoftwareAuthenticator } from '../passkeys/software-authenticator.ts'
import { useSettings } from '../worker/local-settings.ts'
import { addPersonWithApp, codeOf, type PersonWithApp, passPassword } from './authenticator.ts'
import { type Browser, openBrowser, type Shown } from './browser.ts'
import { addApplication, addConsole, addPerson, authorizePath, goodPassword } from './people.ts'

const [cookie, sessionCookie] = ['__Host-authly_remembered', '__Host-authly_session']
const mfa = 'urn:authly:acr:mfa'

beforeAll(() => useSettings({ 'sign_in.remember_device_days': 30 }))

const asksForCode = ({ html }: Shown) => html.includes('autocomplete="one-time-code"')

/** A browser at which the person ticked the box, signed out again. */
async function remembering({ person, app }: PersonWithApp): Promise<Browser> {
  const browser = openBrowser()
  const asked = await passPassword(browser, person)
  expect(asked.html).toContain('name="remember_device"')
  expect(asked.html).toContain('30 days')
  const form = { ...asked.hidden, code: codeOf(app, 0), remember_device: 'yes' }
  expect((await browser.post('/login', form)).location).toBe('/account')
  expect(browser.cookies.get(cookie)).toMatch(/^authly_rd_/)
  browser.cookies.delete(sessionCookie)
  return browser
}

/** Another browser, signed in with a code that was not used yet. */
async function withBothFactors({ person, app }: PersonWithApp): Promise<Browser> {
  const browser = openBrowser()
  const asked = await passPassword(browser, person)
  await browser.post('/login', { ...asked.hidden, code: codeOf(app, 1) })
  return browser
}

describe('a browser at which the second factor is remembered', () => {
  test('takes the password alone', async () => {
    const known = await addPersonWithApp()
    const browser = await remembering(known)
    expect(asksForCode(await passPassword(browser, known.person))).toBe(false)
    expect(browser.cookies.has(sessionCookie)).toBe(true)
    expect(asksForCode(await passPassword(openBrowser(), known.person))).toBe(true)
  })

  test('is asked where the person did not tick the box', async () => {
    const { person, app } = await addPersonWithApp()
    const browser = openBrowser()
    const asked = await passPassword(browser, person)
    await browser.post('/login', { ...asked.hidden, code: codeOf(app, 0) })
    expect(browser.cookies.has(cookie)).toBe(false)
    browser.cookies.delete(sessionCookie)
    expect(asksForCode(await passPassword(browser, person))).toBe(true)
  })

  test.each([
    ['acr_values', { acr_values: mfa }],
    ['max_age', { max_age: '0' }],
    ['prompt=login', { prompt: 'login' }],
    [
      'an essential acr',
      { claims: JSON.stringify({ id_token: { acr: { essential: true, values: [mfa] } } }) },
    ],
  ])('is asked for the second factor by a request with %s', async (_what, more) => {
    const known = await addPersonWithApp()
    const browser = await remembering(known)
    const path = authorizePath(await addApplication(), more as Record<string, string>)
    expect(asksForCode(await passPassword(browser, known.person, path))).toBe(true)
  })

  describe('is asked for it too when somebody is signed in there before the request,', () => {
    /** The end of a sign-in of another person, in the same authorization request. */
    async function signedInByAnother(browser: Browser, path: string): Promise<string> {
      const other = await addPerson()
      const first = await browser.follow(await browser.get(path))
      const fields = { ...first.hidden, identifier: other.email, password: goodPassword }
      const { location = '' } = await browser.post('/login', fields)
      expect(location).toMatch(/^\/oauth\/authorize\/resume\?/)
      browser.cookies.delete(sessionCookie)
      return location
    }

    test('by max_age', async () => {
      const known = await addPersonWithApp()
      const browser = await remembering(known)
      await passPassword(browser, known.person)
      expect(browser.cookies.has(sessionCookie)).toBe(true)
      const path = authorizePath(await addApplication(), { max_age: '3600' })
      expect(asksForCode(await passPassword(browser, known.person, path))).toBe(true)
    })

    const scope = 'openid admin:users:read'

    test('by an admin scope, which it does not get silently either (prompt=none)', async () => {
      const known = await addPersonWithApp()
      const browser = await remembering(known)
      await passPassword(browser, known.person)
      const path = authorizePath(await addConsole(), { scope, prompt: 'none' })
      const { location = '' } = await browser.get(path)
      expect(new URL(location).searchParams.get('error')).toBe('login_required')
    })

    test('by an admin scope, where another account tried in vain to reach a second factor', async () => {
      const known = await addPersonWithApp()
      const browser = await remembering(known)
      const resume = await signedInByAnother(browser, authorizePath(await addConsole(), { scope }))
      await passPassword(browser, known.person)
      expect(asksForCode(await browser.follow(await browser.get(resume)))).toBe(true)
    })

    test('by prompt=login, also where another account signed in and this one is chosen', async () => {
      const known = await addPersonWithApp()
      const browser = await remembering(known)
      const path = authorizePath(await addApplication(), { prompt: 'login' })
      const resume = await signedInByAnother(browser, path)
      await passPassword(browser, known.person)
      const choice = await browser.get(resume.replace('/oauth/authorize/resume', '/select-account'))
      expect(choice.hidden['session_id']).toBeTruthy()
      const chosen = await browser.follow(await browser.post('/select-account', choice.hidden))
      expect(chosen.html).toContain('Confirm that it is you')
    })
  })

  test('does not pass it on: neither the cookie alone, nor both once the owner has signed in', async () => {
    const known = await addPersonWithApp()
    const browser = await remembering(known)
    const copies = new Map(browser.cookies)
    const thief = openBrowser()
    thief.cookies.set(cookie, copies.get(cookie) as string)
    expect(asksForCode(await passPassword(thief, known.person))).toBe(true)

    await passPassword(browser, known.person)
    // Beyond the minute for answers that cross each other, the replaced device is worth nothing; the secret at once.
    const both = openBrowser()
    for (const [name, value] of copies) both.cookies.set(name, value)
    expect(asksForCode(await passPassword(both, known.person))).toBe(true)
  })

  test('is worth nothing for another person', async () => {
    const [ada, bob] = [await addPersonWithApp(), await addPersonWithApp()]
    const browser = await remembering(ada)
    expect(asksForCode(await passPassword(browser, bob.person))).toBe(true)
  })

  test('is listed on the account page and forgotten there', async () => {
    const known = await addPersonWithApp()
    const browser = await remembering(known)
    await passPassword(browser, known.person)
    const { html, hidden } = await browser.get('/account/sessions')
    const remembered_id = /name="remembered_id" value="([^"]+)"/.exec(html)?.[1] ?? ''
    expect(html).toContain('Browsers that are not asked again')
    const { csrf_token = '' } = hidden
    const forget = (id: string, by = browser) =>
      by.post('/account/remembered-devices/forget', { csrf_token, remembered_id: id })
    expect((await forget(remembered_id)).location).toBe('/account/sessions?done=remembered')
    expect((await browser.get('/account/sessions?done=remembered')).html).toContain(
      'asked for the second step again',
    )
    browser.cookies.delete(sessionCookie)
    expect(asksForCode(await passPassword(browser, known.person))).toBe(true)
  })

  test('ends with a change of the factors', async () => {
    const known = await addPersonWithApp()
    const browser = await remembering(known)
    const strong = await withBothFactors(known)
    const page = await strong.get('/account/recovery-codes')
    const made = await strong.post('/account/recovery-codes', page.hidden)
    expect(made.status, made.html).toBeLessThan(400)
    expect(asksForCode(await passPassword(browser, known.person))).toBe(true)
  })

  test('ends with a new passkey', async () => {
    const known = await addPersonWithApp()
    const browser = await remembering(known)
    const strong = await withBothFactors(known)
    expect((await add(strong, createSoftwareAuthenticator())).location).toBe(
      '/account/security?done=passkey_added',
    )
    await passPassword(browser, known.person)
    expect(browser.cookies.has(sessionCookie)).toBe(false)
  })
})
