/** Tabs, the back button, old links, other browsers, blocked cookies: nobody is left without a way on. */
import { createExecutionContext, env } from 'cloudflare:test'
import { describe, expect, test } from 'vitest'
import { app as server } from '../../src/app.ts'
import { clients } from '../../src/db/schema.ts'
import { sealInteraction } from '../../src/interaction/interaction.ts'
import { sha256 } from '../../src/kit/hash.ts'
import { uuidv7 } from '../../src/kit/ids.ts'
import { createRequestEnv } from '../../src/wiring.ts'
import { testDatabase } from '../fakes/database.ts'
import { testDependencies } from '../worker/admin-client.ts'
import { addPersonWithApp, codeOf, passPassword } from './authenticator.ts'
import { type Browser, issuer, openBrowser, type Shown, signIn } from './browser.ts'
import { addApplication, addPerson, authorizePath, goodPassword } from './people.ts'

const session = '__Host-authly_session'

const start = async (browser: Browser, path: string): Promise<Shown> =>
  browser.follow(await browser.get(path))

const enter = (browser: Browser, page: Shown, identifier: string): Promise<Shown> =>
  browser.post('/login', { ...page.hidden, identifier, password: goodPassword })

const codeOfApplication = ({ location }: Shown) => new URL(location ?? 'about:blank').searchParams.get('code')

/** Where the links of a page's content lead. */
const linksOf = ({ html }: Shown): readonly string[] =>
  [...(/<main[\s\S]*<\/main>/.exec(html)?.[0] ?? '').matchAll(/<a [^>]*href="([^"]*)"/g)].map(
    ([, href = '']) => href.replaceAll('&amp;', '&'),
  )

/** Signed in, with consent, so that authorize alone is left. */
async function addRegular(browser: Browser, app: string): Promise<string> {
  const person = await addPerson()
  const login = await start(browser, authorizePath(app))
  const consent = await browser.follow(await enter(browser, login, person.email))
  await browser.post('/consent', { ...consent.hidden, decision: 'allow' })
  return person.email
}

async function addHouseApplication(client_uri?: string): Promise<string> {
  const client_id = `app-${uuidv7().slice(-12)}`
  await testDatabase()
    .insert(clients)
    .values({
      client_id,
      client_name: 'House App',
      client_uri: client_uri ?? null,
      token_endpoint_auth_method: 'none',
      redirect_uris: ['https://app.test/cb'],
      grant_types: ['authorization_code'],
      scopes: ['openid', 'profile', 'email'],
      first_party: true,
    })
  return client_id
}

describe('the resume link of a login in progress', () => {
  test('gives one code, however often and from how many tabs it is opened', async () => {
    const [person, app, browser] = [await addPerson(), await addHouseApplication(), openBrowser()]
    const login = await start(browser, authorizePath(app, { prompt: 'login' }))
    const { location = '' } = await enter(browser, login, person.email)
    expect(location).toMatch(/^\/oauth\/authorize\/resume\?/)
    const answers = await Promise.all(Array.from({ length: 8 }, () => browser.get(location)))
    expect(answers.filter(codeOfApplication)).toHaveLength(1)
    const later = await browser.get(location)
    expect([later.status, later.location]).toEqual([400, undefined])
  })

  test('does not stand in for a new sign-in or consent once it was used (prompt, max_age)', async () => {
    const [app, browser] = [await addApplication(), openBrowser()]
    await addRegular(browser, app)
    const asked = await start(browser, authorizePath(app, { prompt: 'consent' }))
    const { location = '' } = await browser.post('/consent', { ...asked.hidden, decision: 'allow' })
    expect(codeOfApplication(await browser.get(location))).toBeTruthy()
    const again = await browser.get(location)
    expect(again.status).toBe(400)
    // Its page leads on, and there everything is asked anew.
    const [restart, home] = linksOf(again)
    expect(home).toBe('https://app.test/')
    expect((await start(browser, restart as string)).html).toContain('action="/consent"')
  })

  test('is not given out again after a new sign-in of the same person', async () => {
    const [person, app, browser] = [await addPerson(), await addHouseApplication(), openBrowser()]
    const login = await start(browser, authorizePath(app))
    expect(codeOfApplication(await browser.follow(await enter(browser, login, person.email)))).toBeTruthy()
    const sentAgain = await browser.follow(await enter(browser, login, person.email))
    expect(codeOfApplication(sentAgain)).toBeNull()
    expect(linksOf(sentAgain)).toContain(authorizePath(app))
  })

  test('the back button from the application shows that all is done, not the sign-in form', async () => {
    const [person, app, browser] = [await addPerson(), await addHouseApplication(), openBrowser()]
    const first = await browser.get(authorizePath(app))
    const login = await browser.follow(first)
    await browser.follow(await enter(browser, login, person.email))
    const back = await start(browser, first.location as string)
    expect(back.status).toBe(400)
    expect(back.html).toContain('This sign-in is finished')
    expect(codeOfApplication(await start(browser, linksOf(back)[0] as string))).toBeTruthy()
  })
})

