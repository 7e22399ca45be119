/**
 * Whatever a page says comes from the catalogue of its language: no text stands in code, and none stays behind
 * in English.
 */
import { eq } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { clients } from '../../src/db/schema.ts'
import { sealInteraction } from '../../src/interaction/interaction.ts'
import { sha256 } from '../../src/kit/hash.ts'
import { uuidv7 } from '../../src/kit/ids.ts'
import { chooseLanguage } from '../../src/messages/choose-language.ts'
import { en, type Messages } from '../../src/messages/en.ts'
import { languageNames, supportedLanguages } from '../../src/messages/languages.ts'
import { testDatabase } from '../fakes/database.ts'
import { testDependencies } from '../worker/admin-client.ts'
import { type Browser, openBrowser, type Shown, signIn } from './browser.ts'
import { addApplication, addPerson, authorizePath, goodPassword, type Person } from './people.ts'

/** What stands in for the arguments of a message. */
const argument = '\u0001'

/** All texts of a catalogue; what they are filled with is left open. */
function patternsOf(messages: Messages): RegExp[] {
  const texts: string[] = []
  const collect = (value: unknown): void => {
    if (typeof value === 'string') texts.push(value)
    else if (typeof value === 'function') texts.push(value(argument, argument))
    else Object.values(value as object).forEach(collect)
  }
  collect(messages)
  return texts.map((text) => new RegExp(`^${literal(text).replaceAll(argument, '[\\s\\S]+?')}$`))
}

const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')

