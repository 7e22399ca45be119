/** What holds on every hosted page, in every state, under https: headers, cookies, markup, and forms of our own only. */
import { beforeAll, describe, expect, it } from 'vitest'
import { accountRoutes } from '../../src/account/account.route.tsx'
import { applicationRoutes } from '../../src/account/applications.route.ts'
import { deletionRoutes } from '../../src/account/deletion.route.tsx'
import { historyRoutes } from '../../src/account/history.route.tsx'
import { passkeyRoutes } from '../../src/account/passkeys.route.tsx'
import { profileRoutes } from '../../src/account/profile.route.tsx'
import { readBrowserBindings } from '../../src/interaction/browser-binding.ts'
import { sha256 } from '../../src/kit/hash.ts'
import { uuidv7 } from '../../src/kit/ids.ts'
import { issueHandle } from '../../src/kit/sealed-handle.ts'
import { loginRoutes } from '../../src/login/login.route.tsx'
import { sealLink, signInLinkPath } from '../../src/login/steps/sign-in-link.ts'
import { logoutRoutes } from '../../src/oidc/rp-logout.route.tsx'
import { issueNotMeLink } from '../../src/recovery/not-me.ts'
import { issueStopLink } from '../../src/recovery/waiting-period.ts'
import { registerRoutes } from '../../src/registration/register.route.tsx'
import { withPasskey } from '../account/passkey-pages.ts'
import { type Browser, openBrowser, type Shown, signIn } from '../login/browser.ts'
import { startMail } from '../login/mailbox.ts'
import { addApplication, addPerson, authorizePath, goodPassword, type Person } from '../login/people.ts'
import { addAdmin, callAdmin, testDependencies } from '../worker/admin-client.ts'
import { useSettings } from '../worker/local-settings.ts'

interface Visit {
  readonly name: string
  readonly path: string
  readonly browser: Browser
  readonly shown: Shown
}

interface Form {
  readonly action: string
  readonly html: string
  readonly fields: Readonly<Record<string, string>>
}

const visits: Visit[] = []

async function visit(name: string, browser: Browser, path: string, shown?: Shown): Promise<Shown> {
  const seen = shown ?? (await browser.get(path))
  visits.push({ name, path: path.split('?')[0] as string, browser, shown: seen })
  return seen
}

/** Where an authorization request leads, as a path on this server. */
async function hostedPageOf(browser: Browser, more: Record<string, string> = {}): Promise<string> {
  const { location } = await browser.get(authorizePath(await addApplication(), more))
  if (!location?.startsWith('/')) throw new Error(`no hosted page, but ${location}`)
  return location
}

async function signedIn(person?: Person): Promise<Browser> {
  const browser = openBrowser()
  const { username } = person ?? (await addPerson())
  const entered = await signIn(browser, username, goodPassword)
  if (entered.location !== '/account') throw new Error(`sign-in led to ${entered.location}`)
  return browser
}

/** As a message brings it. */
async function linkAskedForIn({ cookies }: Browser): Promise<string> {
  const { config, root } = testDependencies()
  const header = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  const [binding = ''] = readBrowserBindings(config, header)
  const link = await sealLink(root, {
    ...{ code_id: uuidv7(), code: '123456', destination: 'nobody’s' },
    ...{ browser: await sha256(binding), expires_at: Date.now() + 600_000 },
  })
  return `${signInLinkPath}?link=${link}`
}

