/** `/account/passkeys` in workerd, with an authenticator in software; in a browser: test/e2e/passkeys.test.ts. */
import { eq } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { clients, passkeys, recoveryCodes, users } from '../../src/db/schema.ts'
import { en } from '../../src/messages/en.ts'
import { testDatabase } from '../fakes/database.ts'
import { type Browser, issuer, openBrowser, type Shown, signIn } from '../login/browser.ts'
import { addApplication, authorizePath, goodPassword, type Person } from '../login/people.ts'
import {
  createSoftwareAuthenticator,
  type SoftwareAuthenticator,
} from '../passkeys/software-authenticator.ts'
import { sessionsOf, waitingEvents } from '../sessions/object-subject.ts'
import { useSettings } from '../worker/local-settings.ts'
import { add, answer, optionsOf, path, signalsOf, withPasskey, withPassword } from './passkey-pages.ts'

const stored = ({ id }: Person) =>
  testDatabase().select().from(passkeys).where(eq(passkeys.user_id, id)).orderBy(passkeys.created_at)

const csrf = async (browser: Browser) => (await browser.get(path)).hidden['csrf_token'] ?? ''

describe('adding a passkey', () => {
  test('lists it on the account page, named after its authenticator', async () => {
    const { person, browser } = await withPassword()
    const aaguid = 'ea9b8d66-4d01-1d21-3ce4-b6b48cb575d4'
    const added = await add(browser, createSoftwareAuthenticator({ aaguid }))
    expect(added).toMatchObject({ status: 303, location: '/account/security?done=passkey_added' })
    const { html } = await browser.follow(added)
    expect(html).toContain('Your passkey has been added')
    expect(html).toContain('Google Password Manager')
    expect(html).toContain('synced')
    expect(await stored(person)).toMatchObject([{ rp_id: 'auth.test', aaguid, last_used_at: null }])
  })

  test('asks for no second one in the same authenticator (excludeCredentials)', async () => {
    const { person, browser } = await withPasskey()
    const [passkey] = await stored(person)
    const { excludeCredentials } = optionsOf(await browser.get(path))
    expect(excludeCredentials).toEqual([
      { id: passkey?.credential_id, type: 'public-key', transports: ['internal', 'hybrid'] },
    ])
  })

  test('happens once with one page, out of fifty at the same time', async () => {
    const { person, browser } = await withPassword()
    const fields = await answer(await browser.get(path), createSoftwareAuthenticator())
    const answers = await Promise.all(Array.from({ length: 50 }, () => browser.post(path, fields)))
    expect(
      answers.filter(({ location }) => location === '/account/security?done=passkey_added'),
    ).toHaveLength(1)
    expect(await stored(person)).toHaveLength(1)
  })

  test.each([
    ['no credential', { credential: '' }],
    ['something else', { credential: '{"id":"AAAA"}' }],
    ['no registration', { registration: '' }],
    ['a made-up registration', { registration: 'c2VhbGVk' }],
  ])('is refused with %s, and nothing is stored', async (_, changed) => {
    const { person, browser } = await withPassword()
    const fields = await answer(await browser.get(path), createSoftwareAuthenticator())
    const refused = await browser.post(path, { ...fields, ...changed })
    expect(refused.status).toBe(400)
    expect(refused.html).toContain('role="alert"')
    expect(await stored(person)).toEqual([])
  })

  test('is refused with the page of another session: nobody adds their key to a stranger’s account', async () => {
    const [mallory, victim] = [await withPassword(), await withPassword()]
    const fields = await answer(await mallory.browser.get(path), createSoftwareAuthenticator())
    const { csrf_token = '' } = (await victim.browser.get(path)).hidden
    const refused = await victim.browser.post(path, { ...fields, csrf_token })
    expect(refused.status).toBe(400)
    expect(await stored(victim.person)).toEqual([])
  })

  test('needs a session', async () => {
    expect((await openBrowser().get(path)).location).toBe('/login')
  })
})

