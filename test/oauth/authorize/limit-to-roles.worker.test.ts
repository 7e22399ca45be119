/**
 * The admin scopes of a grant are those that the person's roles give (RFC 6749 §3.3): what would have no effect is neither
 * asked about nor granted, and a role given later is asked about.
 */
import { SELF } from 'cloudflare:test'
import { eq } from 'drizzle-orm'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { permissionNames } from '../../../src/access/permissions.ts'
import { clients, scopes, users } from '../../../src/db/schema.ts'
import { sha256 } from '../../../src/kit/hash.ts'
import { testDatabase } from '../../fakes/database.ts'
import { allow, answerOf, type Browser, openBrowser, type Shown, signInFrom } from '../../login/browser.ts'
import { addApplication, addConsole, addPerson, authorizePath, goodPassword } from '../../login/people.ts'
import { useSettings } from '../../worker/local-settings.ts'

beforeEach(() => useSettings({ 'sign_in.promote_passkeys': false }))

beforeAll(async () => {
  const rows = ['openid', 'profile', 'email'].map((name) => ({ name, description: 'x' }))
  await testDatabase().insert(scopes).values(rows).onConflictDoNothing()
})

const verifier = 'v'.repeat(43)
const everything = ['openid', 'offline_access', ...permissionNames].join(' ')

/** Like the command line: it asks for all of the admin API. */
async function addTool(): Promise<string> {
  const id = await addApplication('Tool')
  await testDatabase()
    .update(clients)
    .set({
      scopes: ['openid', 'offline_access', ...permissionNames],
      grant_types: ['authorization_code', 'refresh_token'],
    })
    .where(eq(clients.client_id, id))
  return id
}

const giveRoles = (userId: string, roles: readonly string[]) =>
  testDatabase()
    .update(users)
    .set({ roles: [...roles] })
    .where(eq(users.id, userId))

async function addPersonWith(...roles: string[]) {
  const person = await addPerson()
  await giveRoles(person.id, roles)
  return person
}

const path = async (app: string, scope = everything, more: Record<string, string> = {}) =>
  authorizePath(app, { scope, code_challenge: await sha256(verifier), ...more })

/** Signs in, up to the consent page or the answer. */
const begin = async (browser: Browser, start: string, email: string): Promise<Shown> =>
  browser.follow(await signInFrom(browser, await browser.get(start), email, goodPassword))

async function askToken(fields: Record<string, string>) {
  const answer = await SELF.fetch('https://auth.test/oauth/token', {
    method: 'POST',
    body: new URLSearchParams(fields),
  })
  const { scope, error, refresh_token = '' } = (await answer.json()) as Record<string, string | undefined>
  return { status: answer.status, scope, error, refresh_token }
}

const redeem = (client_id: string, answer: Shown) =>
  askToken({
    ...{ grant_type: 'authorization_code', client_id, redirect_uri: 'https://app.test/cb' },
    ...{ code: answerOf(answer).get('code') ?? '', code_verifier: verifier },
  })

const adminScopesOf = ({ scope }: { readonly scope: string | undefined }) =>
  (scope ?? '')
    .split(' ')
    .filter((each) => each.startsWith('admin:'))
    .sort()

const support = [
  ...['admin:consents:read', 'admin:consents:write', 'admin:sessions:read', 'admin:sessions:write'],
  ...['admin:stats:read', 'admin:users:read', 'admin:users:write'],
]

