/**
 * Two tabs, the back button, a reload, pages left open, blocked cookies, a wrong clock: whatever a browser sends, at most
 * two redirects lead to a page, and so do the links on it.
 */
import { expect, test } from 'vitest'
import { openInteraction, sealInteraction } from '../../src/interaction/interaction.ts'
import { openProgress, sealProgress } from '../../src/interaction/sign-in-progress.ts'
import { uuidv7 } from '../../src/kit/ids.ts'
import { testDependencies } from '../worker/admin-client.ts'
import { addPersonWithApp, codeOf, passPassword } from './authenticator.ts'
import { type Browser, issuer, openBrowser, type Shown, signIn } from './browser.ts'
import { addApplication, addPerson, authorizePath, goodPassword, type Person } from './people.ts'

const mostRedirects = 2
const session = '__Host-authly_session'
const newPassword = 'orbit kettle purple seven'
const change = { new_password: newPassword, repeat_password: newPassword }

/** Follows to the page, or to the application. */
async function walk(browser: Browser, from: Shown | string): Promise<Shown> {
  let shown = typeof from === 'string' ? await browser.get(from) : from
  const way: string[] = []
  while (shown.location?.startsWith('/')) {
    way.push(shown.location.replace(/\?.*/, ''))
    expect(way.length, way.join(' -> ')).toBeLessThanOrEqual(mostRedirects)
    shown = await browser.get(shown.location)
  }
  return shown
}

const contentOf = ({ html }: Shown): string => /<main[\s\S]*<\/main>/.exec(html)?.[0] ?? ''

/** Where the links of a page's content lead on this server. */
const linksOf = (page: Shown): readonly string[] =>
  [...contentOf(page).matchAll(/<a [^>]*href="([^"]*)"/g)]
    .map(([, href = '']) => href.replaceAll('&amp;', '&').replace(issuer, ''))
    .filter((href) => href.startsWith('/'))

/** The same page, as it is once it has been open for too long. */
async function leftOpen(browser: Browser, page: Shown): Promise<Record<string, string>> {
  const { root, now } = testDependencies()
  const cookies = [browser.cookies.get('__Host-authly_browser') ?? '']
  const { interaction, sign_in, ...hidden } = page.hidden
  const opened = interaction ? await openInteraction(root, interaction, cookies, now()) : undefined
  const progress = sign_in ? await openProgress(root, sign_in, cookies, now()) : undefined
  return {
    ...hidden,
    ...(opened &&
      'interaction' in opened && {
        interaction: await sealInteraction(root, { ...opened.interaction, expires_at: 1 }),
      }),
    ...(progress &&
      'progress' in progress && {
        sign_in: await sealProgress(root, { ...progress.progress, expires_at: 1 }),
      }),
  }
}

const addressOf = (hidden: Readonly<Record<string, string>>, path = '/login'): string => {
  const { csrf_token: _, ...fields } = hidden
  return `${path}?${new URLSearchParams(fields)}`
}

const both = ({ email }: Person) => ({ identifier: email, password: goodPassword })

/** At a step behind the password, for an application. */
async function atChange() {
  const [person, browser] = [await addPerson({ mustChange: true }), openBrowser()]
  const first = await walk(browser, authorizePath(await addApplication()))
  const page = await walk(browser, await browser.post('/login', { ...first.hidden, ...both(person) }))
  expect(page.hidden).toMatchObject({ step: 'change_password' })
  return { person, browser, first, page }
}

/** At the consent page. */
async function atConsent(more: Record<string, string> = {}) {
  const [person, browser, app] = [await addPerson(), openBrowser(), await addApplication()]
  const begun = await browser.get(authorizePath(app, more))
  const first = await walk(browser, begun)
  const page = await walk(browser, await browser.post('/login', { ...first.hidden, ...both(person) }))
  expect(page.html).toContain('action="/consent"')
  return { person, browser, app, begun, first, page }
}

type Odd = () => Promise<{ readonly browser: Browser; readonly shown: Shown }>