describe('tabs opened at one moment in a fresh browser', () => {
  const count = 15

  test('all go on, whichever answer came last and in whatever order they are finished', async () => {
    const [person, app, browser] = [await addPerson(), await addHouseApplication(), openBrowser()]
    const begun = await Promise.all(Array.from({ length: count }, () => browser.get(authorizePath(app))))
    const pages = await Promise.all(begun.map((answer) => browser.follow(answer)))
    expect(pages.map(({ status }) => status)).toEqual(pages.map(() => 200))
    const codes = []
    for (const page of pages.toReversed()) {
      codes.push(codeOfApplication(await browser.follow(await enter(browser, page, person.email))))
    }
    expect(new Set(codes.filter(Boolean)).size).toBe(count)
  })

  test('all go on when they are finished at one moment too', async () => {
    const [person, app, browser] = [await addPerson(), await addHouseApplication(), openBrowser()]
    const begun = await Promise.all(Array.from({ length: count }, () => browser.get(authorizePath(app))))
    const pages = await Promise.all(begun.map((answer) => browser.follow(answer)))
    const done = await Promise.all(
      pages.map(async (page) => browser.follow(await enter(browser, page, person.email))),
    )
    expect(done.filter(codeOfApplication)).toHaveLength(count)
  })

  test('after a sign-in in one of them the others go on by a reload, without the password', async () => {
    const [person, app, browser] = [await addPerson(), await addHouseApplication(), openBrowser()]
    const begun = await Promise.all(Array.from({ length: 5 }, () => browser.get(authorizePath(app))))
    const pages = await Promise.all(begun.map((answer) => browser.follow(answer)))
    await browser.follow(await enter(browser, pages[0] as Shown, person.email))
    for (const { location = '' } of begun.slice(1)) {
      expect(codeOfApplication(await start(browser, location))).toBeTruthy()
    }
  })

  test('their other forms count too, a sign-in that nobody asked for among them', async () => {
    const [person, browser] = [await addPerson(), openBrowser()]
    const pages = await Promise.all(Array.from({ length: 5 }, () => browser.get('/login')))
    for (const page of pages) expect((await enter(browser, page, person.email)).location).toBe('/account')
  })

  test('pages without a form set no cookie that could take the place of another', async () => {
    for (const path of ['/favicon.ico', '/no-such-page', '/logout', '/consent', '/login?interaction=x']) {
      expect((await openBrowser().get(path)).headers.getSetCookie(), path).toEqual([])
    }
  })
})

