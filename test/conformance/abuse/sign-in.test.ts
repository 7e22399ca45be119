/** The hosted sign-in under attack: forged posts, guessing, planted sessions (RFC 9700 §4.7, NIST SP 800-63B §3.2). */
import { beforeAll, describe, expect, it } from 'vitest'
import { addClient, addUser, issuer, rp } from '../authly.ts'
import type { SeededClient, SeededUser } from '../seed.ts'
import { signIn } from '../sign-in.ts'
import { createUserAgent, type Page, type UserAgent } from '../user-agent.ts'

let client: SeededClient
let user: SeededUser
beforeAll(async () => {
  client = await addClient()
  user = await addUser()
})

const form = { 'content-type': 'application/x-www-form-urlencoded' }

const openLogin = async (agent: UserAgent): Promise<Page> => agent.open(rp.authorizeUrl(client))

async function attempt(agent: UserAgent, identifier: string, password: string): Promise<Page> {
  const page = await openLogin(agent)
  const [first] = page.forms
  if (!first) throw new Error(page.text)
  return agent.submit(page, first, { identifier, password }, () => true)
}

const withoutTokens = (page: Page, identifier: string) =>
  page.body
    .replace(/(name="(csrf_token|interaction|sign_in)" value=")[^"]*/g, '$1')
    .replace(/((?:sign_in|interaction)(?:=|%3D))[\w-]+/g, '$1')
    .replace(/(class="avatar" aria-hidden="true">)[^<]*/g, '$1')
    .replaceAll(identifier, 'IDENTIFIER')

describe('a forged post (CSRF, login CSRF)', () => {
  const post = async (changes: {
    headers?: Record<string, string>
    body?: (body: URLSearchParams) => void
  }) => {
    const agent = createUserAgent()
    const page = await openLogin(agent)
    const body = new URLSearchParams([...(page.forms[0]?.fields ?? [])] as [string, string][])
    body.set('identifier', user.username)
    body.set('password', user.password)
    changes.body?.(body)
    const headers = { ...form, origin: issuer, ...changes.headers }
    const answer = await agent.request(`${issuer}/login`, {
      method: 'POST',
      headers,
      body: [body.toString()],
    })
    return { answer, session: agent.cookies.get('authly_session') }
  }

  it('differs from a true one, which signs in', async () => {
    const { answer, session } = await post({})
    expect(answer.status).toBe(303)
    expect(session).toBeDefined()
  })

  it.each<[string, Parameters<typeof post>[0]]>([
    ['from another origin', { headers: { origin: 'https://evil.test' } }],
    ['from an opaque origin', { headers: { origin: 'null' } }],
    ['from a sibling port', { headers: { origin: 'http://127.0.0.1:1' } }],
    ['without the form’s token', { body: (body) => body.delete('csrf_token') }],
    ['with a made-up token', { body: (body) => body.set('csrf_token', 'x'.repeat(66)) }],
    ['with another browser’s cookie', { headers: { cookie: `authly_browser=${'x'.repeat(43)}` } }],
    ['with no cookie', { headers: { cookie: '' } }],
  ])('%s is refused and signs nobody in', async (_, changes) => {
    const { answer, session } = await post(changes)
    expect([answer.status, answer.location, session]).toEqual([403, undefined, undefined])
  })

  it('with a token from another browser’s form is refused', async () => {
    const attacker = createUserAgent()
    const stolen = (await openLogin(attacker)).forms[0]?.fields.find(([name]) => name === 'csrf_token')
    const { answer } = await post({ body: (body) => body.set('csrf_token', stolen?.[1] ?? '') })
    expect(answer.status).toBe(403)
  })

  it('with doubled fields or as JSON is refused', async () => {
    const doubled = await post({ body: (body) => body.append('identifier', 'someone else') })
    expect([doubled.answer.status, doubled.session]).toEqual([400, undefined])
    const json = await post({ headers: { 'content-type': 'application/json' } })
    expect([json.answer.status, json.session]).toEqual([415, undefined])
  })
})

