/** A passkey that is set up within a sign-in, by an authenticator in software; in a browser: test/e2e/passkeys.test.ts. */
import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { type TOTP, URI } from 'otpauth'
import { afterEach, describe, expect, test } from 'vitest'
import { auditEvents, clients, otpCredentials, passkeys, recoveryCodes } from '../../src/db/schema.ts'
import { en } from '../../src/messages/en.ts'
import { answer, optionsOf, withPasskey } from '../account/passkey-pages.ts'
import { testDatabase } from '../fakes/database.ts'
import { type AuthenticatorOptions, createSoftwareAuthenticator } from '../passkeys/software-authenticator.ts'
import { sessionsOf } from '../sessions/object-subject.ts'
import { useSettings } from '../worker/local-settings.ts'
import { addPersonWithApp, codeOf, passPassword } from './authenticator.ts'
import { openBrowser, type Shown } from './browser.ts'
import { addApplication, addPerson, authorizePath, type Person } from './people.ts'

const session = '__Host-authly_session'
const stored = ({ id }: Person) => testDatabase().select().from(passkeys).where(eq(passkeys.user_id, id))
const sessionsIn = ({ id }: Person) => sessionsOf(id).listSessions({ now: Date.now() })
const errorOf = ({ location }: Shown) => new URL(location ?? 'about:blank').searchParams.get('error')

/** An application whose sign-ins must reach a class. */
async function addDemanding(acr: string): Promise<string> {
  const app = await addApplication()
  await testDatabase()
    .update(clients)
    .set({ required_acr_values: [acr] })
    .where(eq(clients.client_id, app))
  return authorizePath(app)
}

/** At the page, with what the script sends from there. */
async function atSetUp(path = '/login', options: AuthenticatorOptions = {}) {
  const [person, browser] = [await addPerson(), openBrowser()]
  const page = await passPassword(browser, person, path)
  const authenticator = createSoftwareAuthenticator(options)
  return { person, browser, page, authenticator, fields: await answer(page, authenticator) }
}

afterEach(() => useSettings({}))