beforeAll(async () => {
  const stranger = openBrowser()
  await visit('sign-in', stranger, '/login')
  await visit('sign-in for an application', stranger, await hostedPageOf(stranger))
  const page = await stranger.get('/login')
  const wrong = await stranger.post('/login', { ...page.hidden, identifier: 'nobody', password: 'wrong' })
  await visit('sign-in, refused', stranger, '/login', wrong)
  await visit('a forged form', stranger, '/login', await stranger.post('/login', {}))
  await visit('nobody is signed in', stranger, '/logout')
  await visit('signed out by an application', stranger, '/oidc/logout')
  await visit('an application that is not registered', stranger, authorizePath('unknown'))
  await visit('a link that is not ours', stranger, '/set-password?link=unknown')
  await visit('an interaction that is not ours', stranger, '/consent?interaction=unknown')
  await visit('a link of a message', stranger, await linkAskedForIn(stranger))
  await visit('a link of a message, in another browser', openBrowser(), await linkAskedForIn(stranger))
  const { config, root } = testDependencies()
  const routing = { user_id: uuidv7(), expires_at: Date.now() + 600_000 }
  const stop = await issueStopLink(root, config.issuer, routing)
  await visit('a link that stops a recovery', stranger, stop.url.slice('https://auth.test'.length))
  const { handle } = await issueHandle(root, 'eu', { user_id: uuidv7(), id: uuidv7() })
  await visit('a link that undoes a change of address', stranger, `/email/undo?link=${handle}`)
  const notMe = await issueNotMeLink(root, config.issuer, { ...routing, at: Date.now() })
  await visit('a link of a notice', stranger, notMe.slice('https://auth.test'.length))
  await visit('nothing', stranger, '/nothing-here')

  const somebody = await addPerson()
  const person = await signedIn(somebody)
  // Elsewhere too, so that the account page has a session to end.
  await signedIn(somebody)
  await visit('account', person, '/account')
  await visit('what one signs in with', person, '/account/security')
  await visit('sessions', person, '/account/sessions')
  await visit('applications', person, '/account/applications')
  await visit('history', person, '/account/security/history')
  await visit('data', person, '/account/data')
  await visit('deletion', person, '/account/delete')
  await visit('first passkey', person, '/account/passkeys')
  const { browser: holder } = await withPasskey()
  await visit('passkeys', holder, '/account/passkeys')
  await visit('passkeys listed', holder, '/account')
  await visit('new password', person, '/password')
  await visit('sign-out', person, '/logout')
  await visit('sign-out by an application', person, '/oidc/logout')
  await visit('consent', person, await hostedPageOf(person))
  const limited = (await hostedPageOf(person)).replace(/^[^?]*/, '/sessions-full')
  await visit('as many sessions as there may be', person, limited)
  await visit('choice of account', person, await hostedPageOf(person, { prompt: 'select_account' }))
  await visit('sign-in again', person, await hostedPageOf(person, { prompt: 'login' }))

  const admin = await addAdmin()
  const { id } = await addPerson()
  const options = { body: { method: 'link' } }
  const reset = await callAdmin(admin, 'POST', `/admin/users/${id}/reset-password`, options)
  const { setup_url } = (await reset.json()) as { setup_url: string }
  await visit('a link to set a password', openBrowser(), setup_url.slice('https://auth.test'.length))

  await visit('registration, closed', openBrowser(), '/register')
  await useSettings({ 'registration.mode': 'open' })
  const newcomer = startMail().open()
  const start = await visit('registration', newcomer, '/register')
  const sent = await newcomer.post('/register', { ...start.hidden, email: `${uuidv7()}@example.test` })
  await visit('registration, the code', newcomer, sent.location as string)
})

/** Once, in the head, and nothing between its tags. */
const ownScript = /<script type="module" src="\/assets\/authly\.[0-9a-z]{7}\.js"><\/script>/

/** These show nothing of their own. */
const redirecting = ['/.well-known/change-password', '/language']

const forms = (): readonly (Visit & { readonly form: Form })[] =>
  visits.flatMap((one) => formsOf(one.shown.html).map((form) => ({ ...one, form })))

function formsOf(html: string): readonly Form[] {
  return [...html.matchAll(/<form([^>]*)>([\s\S]*?)<\/form>/g)].map(([, attributes = '', inner = '']) => ({
    action: / action="([^"]*)"/.exec(attributes)?.[1] ?? '',
    html: `<form${attributes}>${inner}</form>`,
    fields: Object.fromEntries(
      [...inner.matchAll(/<input[^>]*>/g)].map(([input]) => [
        / name="([^"]*)"/.exec(input)?.[1] ?? '',
        / value="([^"]*)"/.exec(input)?.[1] ?? '',
      ]),
    ),
  }))
}