describe('managing passkeys', () => {
  /** The page that a sign-in without a passkey offers, opened by hand. */
  const offer = '/login?step=add_passkey'

  test('needs a sign-in as strong as they are: the password alone gets no further', async () => {
    const { person } = await withPasskey()
    const thief = openBrowser()
    await signIn(thief, person.email, goodPassword)
    const [passkey] = await stored(person)
    const first = '/login?next=passkeys&because=stronger&acr=phr'
    expect((await thief.get(path)).location).toBe(first)
    const { csrf_token = '' } = (await thief.get('/account')).hidden
    const fields = { csrf_token, credential_id: passkey?.credential_id ?? '', name: 'Mine' }
    for (const action of [path, `${path}/rename`, `${path}/remove`]) {
      expect((await thief.post(action, fields)).location, action).toBe(first)
    }
    expect(await stored(person)).toEqual([passkey])
  })

  test('nor does the password alone add one by the page that a sign-in offers', async () => {
    const { person, browser } = await withPassword()
    const thief = openBrowser()
    await signIn(thief, person.email, goodPassword)
    const prepared = await answer(await thief.get(offer), createSoftwareAuthenticator())
    const owner = createSoftwareAuthenticator()
    await browser.post('/login', await answer(await browser.get(offer), owner))
    const mine = await stored(person)
    expect(mine).toHaveLength(1)
    await thief.post('/login', prepared)
    expect(await stored(person)).toEqual(mine)
  })

  test('which opens for who may add one: it names the passkeys there are', async () => {
    const { person, browser } = await withPasskey()
    expect((await browser.get(offer)).html).toContain('data-passkey="create"')
    const thief = openBrowser()
    await signIn(thief, person.email, goodPassword)
    expect(await thief.get(offer)).toMatchObject({ status: 303, location: '/account' })
  })

  test('which opens for nobody where passkeys are off, and adds none', async () => {
    const { person, browser } = await withPassword()
    const prepared = await answer(await browser.get(offer), createSoftwareAuthenticator())
    await useSettings({ 'sign_in.passkeys': 'off' })
    try {
      expect(await browser.get(offer)).toMatchObject({ status: 303, location: '/account' })
      await browser.post('/login', prepared)
      expect(await stored(person)).toEqual([])
    } finally {
      await useSettings({})
    }
  })

  test('renames one; a name that cannot be one is refused at its field', async () => {
    const { person, browser } = await withPasskey()
    const credential_id = (await stored(person))[0]?.credential_id ?? ''
    const rename = async (name: string) =>
      browser.post(`${path}/rename`, { csrf_token: await csrf(browser), credential_id, name })
    expect((await rename('  Work <b>phone</b> ')).location).toBe('/account/security?done=passkey_renamed')
    expect(await stored(person)).toMatchObject([{ name: 'Work <b>phone</b>' }])
    expect((await browser.get('/account/security')).html).toContain('Work &lt;b&gt;phone')
    for (const name of ['', '   ', 'x'.repeat(65)]) {
      const refused = await rename(name)
      expect(refused.status, name).toBe(400)
      expect(refused.html).toContain('href="#name-1"')
      expect(refused.html).toMatch(/id="name-1"[^>]* aria-invalid="true"/)
    }
    expect((await stored(person))[0]?.name).toBe('Work <b>phone</b>')
  })

  test('removes one: it is gone, its event is kept, this session stays, and providers are told', async () => {
    const { person, browser, authenticator } = await withPasskey()
    const second = createSoftwareAuthenticator({ backupEligible: false })
    await add(browser, second)
    const [first, other] = await stored(person)
    const removed = await browser.post(`${path}/remove`, {
      ...{ csrf_token: await csrf(browser), credential_id: first?.credential_id ?? '' },
    })
    expect(removed.location).toBe('/account/security?done=passkey_removed')
    const shown = await browser.follow(removed)
    expect(shown.status).toBe(200)
    expect(await stored(person)).toEqual([other])
    expect(signalsOf(shown)).toEqual([
      {
        method: 'signalAllAcceptedCredentials',
        options: {
          rpId: 'auth.test',
          userId: authenticator.passkeys[0]?.userHandle,
          allAcceptedCredentialIds: [other?.credential_id],
        },
      },
      {
        method: 'signalCurrentUserDetails',
        options: expect.objectContaining({
          rpId: 'auth.test',
          name: person.email,
          displayName: person.email,
        }),
      },
    ])
    const again = await browser.post(`${path}/remove`, {
      ...{ csrf_token: await csrf(browser), credential_id: first?.credential_id ?? '' },
    })
    expect(again.status).toBe(400)
    expect((await waitingEvents(person.id)).length).toBeGreaterThan(0)
  })

  test('ends the recovery codes with the last second factor: nobody sees any more that they are valid', async () => {
    const { person, browser } = await withPasskey()
    const codes = () =>
      testDatabase().select().from(recoveryCodes).where(eq(recoveryCodes.user_id, person.id))
    await browser.post('/account/recovery-codes', (await browser.get('/account/recovery-codes')).hidden)
    await add(browser, createSoftwareAuthenticator())
    const remove = async (credential_id = '') =>
      browser.post(`${path}/remove`, { csrf_token: await csrf(browser), credential_id })
    const [first, second] = await stored(person)
    await remove(second?.credential_id)
    expect(await codes()).toHaveLength(10)
    await remove(first?.credential_id)
    expect(await stored(person)).toEqual([])
    expect(await codes()).toEqual([])
  })

  test('keeps the last strong factor of an administrator, and says why', async () => {
    const { person, browser } = await withPasskey()
    await testDatabase()
      .update(users)
      .set({ roles: ['support'] })
      .where(eq(users.id, person.id))
    const [passkey] = await stored(person)
    const refused = await browser.post(`${path}/remove`, {
      ...{ csrf_token: await csrf(browser), credential_id: passkey?.credential_id ?? '' },
    })
    expect(refused.status).toBe(400)
    expect(refused.html).toContain(en.lastStrongFactor)
    expect(await stored(person)).toEqual([passkey])
  })

  test('of another person does nothing, and looks like one that is not there', async () => {
    const [ada, mallory] = [await withPasskey(), await withPasskey()]
    const [passkey] = await stored(ada.person)
    const pages = []
    for (const credential_id of [passkey?.credential_id ?? '', 'AAAAAAAAAAAAAAAAAAAAAA', '']) {
      for (const action of ['rename', 'remove']) {
        const csrf_token = await csrf(mallory.browser)
        const fields = { csrf_token, credential_id, name: 'Mine' }
        const shown = await mallory.browser.post(`${path}/${action}`, fields)
        pages.push([shown.status, shown.html.includes('There is no such passkey any more')])
      }
    }
    expect(pages).toEqual(Array.from({ length: 6 }, () => [400, true]))
    expect(await stored(ada.person)).toEqual([passkey])
  })
})