describe('a login in progress of another browser', () => {
  test('shows the way to the application and nothing of the request (OAuth session fixation)', async () => {
    const app = await addApplication('Demo Shop')
    const { location = '' } = await openBrowser().get(authorizePath(app, { state: 'of-the-owner' }))
    const other = openBrowser()
    await other.get('/login')
    for (const browser of [other, openBrowser()]) {
      const shown = await browser.get(location)
      expect(shown.status).toBe(400)
      expect(linksOf(shown)).toEqual(['https://app.test/', '/account'])
      expect(shown.html).not.toContain('of-the-owner')
      expect(shown.html).not.toContain('oauth/authorize')
    }
  })

  test('leads to the home page that the application registered', async () => {
    const app = await addHouseApplication('https://shop.test/start')
    const { location = '' } = await openBrowser().get(authorizePath(app))
    expect(linksOf(await openBrowser().get(location))).toContain('https://shop.test/start')
  })

  test('does not send people to the port of a program, where nothing answers by then', async () => {
    const client_id = `app-${uuidv7().slice(-12)}`
    await testDatabase()
      .insert(clients)
      .values({
        client_id,
        client_name: 'CLI',
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        redirect_uris: ['http://127.0.0.1/cb'],
        grant_types: ['authorization_code'],
        scopes: ['openid', 'email'],
      })
    const asked = authorizePath(client_id, { redirect_uri: 'http://127.0.0.1:49152/cb' })
    const { location = '' } = await openBrowser().get(asked)
    expect(linksOf(await openBrowser().get(location))).toEqual(['/account'])
  })
})

describe('a login in progress that expired', () => {
  async function expire(browser: Browser, app: string): Promise<string> {
    await browser.get('/login')
    const binding = [...browser.cookies].find(([name]) => name === '__Host-authly_browser')?.[1] as string
    const sealed = await sealInteraction(testDependencies().root, {
      id: uuidv7(),
      started_at: Date.now() - 3_600_000,
      expires_at: Date.now() - 1,
      parameters: authorizePath(app).split('?')[1] as string,
      client_id: app,
      browser: await sha256(binding),
      prompt_done: {},
      ui_locales: 'de',
    })
    return sealed
  }

  test('starts again with one click, in the language of the sign-in; signed in elsewhere meanwhile it is one click', async () => {
    const [app, browser] = [await addHouseApplication(), openBrowser()]
    const sealed = await expire(browser, app)
    for (const path of ['/login', '/consent', '/password', '/select-account', '/oauth/authorize/resume']) {
      const shown = await browser.get(`${path}?interaction=${sealed}`)
      expect(shown.status).toBe(400)
      expect(shown.html).toContain('Diese Anmeldung ist abgelaufen')
      expect(linksOf(shown)).toEqual([authorizePath(app), 'https://app.test/'])
    }
    expect((await start(browser, authorizePath(app))).html).toContain('action="/login"')
    await signIn(browser, (await addPerson()).email, goodPassword)
    expect(codeOfApplication(await start(browser, authorizePath(app)))).toBeTruthy()
  })

  test('says so to a form that was sent too late, and does nothing', async () => {
    const [person, app, browser] = [await addPerson(), await addHouseApplication(), openBrowser()]
    const sealed = await expire(browser, app)
    const { hidden } = await browser.get('/login')
    const answer = await enter(
      browser,
      { hidden: { ...hidden, interaction: sealed } } as unknown as Shown,
      person.email,
    )
    expect(answer.status).toBe(400)
    expect(linksOf(answer)[0]).toBe(authorizePath(app))
    expect(browser.cookies.has(session)).toBe(false)
  })
})