const entities: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
}
const decode = (html: string): string =>
  html.replace(/&(amp|lt|gt|quot|#39);/g, (entity) => entities[entity] as string)

/** Every text of a page: what stands between tags, and in the attributes that are read out. */
function textsOf(html: string): string[] {
  const attributes = [...html.matchAll(/\b(?:title|alt|placeholder|aria-label)="([^"]*)"/g)].map(
    ([, text]) => text as string,
  )
  const between = html.replace(/<(script|code|bdi)\b[\s\S]*?<\/\1>/g, '').split(/<[^>]*>/)
  return [...between, ...attributes]
    .map((text) =>
      decode(text)
        .replace(/[\u2068\u2069]/g, '')
        .trim(),
    )
    .filter(Boolean)
}

interface Visited {
  readonly name: string
  readonly shown: Shown
}

/** Brings up every page there is, each way it can look, in one language. */
async function visitAll(language: string): Promise<{ pages: Visited[]; names: string[] }> {
  const headers = { 'accept-language': language }
  const pages: Visited[] = []
  const browse = (): Browser & { start(path: string): Promise<Shown> } => {
    const browser = openBrowser()
    const get: Browser['get'] = (path, more) => browser.get(path, { ...headers, ...more })
    const post: Browser['post'] = (path, fields, more) => browser.post(path, fields, { ...headers, ...more })
    const follow = async (shown: Shown): Promise<Shown> => {
      let current = shown
      while (current.location?.startsWith('/')) current = await get(current.location)
      return current
    }
    return { cookies: browser.cookies, get, post, follow, start: async (path) => follow(await get(path)) }
  }
  const see = (name: string, shown: Shown): Shown => {
    pages.push({ name, shown })
    return shown
  }
  const enter = (browser: Browser, page: Shown, person: Person, password = goodPassword) =>
    browser.post('/login', { ...page.hidden, identifier: person.email, password })

  const person = await addPerson()
  const app = await addApplication('Demo Shop')
  await testDatabase()
    .update(clients)
    .set({
      client_uri: 'https://shop.test/',
      policy_uri: 'https://shop.test/p',
      tos_uri: 'https://shop.test/t',
    })
    .where(eq(clients.client_id, app))

  const browser = browse()
  const begun = await browser.get(authorizePath(app))
  const login = see('sign-in', await browser.follow(begun))
  see('sign-in, refused', await enter(browser, login, person, 'wrong'))
  see('sign-in, empty', await browser.post('/login', { ...login.hidden, identifier: '', password: '' }))
  const consent = see('consent', await browser.follow(await enter(browser, login, person)))
  see('consent, neither', await browser.post('/consent', { ...consent.hidden, decision: 'maybe' }))
  const allowed = await browser.post('/consent', { ...consent.hidden, decision: 'allow' })
  await browser.follow(allowed)
  see('finished', await browser.get(allowed.location as string))
  see('select-account', await browser.start(authorizePath(app, { prompt: 'select_account' })))
  see('sign-in again', await browser.start(authorizePath(app, { prompt: 'login' })))
  const claims = JSON.stringify({ id_token: { sub: { value: 'somebody-else' } } })
  see('another account', await browser.start(authorizePath(app, { claims })))
  see('sign-in while signed in', await browser.get('/login'))
  await signIn(openBrowser(), person.email, goodPassword)
  see('account', await browser.get('/account/sessions?done=others'))
  see('account', await browser.get('/account/sessions?done=session'))
  const change = see('password', await browser.get('/password'))
  see('password, empty', await browser.post('/password', change.hidden))
  for (const next of ['short', 'password1234', `${person.username}1`, 'x'.repeat(300), goodPassword]) {
    const fields = {
      ...change.hidden,
      current_password: goodPassword,
      new_password: next,
      repeat_password: next,
    }
    see(`password ${next.slice(0, 8)}`, await browser.post('/password', fields))
  }
  see('sign-out', await browser.get('/logout'))
  see('sign-out asked for', await browser.get(`/oidc/logout?client_id=${app}`))
  see('signed out', await browse().get('/logout'))
  see('form_post', await browser.get(authorizePath(app, { response_mode: 'form_post' })))

  const forced = await addPerson({ mustChange: true })
  const other = browse()
  see(
    'forced change',
    await other.follow(await enter(other, await other.get('/login?done=password'), forced)),
  )
  see('link', await other.get('/set-password?link=made-up'))

  see('foreign', await browse().get(begun.location as string))
  see('foreign', await other.get(begun.location as string))
  see('unreadable', await other.get('/login?interaction=x'))
  const binding = other.cookies.get('__Host-authly_browser') as string
  const sealed = await sealInteraction(testDependencies().root, {
    ...{ id: uuidv7(), started_at: 0, expires_at: 1, client_id: app, prompt_done: {} },
    ...{ parameters: 'client_id=x', browser: await sha256(binding) },
  })
  see('expired', await other.get(`/consent?interaction=${sealed}`))
  see('old form', await other.post('/login', { csrf_token: 'x' }))
  see('no cookie', await browse().post('/login', {}))
  see('foreign form', await other.post('/login', {}, { origin: 'https://evil.test' }))
  see('hidden origin', await other.post('/login', {}, { origin: 'null' }))
  see('not a form', await other.post('/login', '{}', { 'content-type': 'application/json' }))
  see('too large', await other.post('/login', `a=${'x'.repeat(70_000)}`))
  see('not found', await other.get('/nothing-here'))
  see('wrong method', await other.post('/account', {}))
  see('OAuth endpoint', await other.get('/oauth/token'))
  const broken = authorizePath(app)
  for (const [name, path] of [
    ['no client', '/oauth/authorize'],
    ['unknown client', authorizePath('nobody')],
    ['no redirect URI', `/oauth/authorize?client_id=${app}`],
    ['foreign redirect URI', authorizePath(app, { redirect_uri: 'https://evil.test/' })],
    ['twice', `${broken}&state=2`],
    ['malformed', `${broken}&x=%ff`],
    ['too long', `${broken}&x=${'y'.repeat(9000)}`],
    ['sign-out, bad hint', '/oidc/logout?id_token_hint=x'],
    [
      'sign-out, foreign address',
      `/oidc/logout?client_id=${app}&post_logout_redirect_uri=https://evil.test/`,
    ],
    ['sign-out, twice', '/oidc/logout?state=1&state=2'],
  ] as const) {
    see(name, await other.get(path))
  }
  for (let count = 0; count < 12; count++) {
    const refused = await enter(other, await other.get('/login'), person, 'wrong')
    if (refused.status === 429) see('locked', refused)
  }
  const names = [
    ...Object.values(languageNames),
    'Authly',
    'Demo Shop',
    person.email,
    person.username,
    forced.email,
  ]
  return { pages, names }
}

const uuid = /^[\da-f-]{36}$/
/** Of a name, beside it. */
const initial = /^\p{Lu}$/u

describe.each(supportedLanguages)('pages in %s', (tag) => {
  test('say nothing that is not in the catalogue of the language', async () => {
    const { messages } = chooseLanguage(tag, undefined)
    const patterns = patternsOf(messages)
    const { pages, names } = await visitAll(tag)
    expect(new Set(pages.map(({ name }) => name)).size).toBeGreaterThan(40)
    expect(pages.some(({ name }) => name === 'locked')).toBe(true)
    const strange: string[] = []
    for (const { name, shown } of pages) {
      expect(shown.headers.get('content-type'), name).toMatch(/^text\/html/)
      expect(shown.html, name).toContain(`<html lang="${tag}"`)
      for (const text of textsOf(shown.html)) {
        const isTitle = text.endsWith(' – Authly')
        const said = isTitle
          ? text.slice(0, -' – Authly'.length).replace(`${messages.thereIsAProblem}: `, '')
          : text
        const isKnown =
          patterns.some((pattern) => pattern.test(said)) ||
          names.includes(said) ||
          uuid.test(said) ||
          initial.test(said) ||
          !/\p{L}/u.test(said)
        if (!isKnown && !strange.includes(`${name}: ${said}`)) strange.push(`${name}: ${said}`)
      }
    }
    expect(strange).toEqual([])
  })
})

test('no sentence is the English one in another language', () => {
  const isSentence = (text: unknown): text is string => typeof text === 'string' && text.includes(' ')
  for (const tag of supportedLanguages.filter((language) => language !== 'en')) {
    const { messages } = chooseLanguage(tag, undefined)
    const copied = Object.entries(en).filter(
      ([key, text]) => isSentence(text) && messages[key as keyof Messages] === text,
    )
    expect(copied, tag).toEqual([])
  }
})
