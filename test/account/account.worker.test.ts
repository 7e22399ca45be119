import { SELF } from 'cloudflare:test'
import { describe, expect, test } from 'vitest'
import { openBrowser, signIn } from '../login/browser.ts'
import { addPerson, goodPassword } from '../login/people.ts'

const chrome =
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36'

/** The forms that end single sessions, as their hidden fields. */
const sessionIds = (html: string) =>
  [...html.matchAll(/name="session_id" value="([^"]+)"/g)].map(([, id]) => id as string)

describe('the account page', () => {
  test('shows who is signed in and where, and marks this device', async () => {
    const person = await addPerson()
    const browser = openBrowser()
    await signIn(browser, person.email, goodPassword)
    const page = await browser.get('/login')
    const other = openBrowser('198.51.100.20')
    const otherPage = await other.get('/login', { 'user-agent': chrome })
    await other.post(
      '/login',
      { ...otherPage.hidden, identifier: person.username, password: goodPassword },
      { 'user-agent': chrome },
    )
    expect(page.status).toBe(200)
    const { html } = await browser.get('/account')
    expect(html).toContain(person.username)
    expect(html).toContain(person.email)
    expect(html).toContain('not confirmed')
    const sessions = (await browser.get('/account/sessions')).html
    expect(sessions).toContain('Chrome, Linux')
    expect(sessions).toContain('198.51.100.20')
    expect(sessions.match(/this device/g)).toHaveLength(1)
  })

  // Attack: a script that got into another page of this origin reads the account and sends its forms.
  test('opens for navigation alone, not for a script (Fetch Metadata)', async () => {
    const person = await addPerson()
    const browser = openBrowser()
    await signIn(browser, person.email, goodPassword)
    const { hidden } = await browser.get('/account/sessions')
    const byScript = { 'sec-fetch-site': 'same-origin', 'sec-fetch-dest': 'empty' }
    const read = await browser.get('/account', byScript)
    expect([read.status, read.html]).toEqual([403, ''])
    const headers = { origin: 'https://auth.test', ...byScript }
    expect((await browser.post('/account/sessions/end-others', hidden, headers)).status).toBe(403)
    const navigates = { ...byScript, 'sec-fetch-dest': 'document' }
    expect((await browser.get('/account', navigates)).status).toBe(200)
  })

  test('ends one other session, and then all others', async () => {
    const person = await addPerson()
    const [browser, second, third] = [openBrowser(), openBrowser(), openBrowser()]
    for (const each of [browser, second, third]) await signIn(each, person.email, goodPassword)
    const page = await browser.get('/account/sessions')
    const [session_id = ''] = sessionIds(page.html)
    const one = await browser.post('/account/sessions/end', {
      csrf_token: page.hidden['csrf_token'] ?? '',
      session_id,
    })
    expect(one.location).toBe('/account/sessions?done=session')
    const alive = async () => {
      const pages = await Promise.all([browser, second, third].map((each) => each.get('/account')))
      return pages.map(({ status }) => status === 200)
    }
    expect((await alive()).filter(Boolean)).toHaveLength(2)
    const rest = await browser.post('/account/sessions/end-others', page.hidden)
    expect(rest.location).toBe('/account/sessions?done=others')
    expect(await alive()).toEqual([true, false, false])
    expect((await browser.follow(rest)).html).toContain('role="status"')
  })

  test('ends all sessions, this one too', async () => {
    const person = await addPerson()
    const [browser, other] = [openBrowser(), openBrowser()]
    for (const each of [browser, other]) await signIn(each, person.email, goodPassword)
    const page = await browser.get('/account/sessions')
    const ended = await browser.post('/account/sessions/end-all', page.hidden)
    expect(ended.location).toBe('/login')
    expect(ended.headers.getSetCookie().join()).toMatch(/authly_session=; .*Max-Age=0/)
    for (const each of [browser, other]) expect((await each.get('/account')).location).toBe('/login')
  })

  test('shows where a session began, in the person’s language; without Cloudflare’s word nothing', async () => {
    const person = await addPerson()
    const from = (cf: object) =>
      openBrowser(undefined, (url, init) => SELF.fetch(url, { ...init, cf } as RequestInit))
    const [cologne, odd] = [from({ country: 'DE', city: 'Cologne' }), from({ country: 'T1', city: 7 })]
    for (const each of [cologne, odd, openBrowser()]) await signIn(each, person.email, goodPassword)
    const read = (language: string) => cologne.get('/account/sessions', { 'accept-language': language })
    const english = (await read('en')).html
    expect(english).toContain('<bdi>Cologne, Germany</bdi>')
    expect(english).toContain('<bdi>T1</bdi>')
    expect((await read('fr')).html).toContain('<bdi>Cologne, Allemagne</bdi>')
    // A password change renews the session: the place stays.
    const form = await cologne.get('/password')
    const [current_password, next] = [goodPassword, 'orbit kettle purple seven']
    await cologne.post('/password', {
      ...form.hidden,
      ...{ current_password, new_password: next, repeat_password: next },
    })
    const renewed = (await read('en')).html
    expect(renewed.match(/Cologne, Germany/g)).toHaveLength(1)
    expect(renewed).not.toContain('T1')
  })

  test('each page has its sections, and the way to the others', async () => {
    const person = await addPerson()
    const browser = openBrowser()
    await signIn(browser, person.email, goodPassword)
    const paths = [
      '/account',
      '/account/security',
      '/account/sessions',
      '/account/applications',
      '/account/data',
    ]
    for (const path of paths) {
      const { status, html } = await browser.get(path)
      expect(status, path).toBe(200)
      expect(html.match(/aria-current="page"/g), path).toHaveLength(1)
      for (const other of paths) expect(html, path).toContain(`href="${other}"`)
      expect((await openBrowser().get(path)).location, path).toBe('/login')
    }
  })

  test('another person’s session id ends nothing', async () => {
    const [ada, mallory] = [await addPerson(), await addPerson()]
    const [adas, adasSecond, mallorys] = [openBrowser(), openBrowser(), openBrowser()]
    await signIn(adas, ada.email, goodPassword)
    await signIn(adasSecond, ada.email, goodPassword)
    await signIn(mallorys, mallory.email, goodPassword)
    const [session_id = ''] = sessionIds((await adas.get('/account/sessions')).html)
    const form = await mallorys.get('/password')
    await mallorys.post('/account/sessions/end', { csrf_token: form.hidden['csrf_token'] ?? '', session_id })
    expect((await adasSecond.get('/account')).status).toBe(200)
  })

  test.each(['/account/sessions/end', '/account/sessions/end-others', '/account/sessions/end-all'])(
    '%s does nothing without the form’s token (CSRF)',
    async (path) => {
      const person = await addPerson()
      const [browser, other] = [openBrowser(), openBrowser()]
      await signIn(browser, person.email, goodPassword)
      await signIn(other, person.email, goodPassword)
      const [session_id = ''] = sessionIds((await browser.get('/account/sessions')).html)
      expect((await browser.post(path, { session_id })).status).toBe(403)
      expect((await other.get('/account')).status).toBe(200)
    },
  )

  test('a link cannot put words on the page', async () => {
    const person = await addPerson()
    const browser = openBrowser()
    await signIn(browser, person.email, goodPassword)
    for (const done of ['constructor', '<script>', 'x']) {
      const { html } = await browser.get(`/account?done=${encodeURIComponent(done)}`)
      expect(html).not.toContain('role="status"')
    }
  })

  test.each(['', 'x', 'authly_ss_AAAA.BBBB'])('the cookie %j is nobody', async (value) => {
    const browser = openBrowser()
    browser.cookies.set('__Host-authly_session', value)
    expect((await browser.get('/account')).location).toBe('/login')
  })
})