describe('a passkey that is set up in a sign-in', () => {
  const required = () => useSettings({ 'sign_in.second_factor': 'required' })

  test('is offered before the app, completes the sign-in, and brings no recovery codes', async () => {
    await useSettings({ 'sign_in.second_factor': 'required', 'branding.name': 'Tea House' })
    const { person, browser, page, fields } = await atSetUp()
    expect(page.html.indexOf('data-passkey="create"')).toBeLessThan(page.html.indexOf('otpauth:'))
    expect(page.html).toContain(en.setUpFactor.useApp)
    expect(optionsOf(page)).toMatchObject({ rp: { id: 'auth.test', name: 'Tea House' } })
    expect(optionsOf(page).hints).toBeUndefined()
    expect((await browser.post('/login', fields)).location).toBe('/account')
    const [passkey] = await stored(person)
    expect(await sessionsIn(person)).toMatchObject([
      { acr: 'phr', amr: ['pwd', 'swk', 'user', 'mfa'], proofs: [{ step: 'password' }, { step: 'passkey' }] },
    ])
    const database = testDatabase()
    const events = await database.select().from(auditEvents).where(eq(auditEvents.user_id, person.id))
    expect(events).toContainEqual(
      expect.objectContaining({ type: 'passkey.created', entity_id: passkey?.credential_id }),
    )
    const codes = await database.select().from(recoveryCodes).where(eq(recoveryCodes.user_id, person.id))
    expect(codes).toEqual([])
    // Where it was set up, it is asked for before the password.
    browser.cookies.delete(session)
    const next = await browser.get('/login')
    const named = await browser.post('/login', { ...next.hidden, identifier: person.email })
    expect((await browser.follow(named)).html).toContain(en.passkeyStep.title)
  })

  test('reaches what no app does: the application gets its answer', async () => {
    const { person, browser, page, fields } = await atSetUp(await addDemanding('phr'))
    expect(page.html).not.toContain('otpauth:')
    expect(page.html).toContain(en.setUpFactor.textPasskey)
    const consent = await browser.follow(await browser.post('/login', fields))
    expect(consent.html).toContain('action="/consent"')
    expect(await sessionsIn(person)).toMatchObject([{ acr: 'phr' }])
  })

  test('bound to its authenticator where that is demanded; a synced one ends the sign-in, and not in a loop', async () => {
    const path = await addDemanding('phrh')
    const bound = await atSetUp(path, { backupEligible: false })
    expect(optionsOf(bound.page)).toMatchObject({ hints: ['security-key'] })
    expect(bound.page.html).toContain(en.setUpFactor.textDeviceBound)
    await bound.browser.follow(await bound.browser.post('/login', bound.fields))
    expect(await sessionsIn(bound.person)).toMatchObject([{ acr: 'phrh' }])

    const synced = await atSetUp(path)
    const end = await synced.browser.follow(await synced.browser.post('/login', synced.fields))
    expect(errorOf(end)).toBe('unmet_authentication_requirements')
    expect(await sessionsIn(synced.person)).toEqual([])
    expect(await stored(synced.person)).toHaveLength(1)
    // The next sign-in asks for it, and the password gets nobody past it.
    const again = await passPassword(openBrowser(), synced.person, path)
    expect(again.html).toContain(en.passkeyStep.title)
  })

  test('comes after the code of somebody who has an app, never instead of it', async () => {
    const { person, app } = await addPersonWithApp()
    const [browser, path] = [openBrowser(), await addDemanding('phr')]
    const asked = await passPassword(browser, person, path)
    expect(asked.html).toContain('autocomplete="one-time-code"')
    expect(asked.html).not.toContain('data-passkey="create"')
    const page = await browser.follow(await browser.post('/login', { ...asked.hidden, code: codeOf(app, 0) }))
    expect(page.html).not.toContain('otpauth:')
    const fields = await answer(page, createSoftwareAuthenticator())
    const consent = await browser.follow(await browser.post('/login', fields))
    expect(consent.html).toContain('action="/consent"')
    expect(await sessionsIn(person)).toContainEqual(expect.objectContaining({ acr: 'phr' }))
  })

  test('is one, and one session, of fifty submissions at the same time', async () => {
    await required()
    const { person, browser, fields } = await atSetUp()
    const answers = await Promise.all(Array.from({ length: 50 }, () => browser.post('/login', fields)))
    expect(answers.filter(({ location }) => location === '/account')).toHaveLength(1)
    expect(answers.filter(({ status }) => status >= 500)).toEqual([])
    expect(await stored(person)).toHaveLength(1)
    expect(await sessionsIn(person)).toHaveLength(1)
  })

  test.each([
    ['no credential', { credential: '' }],
    ['something else', { credential: '{"id":"AAAA"}' }],
    ['no registration', { registration: '' }],
    ['a made-up registration', { registration: 'c2VhbGVk' }],
  ])('is refused with %s, and can be tried again', async (_, changed) => {
    await required()
    const { person, browser, fields, authenticator } = await atSetUp()
    const refused = await browser.post('/login', { ...fields, ...changed })
    expect(refused.status).toBe(400)
    expect(refused.html).toContain('role="alert"')
    expect(await stored(person)).toEqual([])
    expect(browser.cookies.has(session)).toBe(false)
    const again = await browser.post('/login', await answer(refused, authenticator))
    expect(again.location).toBe('/account')
  })

  test('is refused from an authenticator that the deployment does not take', async () => {
    await useSettings({
      'sign_in.second_factor': 'required',
      'passkeys.allowed_aaguids': ['cb69481e-8ff7-4039-93ec-0a2729a154a8'],
    })
    const { person, browser, fields } = await atSetUp()
    const refused = await browser.post('/login', fields)
    expect(refused.status).toBe(400)
    expect(refused.html).toContain(en.passkeySection.notAllowed)
    expect(await stored(person)).toEqual([])
  })
})