describe('guessing', () => {
  it('gets the same page for a wrong password and an unknown account', async () => {
    const wrong = await attempt(createUserAgent(), user.username, 'not the password')
    const unknown = await attempt(createUserAgent(), 'nobody-at-all', 'not the password')
    expect([wrong.status, unknown.status]).toEqual([400, 400])
    expect(withoutTokens(unknown, 'nobody-at-all')).toBe(withoutTokens(wrong, user.username))
    expect(wrong.body).not.toContain('not the password')
  })

  it.each([
    ['a known account', () => addUser()],
    ['an unknown one', async () => ({ username: `nobody-${Math.random()}`, password: 'x', id: '' })],
  ])(
    'of %s is slowed down from every address, with Retry-After, even for the right password',
    async (_, make) => {
      const victim = await make()
      const statuses: number[] = []
      for (let guess = 0; guess < 8; guess++) {
        statuses.push((await attempt(createUserAgent(), victim.username, `guess ${guess}`)).status)
      }
      expect(statuses.slice(0, 5)).toEqual([400, 400, 400, 400, 400])
      const locked = await attempt(createUserAgent(), victim.username, victim.password)
      expect(locked.status).toBe(429)
      expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(0)
      expect(locked.headers.getSetCookie().join()).not.toContain('session')
    },
  )

  it('from one address is limited over all accounts', async () => {
    const agent = createUserAgent()
    const statuses: number[] = []
    for (let guess = 0; guess < 32; guess++) {
      statuses.push((await attempt(agent, `nobody-${guess}-${Math.random()}`, 'x')).status)
    }
    expect(statuses.at(0)).toBe(400)
    expect(statuses.at(-1)).toBe(429)
    expect((await attempt(createUserAgent(), user.username, user.password)).status).toBe(303)
  })

  it.each([
    ['an empty name', '', 'x'],
    ['SQL', "' OR '1'='1", "' OR '1'='1"],
    ['markup', '<script>alert(1)</script>', 'x'],
    ['a very long name', 'n'.repeat(10_000), 'x'],
    ['a very long password', 'x', 'p'.repeat(10_000)],
    ['a name beyond ASCII', '𝓪𝓭𝓶𝓲𝓷\u200b', 'x'],
  ])('with %s gets the form again and nothing else', async (_, identifier, password) => {
    const page = await attempt(createUserAgent(), identifier, password)
    expect(page.status).toBe(400)
    expect(page.body).not.toContain('<script>alert')
    expect(page.forms.some(({ namesOf }) => namesOf('[autocomplete^=username]').length > 0)).toBe(true)
  })
})

describe('an account whose password must be changed', () => {
  it('gets no code before it is, by whichever way (forced change)', async () => {
    const forced = await addUser({ mustChangePassword: true })
    const agent = createUserAgent()
    expect((await attempt(agent, forced.username, forced.password)).location?.pathname).toBe('/login')
    const page = await rp.authorize(client, {}, agent)
    expect(page.location?.pathname).toBe('/login')
    const silent = await rp.authorize(client, { prompt: 'none' }, agent)
    expect(silent.location?.searchParams.get('error')).toBe('login_required')
    expect((await agent.request(`${issuer}/account`)).status).toBe(303)

    const newPassword = 'a fresh and quite unguessable sentence'
    const seen: string[] = []
    const callback = await signIn(createUserAgent(), rp.authorizeUrl(client), client.redirect_uri, {
      user: forced,
      newPassword,
      onPage: ({ url }) => seen.push(url.pathname),
    })
    expect(seen).toEqual(['/login'])
    expect(callback.searchParams.has('code')).toBe(true)
    // The first browser's half-finished session is over, and the old password is worthless.
    expect((await rp.authorize(client, {}, agent)).location?.pathname).toBe('/login')
    expect((await attempt(createUserAgent(), forced.username, forced.password)).status).toBe(400)
    expect((await attempt(createUserAgent(), forced.username, newPassword)).status).toBe(303)
  })
})