describe('every hosted page', () => {
  it('is among the visited ones: no route of a page is left out', () => {
    const routes = [
      ...loginRoutes,
      registerRoutes,
      accountRoutes,
      profileRoutes,
      deletionRoutes,
      applicationRoutes,
      historyRoutes,
      passkeyRoutes,
      logoutRoutes,
    ].flatMap(({ descriptions }) => descriptions)
    const pages = routes.filter(({ method, path }) => method === 'get' && !redirecting.includes(path))
    const visited = new Set(visits.filter(({ shown }) => shown.status === 200).map(({ path }) => path))
    expect([...new Set(pages.map(({ path }) => path))].filter((path) => !visited.has(path))).toEqual([])
  })

  it('loads and runs nothing but our own stylesheet and images, in no frame (ASVS 3.4.3, 3.4.6)', () => {
    for (const { name, shown } of visits) {
      const policy = shown.headers.get('content-security-policy')?.split('; ') ?? []
      expect(policy, name).toEqual(
        expect.arrayContaining([
          ...["default-src 'none'", "style-src 'self'", "img-src 'self'", "base-uri 'none'"],
          "frame-ancestors 'none'",
        ]),
      )
      expect(policy.join(), name).not.toMatch(/unsafe|\*|data:/)
      const scripts = policy.filter((directive) => directive.startsWith('script-src'))
      expect(scripts, name).toEqual(ownScript.test(shown.html) ? ["script-src 'self'"] : [])
      const targets = policy.find((directive) => directive.startsWith('form-action'))
      expect(targets, name).toMatch(/^form-action 'self'( https:| [a-z][\w.+-]*:)*$/)
      expect(shown.headers.get('x-frame-options'), name).toBe('DENY')
    }
  })

  it('has the other headers browsers go by (ASVS 3.4.1, 3.4.4, 3.4.5, 4.1.1, 14.3.2)', () => {
    for (const { name, shown } of visits) {
      const header = (key: string) => shown.headers.get(key)
      expect(header('content-type'), name).toBe('text/html; charset=UTF-8')
      expect(header('x-content-type-options'), name).toBe('nosniff')
      expect(header('referrer-policy'), name).toBe('same-origin')
      expect(header('cache-control'), name).toBe('no-store')
      expect(header('cross-origin-resource-policy'), name).toBe('same-origin')
      expect(header('permissions-policy'), name).toMatch(/^camera=\(\), /)
      const seconds = Number(/^max-age=(\d+)/.exec(header('strict-transport-security') ?? '')?.[1])
      expect(seconds, name).toBeGreaterThanOrEqual(31_536_000)
      for (const telling of ['server', 'x-powered-by', 'via']) expect(header(telling), name).toBeNull()
    }
  })

  it('gives other windows no reference to it, unless an application waits for a pop-up', () => {
    for (const { name, shown } of visits) {
      const policy = shown.headers.get('content-security-policy') ?? ''
      const isOfApplication = /form-action 'self' /.test(policy)
      const expected = isOfApplication ? null : 'same-origin'
      expect(shown.headers.get('cross-origin-opener-policy'), name).toBe(expected)
    }
  })

  it('has no script but our own, no style and no handler in its markup, and nothing from elsewhere', () => {
    for (const { name, shown } of visits) {
      expect(shown.html.replace(ownScript, ''), name).not.toMatch(
        /<script|<style|<iframe|<object|<embed|<base| style=| on[a-z]+=/i,
      )
      for (const [, source = ''] of shown.html.matchAll(/<(?:img|link)[^>]* (?:src|href)="([^"]*)"/g)) {
        expect(source, name).toMatch(/^\/[^/]/)
      }
      expect(shown.html, name).not.toMatch(/href="(?!https:|\/|#|com\.)/)
    }
  })

  it('sets cookies that scripts, subdomains and plain http cannot reach (ASVS 3.3.1 to 3.3.4)', () => {
    const lines = visits.flatMap(({ shown }) => shown.headers.getSetCookie())
    expect(lines.length).toBeGreaterThan(0)
    for (const line of lines) {
      expect(line).toMatch(
        /^__Host-authly_[\w-]+=[\w.-]*; Path=\/; HttpOnly; SameSite=Lax(; Max-Age=\d+)?; Secure$/,
      )
    }
  })

  it('masks passwords, and lets browsers and password managers fill them in (ASVS 6.2.6, 6.2.7)', () => {
    const inputs = visits.flatMap(
      ({ shown }) => shown.html.match(/<input[^>]*name="[^"]*password[^"]*"[^>]*>/g) ?? [],
    )
    expect(inputs.length).toBeGreaterThan(4)
    for (const input of inputs) {
      expect(input).toMatch(/type="password"/)
      expect(input).toMatch(/autocomplete="(current|new)-password"/)
      expect(input).not.toMatch(/ value=/)
    }
  })
})