describe('admin scopes of somebody', () => {
  test('without a role: the page says that they are left out, and the grant is the rest', async () => {
    const [person, app, browser] = [await addPersonWith(), await addTool(), openBrowser()]
    const page = await begin(browser, await path(app), person.email)
    expect(page.html).toContain('administration rights that your roles do not give')
    expect(page.html).not.toContain('will be able to administer')
    expect((await redeem(app, await allow(browser, page))).scope).toBe('openid offline_access')
  })

  test('with a role: only what it gives is shown and granted', async () => {
    const [person, app, browser] = [await addPersonWith('support'), await addTool(), openBrowser()]
    const page = await begin(browser, await path(app), person.email)
    expect(page.html).toContain('People and their accounts')
    expect(page.html).toContain('see, create, change<')
    expect(page.html).not.toContain('Signing keys')
    expect(adminScopesOf(await redeem(app, await allow(browser, page)))).toEqual(support)
  })

  test('who may do everything: all of them, so that the token reaches what only all together reach', async () => {
    const [person, app, browser] = [await addPersonWith('admin'), await addTool(), openBrowser()]
    const page = await begin(browser, await path(app), person.email)
    expect(page.html).not.toContain('your roles do not give')
    expect(adminScopesOf(await redeem(app, await allow(browser, page)))).toEqual([...permissionNames].sort())
  })

  test('through a first-party application, which asks nobody', async () => {
    const [person, app, browser] = [await addPersonWith('support'), await addConsole(), openBrowser()]
    const answer = await begin(browser, await path(app), person.email)
    expect(adminScopesOf(await redeem(app, answer))).toEqual(support)
  })
})

describe('when nothing is left', () => {
  const scope = 'admin:users:read admin:keys:write offline_access'

  test('a page says so, and the only answer is access_denied', async () => {
    const [person, app, browser] = [await addPersonWith(), await addTool(), openBrowser()]
    const page = await begin(browser, await path(app, scope), person.email)
    expect(page.html).toContain('Your roles do not allow this')
    expect(page.html).not.toContain('value="allow"')
    const answer = await browser.follow(await browser.post('/consent', { ...page.hidden, decision: 'deny' }))
    expect(answerOf(answer).get('error')).toBe('access_denied')
    expect(answerOf(answer).get('code')).toBeNull()
  })

  test('attack: “allow” is sent all the same', async () => {
    const [person, app, browser] = [await addPersonWith(), await addTool(), openBrowser()]
    const page = await begin(browser, await path(app, scope), person.email)
    expect((await browser.post('/consent', { ...page.hidden, decision: 'allow' })).status).toBe(400)
    const again = await browser.follow(await browser.get(await path(app, scope)))
    expect(again.html).toContain('Your roles do not allow this')
  })

  test('attack: an application finds out silently whether somebody is an administrator', async () => {
    const [admin, nobody, app] = [await addPersonWith('admin'), await addPersonWith(), await addTool()]
    const answers = await Promise.all(
      [admin, nobody].map(async ({ email }) => {
        const browser = openBrowser()
        await begin(browser, await path(app, scope), email)
        return answerOf(await browser.get(await path(app, scope, { prompt: 'none' }))).toString()
      }),
    )
    expect(answers[0]).toContain('consent_required')
    expect(answers[1]).toBe(answers[0])
  })
})

