/** RFC 9470 from end to end: the challenge of the admin API, a stronger sign-in, and the operation. */
import { evictDurableObject, runInDurableObject, SELF } from 'cloudflare:test'
import { eq, sql } from 'drizzle-orm'
import { beforeAll, describe, expect, test } from 'vitest'
import { passwordCredentials } from '../../src/db/schema.ts'
import { uuidv7 } from '../../src/kit/ids.ts'
import { testDatabase } from '../fakes/database.ts'
import { origin } from '../sessions/examples.ts'
import { sessionsOf, stubOf } from '../sessions/object-subject.ts'
import { callAdmin, type TestActor } from '../worker/admin-client.ts'
import { useSettings } from '../worker/local-settings.ts'
import { addPersonWithApp, codeOf, passPassword } from './authenticator.ts'
import { type Browser, issuer, openBrowser, signIn } from './browser.ts'
import { addConsole, addPerson, authorizePath, goodPassword } from './people.ts'

const [pwd, mfa] = ['urn:authly:acr:pwd', 'urn:authly:acr:mfa']

beforeAll(() => useSettings({ 'admin.step_up_acr_values': [mfa] }))

/** What a client with this access token is. */
async function tokenOf(client_id: string, location = ''): Promise<TestActor> {
  const response = await SELF.fetch(`${issuer}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      ...{ grant_type: 'authorization_code', client_id, redirect_uri: 'https://app.test/cb' },
      code: new URL(location).searchParams.get('code') ?? '',
      // RFC 7636 appendix B.
      code_verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
    }),
  })
  const { access_token } = (await response.json()) as { access_token: string }
  expect(response.status).toBe(200)
  return { id: client_id, token: access_token, grantId: undefined }
}

const claimsOf = ({ token }: TestActor) =>
  JSON.parse(atob((token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/'))) as Record<
    string,
    unknown
  >

/** A dangerous operation. */
const addRole = (actor: TestActor) =>
  callAdmin(actor, 'POST', '/admin/roles', {
    body: { name: `role-${uuidv7()}`, description: 'x', permissions: [] },
  })

const challengeOf = (response: Response) => {
  const header = response.headers.get('www-authenticate') ?? ''
  expect(header).toContain('error="insufficient_user_authentication"')
  const read = (name: string) => new RegExp(`${name}="([^"]+)"`).exec(header)?.[1] ?? ''
  return { acr_values: read('acr_values'), max_age: read('max_age') }
}

/** Follows as far as this server leads; the last one may lead to the application. */
async function walk(browser: Browser, path: string) {
  let shown = await browser.get(path)
  for (let steps = 0; shown.location?.startsWith('/') && steps < 5; steps++) {
    shown = await browser.get(shown.location)
  }
  return shown
}

describe('step-up', () => {
  test('leads from the challenge through the missing factor to the operation', async () => {
    const [app, { person, app: authenticator, browser }] = [await addConsole(), await addPersonWithApp()]
    await testDatabase().execute(sql`update users set roles = '{admin}' where id = ${person.id}`)
    const request = (more = {}) => authorizePath(app, { scope: 'openid admin:roles:write', ...more })

    const weak = await tokenOf(app, (await walk(browser, request())).location)
    expect(claimsOf(weak)).toMatchObject({ acr: pwd, amr: ['pwd'] })
    const refused = await addRole(weak)
    expect(refused.status).toBe(401)
    const challenge = challengeOf(refused)
    expect(challenge).toEqual({ acr_values: mfa, max_age: '900' })

    // The password counts from before: the code alone is asked.
    const asked = await walk(browser, request(challenge))
    expect(asked.html).toContain('autocomplete="one-time-code"')
    expect(asked.html).not.toContain('type="password"')
    const { location = '' } = await browser.post('/login', {
      ...asked.hidden,
      code: codeOf(authenticator, 0),
    })
    const strong = await tokenOf(app, (await walk(browser, location)).location)
    expect(claimsOf(strong)).toMatchObject({ acr: mfa, amr: expect.arrayContaining(['pwd', 'otp', 'mfa']) })
    expect(claimsOf(strong)['auth_time']).toEqual(expect.any(Number))
    const done = await addRole(strong)
    expect(done.status, await done.clone().text()).toBe(201)
    // Another request now costs nobody a step.
    const silent = await browser.get(request(challenge))
    expect(silent.location).toMatch(/^https:\/\/app\.test\/cb\?code=/)
  })

  const stronger = `/login?because=stronger&acr=${mfa}`

  test('ends with the session that it went on from, when that is revoked', async () => {
    const { person, app: authenticator, browser } = await addPersonWithApp()
    const asked = await browser.get(stronger)
    const sessions = sessionsOf(person.id)
    const [{ session_id = '' } = {}] = await sessions.listSessions({ now: Date.now() })
    await sessions.endSession({ now: Date.now(), session_id, origin, reason: 'revoked' })
    const late = await browser.post('/login', { ...asked.hidden, code: codeOf(authenticator, 0) })
    expect([late.status, late.html.includes('This sign-in has expired')]).toEqual([400, true])
    expect(await sessions.listSessions({ now: Date.now() })).toEqual([])
  })

  test('does not ask for a new password that nobody has typed, which would lead nowhere', async () => {
    const { person, app: authenticator, browser } = await addPersonWithApp()
    await testDatabase()
      .update(passwordCredentials)
      .set({ breached_at: new Date() })
      .where(eq(passwordCredentials.user_id, person.id))
    const asked = await browser.get(stronger)
    const done = await browser.post('/login', { ...asked.hidden, code: codeOf(authenticator, 0) })
    expect(done.location).toBe('/account')
  })

  test('sets up a factor in a recent session only: a thief of an open one would add their own', async () => {
    const person = await addPerson()
    const browser = openBrowser()
    await signIn(browser, person.email, goodPassword)
    expect((await browser.get(stronger)).html).toContain('otpauth:')
    const hourAgo = Date.now() - 3_600_000
    await runInDurableObject(stubOf(person.id), (_, { storage }) => {
      storage.sql.exec('UPDATE sessions SET auth_time = ?', hourAgo)
    })
    await evictDurableObject(stubOf(person.id))
    const old = await browser.get(stronger)
    expect([old.status, old.html.includes('otpauth:')]).toEqual([200, false])
    // Whoever knows the password goes on from there.
    expect((await passPassword(browser, person, stronger)).html).toContain('otpauth:')
  })

  test('offers a passkey only where it can be added: no redirect to a page that redirects on', async () => {
    await useSettings({ 'sign_in.promote_passkeys': true })
    const offered: string[] = []
    for (const age of [0, 3_600_000]) {
      const { person, app, browser } = await addPersonWithApp()
      await runInDurableObject(stubOf(person.id), (_, { storage }) => {
        storage.sql.exec('UPDATE sessions SET auth_time = auth_time - ?', age)
      })
      await evictDurableObject(stubOf(person.id))
      const asked = await browser.get(stronger)
      const { location = '' } = await browser.post('/login', { ...asked.hidden, code: codeOf(app, 0) })
      offered.push(location.replace(/sign_in=[^&]+&/, ''))
    }
    expect(offered).toEqual(['/login?step=add_passkey', '/account'])
  })
})