describe('nobody sets up a passkey', () => {
  const required = () => useSettings({ 'sign_in.second_factor': 'required' })

  test('with the page of another sign-in: of somebody else, or of the same person', async () => {
    await required()
    const mallory = await atSetUp()
    for (const person of [await addPerson(), mallory.person]) {
      const browser = openBrowser()
      const page = await passPassword(browser, person)
      const { credential = '', registration = '' } = mallory.fields
      const refused = await browser.post('/login', { ...page.hidden, credential, registration })
      expect(refused.status).toBe(400)
      expect(await stored(person)).toEqual([])
    }
  })

  test('with the password alone of somebody who has one: it is asked for', async () => {
    const { person } = await withPasskey()
    await required()
    const thief = openBrowser()
    const asked = await passPassword(thief, person)
    expect(asked.html).not.toContain('data-passkey="create"')
    const forged = await atSetUp()
    const { credential = '', registration = '' } = forged.fields
    const forced = { ...asked.hidden, step: 'set_up_factor', credential, registration }
    await thief.post('/login', forced)
    expect(await stored(person)).toHaveLength(1)
    expect(thief.cookies.has(session)).toBe(false)
  })

  test('where the owner has set up theirs since, even before the object learns of it', async () => {
    await required()
    const { person, browser, fields } = await atSetUp()
    await testDatabase()
      .insert(otpCredentials)
      .values({
        ...{ id: crypto.randomUUID(), user_id: person.id, kind: 'totp', name: 'Phone', sealed_secret: 'x' },
        ...{ algorithm: 'SHA1', digits: 6, period_seconds: 30, counter: null },
      })
    expect((await browser.post('/login', fields)).status).toBe(400)
    expect(await stored(person)).toEqual([])
    expect(browser.cookies.has(session)).toBe(false)
  })

  test('where another sign-in with the same password has: that one is over', async () => {
    await required()
    const owner = await atSetUp()
    const thief = openBrowser()
    const page = await passPassword(thief, owner.person)
    const prepared = await answer(page, createSoftwareAuthenticator())
    await owner.browser.post('/login', owner.fields)
    expect((await thief.post('/login', prepared)).status).toBe(400)
    expect(await stored(owner.person)).toHaveLength(1)
    expect(thief.cookies.has(session)).toBe(false)
  })

  test('in an old session: all is asked anew, also where the code of an app would come first', async () => {
    const { person, app, browser } = await addPersonWithApp()
    const path = await addDemanding('phr')
    const object = env.USER_SESSIONS.getByName(person.id)
    await runInDurableObject(object, (_, { storage }) =>
      storage.sql.exec('UPDATE sessions SET auth_time = auth_time - 3600000').toArray(),
    )
    await evictDurableObject(object)
    const first = await browser.follow(await browser.get(path))
    expect(first.hidden).toMatchObject({ step: 'identifier' })
    expect(app.secret).toBeDefined()
  })

  test('where passkeys are off: what needs one cannot be reached', async () => {
    await useSettings({ 'sign_in.passkeys': 'off' })
    const browser = openBrowser()
    const end = await passPassword(browser, await addPerson(), await addDemanding('phr'))
    expect(errorOf(end)).toBe('unmet_authentication_requirements')
    await useSettings({ 'sign_in.passkeys': 'off', 'sign_in.second_factor': 'required' })
    const page = await passPassword(openBrowser(), await addPerson())
    expect(page.html).toContain(en.setUpFactor.textApp)
    expect(page.html).not.toContain('data-passkey="create"')
  })
})

describe('the offer of a passkey after a sign-in', () => {
  test('is not made to who has just chosen an app', async () => {
    await useSettings({ 'sign_in.second_factor': 'required', 'sign_in.promote_passkeys': true })
    const { browser, page } = await atSetUp()
    const uri = /href="(otpauth:[^"]+)"/.exec(page.html)?.[1]?.replaceAll('&amp;', '&') ?? ''
    const code = codeOf(URI.parse(uri) as TOTP, 0)
    expect((await browser.post('/login', { ...page.hidden, code })).location).toBe('/account')
  })

  test('is made by default, and leads on', async () => {
    await useSettings({ 'sign_in.promote_passkeys': null })
    const browser = openBrowser()
    const offer = await passPassword(browser, await addPerson())
    expect(offer.html).toContain(en.addPasskey.title)
    expect(offer.html).toContain('data-mediation="conditional"')
    const later = { ...offer.hidden, step: 'add_passkey', later: 'yes' }
    expect((await browser.post('/login', later)).location).toBe('/account')
  })
})