describe('the page of a second factor', () => {
  async function reach() {
    const { person, app: authenticator } = await addPersonWithApp()
    const [app, browser] = [await addHouseApplication(), openBrowser()]
    const asked = await passPassword(browser, person, authorizePath(app))
    const form: Record<string, string> = { ...asked.hidden, code: codeOf(authenticator, 0) }
    return { browser, form, path: `/login?${new URLSearchParams(asked.hidden)}` }
  }

  test('says that all is done where the person came back from the application, not that it took too long', async () => {
    const { browser, form, path } = await reach()
    expect(codeOfApplication(await browser.follow(await browser.post('/login', form)))).toBeTruthy()
    const backs = [await browser.get(path), await browser.post('/login', form)]
    for (const back of backs) {
      const shown = await browser.follow(back)
      expect([shown.status, shown.html.includes('This sign-in is finished')]).toEqual([400, true])
    }
    browser.cookies.delete(session)
    expect((await browser.get(path)).html).toContain('This sign-in has expired')
  })

  test('lasts as long as what is pending: whoever was slow before the password is not sent back to it', async () => {
    const { browser, form } = await reach()
    const { root } = testDependencies()
    const contents = JSON.parse((await root.open('sign-in progress', form['sign_in'] ?? '')) as string)
    const expired = JSON.stringify({ ...contents, expires_at: Date.now() - 1 })
    const sign_in = await root.seal('sign-in progress', expired)
    const done = await browser.post('/login', { ...form, sign_in })
    expect(codeOfApplication(await browser.follow(done))).toBeTruthy()
  })
})

describe('a form that cannot be taken', () => {
  test.each([
    ['/login', {}, '/login'],
    ['/password', {}, '/password'],
    ['/set-password', { link: 'authly_il_x' }, '/set-password?link=authly_il_x'],
    ['/logout', {}, '/logout'],
    ['/account/sessions/end', {}, '/account/sessions'],
    ['/account/sessions/end-others', {}, '/account/sessions'],
    ['/oidc/logout/confirm', {}, '/logout'],
  ])('at %s leads to the page with a fresh one', async (path, fields, page) => {
    const browser = openBrowser()
    await browser.get('/login')
    const answer = await browser.post(path, { csrf_token: 'old', ...fields })
    expect(answer.status).toBe(403)
    expect(answer.html).toContain('no longer valid')
    expect(answer.html).not.toMatch(/cookie/i)
    expect(linksOf(answer)).toEqual([`https://auth.test${page}`])
  })

  test('whose origin the browser keeps back says so, instead of asking for the same again', async () => {
    const browser = openBrowser()
    const { hidden } = await browser.get('/login')
    const hidingBrowsers: Record<string, string>[] = [{ origin: 'null' }]
    for (const headers of hidingBrowsers) {
      const answer = await browser.post('/login', hidden, headers)
      expect(answer.status).toBe(403)
      expect(answer.html).toContain('does not say where this form comes from')
    }
  })

  test('keeps the login in progress', async () => {
    const [app, browser] = [await addHouseApplication(), openBrowser()]
    const login = await start(browser, authorizePath(app))
    const answer = await browser.post('/login', { ...login.hidden, csrf_token: 'old' })
    expect(answer.status).toBe(403)
    const again = await browser.get(linksOf(answer)[0] as string)
    expect(again.html).toContain('House App')
  })

  test('keeps it, too, when the server fails at it', async () => {
    const [app, browser] = [await addHouseApplication(), openBrowser()]
    const { hidden } = await start(browser, authorizePath(app))
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const request = new Request(`${issuer}/login`, {
      method: 'POST',
      body: new URLSearchParams(hidden),
      headers: { accept: 'text/html', origin: issuer, cookie },
    })
    const context = createExecutionContext()
    const requestEnv = createRequestEnv(request, env, context)
    Object.defineProperty(requestEnv.deps, 'findClient', {
      value: () => Promise.reject(new Error('broken')),
    })
    const answer = await server.fetch(request, requestEnv, context)
    expect(answer.status).toBe(500)
    const [again] = linksOf({ html: await answer.text() } as Shown)
    expect((await browser.get(again as string)).html).toContain('House App')
  })

  test('says that cookies are missing where they are, and for which host', async () => {
    const [app, browser] = [await addHouseApplication(), openBrowser()]
    const { location = '' } = await browser.get(authorizePath(app))
    const login = await browser.get(location)
    const blocked = openBrowser()
    const answers = [
      await blocked.get(location),
      await openBrowser().post('/login', (await blocked.get('/login')).hidden),
      await openBrowser().post('/login', login.hidden),
    ]
    // Where the second one leads, it does not say that the sign-in took too long.
    answers.push(await openBrowser().get(linksOf(answers[1] as Shown)[0] as string))
    for (const { html } of answers) {
      expect(html).toContain('no cookie')
      expect(html).toContain('auth.test')
    }
    expect(answers.map(({ status }) => status)).toEqual([400, 403, 403, 400])
  })
})