test('two passkeys in one sign-in each answer a challenge of their own', async () => {
  const { person, browser, authenticator } = await withPasskey()
  const hardware = createSoftwareAuthenticator({ backupEligible: false })
  expect((await add(browser, hardware)).status).toBe(303)
  const app = await addApplication()
  await testDatabase()
    .update(clients)
    .set({ required_acr_values: ['phrh'] })
    .where(eq(clients.client_id, app))
  const elsewhere = openBrowser()
  const use = async (page: Shown, by: SoftwareAuthenticator) => {
    const [, options] = /data-options="([^"]*)"/.exec(page.html) ?? []
    const asked = JSON.parse((options ?? '').replaceAll('&quot;', '"'))
    const credential = JSON.stringify(await by.get(asked, { origin: issuer }))
    return elsewhere.post('/login', { ...page.hidden, step: 'passkey', credential })
  }
  const first = await elsewhere.follow(await elsewhere.get(authorizePath(app)))
  const second = await elsewhere.follow(await use(first, authenticator))
  const consent = await elsewhere.follow(await use(second, hardware))
  expect(consent.html).toContain('action="/consent"')
  const [begun] = await sessionsOf(person.id).listSessions({ now: Date.now() })
  expect(begun).toMatchObject({ acr: 'phrh' })
})