describe('a role that comes or goes', () => {
  test('given later: refreshing does not widen the grant, and the new part is asked about', async () => {
    const [person, app, browser] = [await addPersonWith(), await addTool(), openBrowser()]
    const page = await begin(browser, await path(app), person.email)
    const { refresh_token } = await redeem(app, await allow(browser, page))
    await giveRoles(person.id, ['support'])
    const refreshed = { grant_type: 'refresh_token', client_id: app, refresh_token }
    expect(await askToken({ ...refreshed, scope: 'openid admin:users:read' })).toMatchObject({
      ...{ status: 400, error: 'invalid_scope' },
    })
    expect(adminScopesOf(await askToken(refreshed))).toEqual([])
    const silent = await browser.get(await path(app, everything, { prompt: 'none' }))
    expect(answerOf(silent).get('error')).toBe('consent_required')
    const asked = await browser.follow(await browser.get(await path(app)))
    expect(asked.html).toContain('People and their accounts')
    expect(adminScopesOf(await redeem(app, await allow(browser, asked)))).toEqual(support)
  })

  test('taken away: what was once allowed gives a new grant nothing', async () => {
    const [person, app, browser] = [await addPersonWith('support'), await addTool(), openBrowser()]
    await allow(browser, await begin(browser, await path(app), person.email))
    await giveRoles(person.id, [])
    const silent = await browser.get(await path(app, everything, { prompt: 'none' }))
    expect((await redeem(app, silent)).scope).toBe('openid offline_access')
  })

  test('taken away while the page is open: the click gives no more than is left', async () => {
    const [person, app, browser] = [await addPersonWith('support'), await addTool(), openBrowser()]
    const page = await begin(browser, await path(app), person.email)
    await giveRoles(person.id, [])
    expect((await redeem(app, await allow(browser, page))).scope).toBe('openid offline_access')
  })

  describe('of what the page showed nothing is left, while another role came', () => {
    const scope = 'admin:sessions:write admin:roles:read offline_access'

    test('the person is asked about what it gives, and their answer counts', async () => {
      const [person, app, browser] = [await addPersonWith('support'), await addTool(), openBrowser()]
      const page = await begin(browser, await path(app, scope), person.email)
      expect(page.html).toContain('Sessions<')
      await giveRoles(person.id, ['auditor'])
      const asked = await allow(browser, page)
      expect(asked.html).not.toContain('Your roles do not allow this')
      expect(asked.html).toContain('Roles and who has them')
      expect(adminScopesOf(await redeem(app, await allow(browser, asked)))).toEqual(['admin:roles:read'])
    })

    test('attack: neither an earlier consent nor the click before answers for it', async () => {
      const [person, app, browser] = [await addPersonWith('auditor'), await addTool(), openBrowser()]
      await allow(browser, await begin(browser, await path(app, scope), person.email))
      await giveRoles(person.id, ['support'])
      const more = { prompt: 'consent' }
      const page = await browser.follow(await browser.get(await path(app, scope, more)))
      await giveRoles(person.id, ['auditor'])
      const asked = await allow(browser, page)
      expect(asked.html).toContain('value="allow"')
      const interaction = asked.hidden['interaction'] ?? ''
      const skipped = await browser.get(`/oauth/authorize/resume?interaction=${interaction}`)
      expect(skipped.location).toContain('/consent?')
    })
  })

  test('attack: given while the page is open, with an earlier consent to more: no more than the page showed', async () => {
    const [person, app, browser] = [await addPersonWith('admin'), await addTool(), openBrowser()]
    await allow(browser, await begin(browser, await path(app), person.email))
    await giveRoles(person.id, ['support'])
    const page = await browser.follow(await browser.get(await path(app, everything, { prompt: 'consent' })))
    await giveRoles(person.id, ['admin'])
    expect(adminScopesOf(await redeem(app, await allow(browser, page)))).toEqual(support)
  })

  test('given while the page is open, and never allowed before: no more than the page showed', async () => {
    const [person, app, browser] = [await addPersonWith('support'), await addTool(), openBrowser()]
    const page = await begin(browser, await path(app), person.email)
    await giveRoles(person.id, ['admin'])
    expect(adminScopesOf(await redeem(app, await allow(browser, page)))).toEqual(support)
  })
})

test('attack: another account’s page does not limit, or widen, what this one allows', async () => {
  const [admin, nobody, app] = [await addPersonWith('support'), await addPersonWith(), await addTool()]
  const browser = openBrowser()
  const first = await begin(browser, await path(app), nobody.email)
  const other = /href="(\/login\?interaction=[^"]*as=another)"/.exec(first.html)?.[1] ?? ''
  const second = await begin(browser, other.replaceAll('&amp;', '&'), admin.email)
  expect(second.html).toContain('People and their accounts')
  // The page of the first is stale: its click leads to the question for who is signed in now.
  const stale = await allow(browser, first)
  expect(stale.html).toContain('People and their accounts')
  expect(adminScopesOf(await redeem(app, await allow(browser, second)))).toEqual(support)
})