describe('signing in again', () => {
  test('says who asks and whom it concerns, with the name where password managers look', async () => {
    const [app, browser] = [await addApplication('Demo Bank'), openBrowser()]
    const email = await addRegular(browser, app)
    const page = await start(browser, authorizePath(app, { prompt: 'login' }))
    expect(page.html).toContain('Confirm that it is you')
    expect(page.html).toContain('Demo Bank')
    const nameOf = ({ html }: Shown) => html.match(/<input[^>]*name="identifier"[^>]*>/)?.[0]
    expect(nameOf(page)).toContain('autocomplete="username"')
    expect(nameOf(page)).toContain(`value="${email}"`)
    const wrong = await browser.post('/login', { ...page.hidden, identifier: email, password: 'wrong' })
    expect(wrong.html).toContain('Confirm that it is you')
    // Refused, the name is the one that was typed, and leads to the page where it is typed again.
    const typed = await browser.post('/login', { ...page.hidden, identifier: 'typed', password: 'wrong' })
    expect(nameOf(typed)).toContain('value="typed"')
    const another = await browser.get(linksOf(page)[0] as string)
    expect(another.html).not.toContain(email)
    expect(another.hidden).toMatchObject({ step: 'identifier' })
    expect(codeOfApplication(await browser.follow(await enter(browser, page, email)))).toBeTruthy()
  })

  test('says that another account is wanted (id_token_hint, claims), and does not loop', async () => {
    const [app, browser] = [await addApplication('Demo Bank'), openBrowser()]
    const email = await addRegular(browser, app)
    const claims = JSON.stringify({ id_token: { sub: { value: 'somebody-else' } } })
    const page = await start(browser, authorizePath(app, { claims }))
    expect(page.html).toContain('action="/login"')
    expect(page.html).toContain('asks for another account')
    expect(page.html).toContain(email)
  })
})

describe('an address where nothing is', () => {
  test('is a page with a way on for browsers and a problem for programs (RFC 9457)', async () => {
    const page = await openBrowser().get('/no-such-page', { 'accept-language': 'fr' })
    expect([page.status, linksOf(page)]).toEqual([404, ['/account']])
    expect(page.html).toContain('Page introuvable')
    for (const [path, accept] of [
      ['/no-such-page', 'application/json, */*'],
      ['/oauth/tokens', '*/*'],
    ] as const) {
      const problem = await openBrowser().get(path, { accept })
      expect(problem.status).toBe(404)
      expect(problem.headers.get('content-type')).toBe('application/problem+json')
      expect(JSON.parse(problem.html)).toMatchObject({ status: 404, type: 'urn:authly:problem:not_found' })
    }
  })

  test('a wrong method likewise (RFC 9110 §15.5.6)', async () => {
    const page = await openBrowser().post('/account', {}, { 'accept-language': 'es' })
    expect([page.status, page.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
    expect(page.html).toContain('Esta dirección no se abre de esta manera.')
    const problem = await openBrowser().post('/account', {}, { accept: 'application/json' })
    expect([problem.status, problem.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
    expect(problem.headers.get('content-type')).toBe('application/problem+json')
  })

  test('an endpoint of programs opened in a browser says so in a page, to programs in the OAuth format', async () => {
    const page = await openBrowser().get('/oauth/token')
    expect([page.status, linksOf(page)]).toEqual([405, ['/account']])
    const json = await openBrowser().get('/oauth/token', { accept: '*/*' })
    expect(JSON.parse(json.html)).toMatchObject({ error: 'invalid_request' })
  })
})