describe('every form of a hosted page (ASVS 3.5.1, 3.5.3)', () => {
  it('is there to be tried', () => {
    const actions = new Set(forms().map(({ form }) => form.action))
    expect([...actions].sort()).toEqual([
      ...[
        '/account/data/export',
        '/account/delete',
        '/account/devices/forget',
        '/account/passkeys',
        '/account/passkeys/remove',
        '/account/passkeys/rename',
      ],
      ...['/account/profile', '/account/sessions/end', '/account/sessions/end-all'],
      ...['/account/sessions/end-others', '/consent'],
      ...[
        '/email/undo',
        '/login',
        '/login/link',
        '/logout',
        '/not-me',
        '/oidc/logout/confirm',
        '/password',
        '/recovery/stop',
        '/register',
        '/select-account',
        '/sessions-full',
        '/set-password',
      ],
    ])
  })

  it('posts to this server, with a token', () => {
    for (const { name, form } of forms()) {
      expect(form.html, name).toMatch(/^<form method="post"/)
      expect(form.action, name).toMatch(/^\/[a-z]/)
      expect(form.fields['csrf_token'], name).toMatch(/^[\w-]{22}\.[\w-]{43}$/)
    }
  })

  it('is refused without the token, and with the token of another browser', async () => {
    const other = (await openBrowser().get('/login')).hidden['csrf_token'] as string
    for (const { name, browser, form } of forms()) {
      const { csrf_token: _, ...without } = form.fields
      for (const fields of [without, { ...without, csrf_token: '' }, { ...without, csrf_token: other }]) {
        const answer = await browser.post(form.action, fields)
        expect(answer.status, `${name} ${form.action}`).toBe(403)
        expect(answer.headers.get('location'), name).toBeNull()
      }
    }
  })

  it('is refused from another site, also when the browser does not say from which', async () => {
    for (const { name, browser, form } of forms()) {
      for (const headers of [
        { origin: 'https://evil.test' },
        { origin: 'https://auth.test.evil.test' },
        { origin: 'http://auth.test' },
        { origin: 'null' },
        { origin: 'null', 'sec-fetch-site': 'cross-site' },
        { origin: 'null', 'sec-fetch-site': 'same-site' },
      ]) {
        const answer = await browser.post(form.action, form.fields, headers)
        expect(answer.status, `${name} ${form.action} ${JSON.stringify(headers)}`).toBe(403)
      }
    }
  })

  it('is not sent by a link: GET of its address changes nothing', async () => {
    for (const { name, browser, form } of forms()) {
      const answer = await browser.get(`${form.action}?${new URLSearchParams(form.fields)}`)
      expect([200, 303, 400, 404, 405], `${name} ${form.action}`).toContain(answer.status)
      for (const line of answer.headers.getSetCookie()) expect(line, name).not.toContain('authly_session')
    }
    for (const { browser } of visits.filter(({ name }) => name === 'account')) {
      expect((await browser.get('/account')).status).toBe(200)
    }
  })
})

describe('a session (ASVS 7.2, 7.4)', () => {
  const cookie = '__Host-authly_session'
  const withCookie = (value: string) => openBrowser().get('/account', { cookie: `${cookie}=${value}` })

  it('gets a new secret at every sign-in, and the one before ends: none can be planted', async () => {
    const { username } = await addPerson()
    const attacker = await signedIn()
    const planted = attacker.cookies.get(cookie) as string
    const browser = openBrowser()
    browser.cookies.set(cookie, planted)
    await signIn(browser, username, goodPassword)
    const first = browser.cookies.get(cookie) as string
    expect(first).not.toBe(planted)
    await signIn(browser, username, goodPassword)
    const second = browser.cookies.get(cookie) as string
    expect(second).not.toBe(first)
    expect((await withCookie(second)).status).toBe(200)
    expect((await withCookie(first)).location).toBe('/login')
  })

  it('ends for everybody who has its cookie when the person signs out', async () => {
    const browser = await signedIn()
    const kept = browser.cookies.get(cookie) as string
    expect((await withCookie(kept)).status).toBe(200)
    const page = await browser.get('/logout')
    const left = await browser.post('/logout', page.hidden)
    expect(left.headers.getSetCookie().join()).toMatch(/__Host-authly_session=; .*Max-Age=0/)
    expect((await withCookie(kept)).location).toBe('/login')
  })

  it('is not taken from a cookie without the prefix, or from two that differ', async () => {
    const browser = await signedIn()
    const value = browser.cookies.get(cookie) as string
    const other = (await signedIn()).cookies.get(cookie) as string
    for (const header of [`authly_session=${value}`, `${cookie}=${value}; ${cookie}=${other}`]) {
      expect((await openBrowser().get('/account', { cookie: header })).location).toBe('/login')
    }
  })
})