const odd: Record<string, Odd> = {
  'two tabs: a name in the second after the first has signed in': async () => {
    const { browser, person, app } = await atConsent()
    browser.cookies.delete(session)
    const tabs = [await walk(browser, authorizePath(app)), await walk(browser, authorizePath(app))]
    await browser.post('/login', { ...tabs[0]?.hidden, ...both(person) })
    return { browser, shown: await browser.post('/login', { ...tabs[1]?.hidden, identifier: 'x' }) }
  },
  'two tabs: a reload of the second': async () => {
    const { browser, begun } = await atConsent()
    return { browser, shown: await browser.get(begun.location ?? '') }
  },
  'two tabs: somebody else signs in in the second, and the first consents': async () => {
    const { browser, page } = await atConsent()
    await signIn(browser, (await addPerson()).email, goodPassword)
    return { browser, shown: await browser.post('/consent', { ...page.hidden, decision: 'allow' }) }
  },
  'two tabs: signed out in the second, and the first consents': async () => {
    const { browser, page } = await atConsent()
    browser.cookies.delete(session)
    return { browser, shown: await browser.post('/consent', { ...page.hidden, decision: 'allow' }) }
  },
  'two tabs at the second factor: the code is used in the first': async () => {
    const { person, app } = await addPersonWithApp()
    const browser = openBrowser()
    const page = await passPassword(browser, person)
    const form = { ...page.hidden, code: codeOf(app, 0) }
    expect((await browser.post('/login', form)).location).toBe('/account')
    return { browser, shown: await browser.post('/login', form) }
  },
  'two tabs: signed out in the second, and the first chooses the account': async () => {
    const { browser, begun } = await atConsent({ prompt: 'select_account' })
    const choice = (begun.location ?? '').replace('/login', '/select-account')
    const { hidden } = await browser.get(choice)
    browser.cookies.delete(session)
    return { browser, shown: await browser.post('/select-account', hidden) }
  },
  'two tabs: signed out in the second, and the first makes room': async () => {
    const { browser, page } = await atConsent()
    browser.cookies.delete(session)
    return { browser, shown: await browser.post('/sessions-full', page.hidden) }
  },
  'two tabs: signed out in the second, and the first changes the password': async () => {
    const { browser } = await atConsent()
    const { hidden } = await browser.get('/password')
    browser.cookies.delete(session)
    const fields = { ...hidden, ...change, current_password: goodPassword }
    return { browser, shown: await browser.post('/password', fields) }
  },
  'back to the first page within a sign-in': async () => {
    const { browser, first } = await atChange()
    return { browser, shown: await browser.get(addressOf(first.hidden)) }
  },
  'back to the first page within a sign-in, and its form sent again': async () => {
    const { browser, first, person } = await atChange()
    return { browser, shown: await browser.post('/login', { ...first.hidden, ...both(person) }) }
  },
  'a form of a step before that is due no more': async () => {
    const { browser, page } = await atChange()
    return {
      browser,
      shown: await browser.post('/login', { ...page.hidden, step: 'password', password: 'x' }),
    }
  },
  'a form of a step that there is not': async () => {
    const { browser, page } = await atChange()
    return { browser, shown: await browser.post('/login', { ...page.hidden, step: '__proto__' }) }
  },
  'back from the application to the first page': async () => {
    const { browser, begun, page } = await atConsent()
    await walk(browser, await browser.post('/consent', { ...page.hidden, decision: 'allow' }))
    return { browser, shown: await browser.get(begun.location ?? '') }
  },
  'back from the application to where another sign-in was asked for': async () => {
    const { browser, begun, page } = await atConsent({ prompt: 'login' })
    await walk(browser, await browser.post('/consent', { ...page.hidden, decision: 'allow' }))
    return { browser, shown: await browser.get(begun.location ?? '') }
  },
  'a reload after the password was sent': async () => {
    const { browser, first, person } = await atConsent()
    return { browser, shown: await browser.post('/login', { ...first.hidden, ...both(person) }) }
  },
  'a reload after a new password was sent': async () => {
    const { browser, page } = await atChange()
    await walk(browser, await browser.post('/login', { ...page.hidden, ...change }))
    return { browser, shown: await browser.post('/login', { ...page.hidden, ...change }) }
  },
  'a reload after consent was sent': async () => {
    const { browser, page } = await atConsent()
    const form = { ...page.hidden, decision: 'allow' }
    await walk(browser, await browser.post('/consent', form))
    return { browser, shown: await browser.post('/consent', form) }
  },
  'a first page left open, reloaded': async () => {
    const { browser, first } = await atChange()
    return { browser, shown: await browser.get(addressOf(await leftOpen(browser, first))) }
  },
  'a first page left open, sent': async () => {
    const { browser, first, person } = await atChange()
    const fields = { ...(await leftOpen(browser, first)), ...both(person) }
    return { browser, shown: await browser.post('/login', fields) }
  },
  'a later page left open without an application, sent': async () => {
    const [person, browser] = [await addPerson({ mustChange: true }), openBrowser()]
    const page = await walk(browser, await signIn(browser, person.email, goodPassword))
    return { browser, shown: await browser.post('/login', { ...(await leftOpen(browser, page)), ...change }) }
  },
  'a consent page left open, sent': async () => {
    const { browser, page } = await atConsent()
    const fields = { ...(await leftOpen(browser, page)), decision: 'allow' }
    return { browser, shown: await browser.post('/consent', fields) }
  },
  'a sign-in that is gone': async () => {
    const { browser, page, person } = await atChange()
    const origin = { ip: undefined, user_agent: undefined, request_id: uuidv7() }
    await testDependencies().sessionsOf(person.id).endAllSessions({ now: Date.now(), origin })
    return { browser, shown: await browser.get(addressOf(page.hidden)) }
  },
  'blocked cookies: a request of an application': async () => {
    const browser = openBrowser()
    const begun = await browser.get(authorizePath(await addApplication()))
    browser.cookies.clear()
    return { browser, shown: begun }
  },
  'blocked cookies: a form': async () => {
    const browser = openBrowser()
    const first = await walk(browser, '/login')
    browser.cookies.clear()
    return { browser, shown: await browser.post('/login', { ...first.hidden, identifier: 'x' }) }
  },
  'blocked cookies: the account page': async () => {
    const browser = openBrowser()
    return { browser, shown: await browser.get('/account') }
  },
  'a session cookie that is blocked: a form that would have signed in': async () => {
    const [person, browser] = [await addPerson(), openBrowser()]
    const shown = await signIn(browser, person.email, goodPassword)
    browser.cookies.delete(session)
    return { browser, shown }
  },
  'a clock ten minutes late, in the app that shows codes': async () => {
    const { person, app } = await addPersonWithApp()
    const browser = openBrowser()
    const page = await passPassword(browser, person)
    return { browser, shown: await browser.post('/login', { ...page.hidden, code: codeOf(app, -20) }) }
  },
  'a clock ten minutes early, in the app that shows codes': async () => {
    const { person, app } = await addPersonWithApp()
    const browser = openBrowser()
    const page = await passPassword(browser, person)
    return { browser, shown: await browser.post('/login', { ...page.hidden, code: codeOf(app, 20) }) }
  },
  'an offer that was put off, sent again after signing out': async () => {
    const { browser } = await atConsent()
    const { hidden } = await browser.get('/login?step=add_passkey')
    const form = { ...hidden, step: 'add_passkey', later: 'yes' }
    await walk(browser, await browser.post('/login', form))
    browser.cookies.delete(session)
    return { browser, shown: await browser.post('/login', form) }
  },
  'a stronger sign-in asked of somebody who has set it up meanwhile': async () => {
    const { person, app, browser } = await addPersonWithApp()
    const path = '/login?because=stronger&acr=urn:authly:acr:mfa'
    const asked = await browser.get(path)
    await walk(browser, await browser.post('/login', { ...asked.hidden, code: codeOf(app, 0) }))
    expect(person.id).toBeTruthy()
    return { browser, shown: await browser.get(path) }
  },
}

test.each(Object.entries(odd))('%s', async (_, begin) => {
  const { browser, shown } = await begin()
  const page = await walk(browser, shown)
  expect(page.status).toBeLessThan(500)
  const links = linksOf(page)
  // A way on: to the application, or in the content of the page.
  const hasForm = contentOf(page).includes('<form')
  expect(page.location !== undefined || links.length > 0 || hasForm, page.html).toBe(true)
  for (const link of links) expect((await walk(browser, link)).status, link).toBeLessThan(500)
})
