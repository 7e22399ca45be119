import { env, runDurableObjectAlarm } from 'cloudflare:test'
import { and, eq, sql } from 'drizzle-orm'
import { beforeAll, describe, expect, it } from 'vitest'
import { createEvent } from '../../src/audit/create-event.ts'
import { auditEvents, passkeys, passwordCredentials, passwordSetupLinks, users } from '../../src/db/schema.ts'
import { uuidv7 } from '../../src/kit/ids.ts'
import { en } from '../../src/messages/en.ts'
import { createPasswordStore } from '../../src/passwords/password.store.ts'
import { issueSetupLink } from '../../src/users/password-setup.ts'
import { answer, signInWithPasskey } from '../account/passkey-pages.ts'
import { testDatabase } from '../fakes/database.ts'
import { createSoftwareAuthenticator } from '../passkeys/software-authenticator.ts'
import {
  addAdmin,
  addClient,
  callAdmin,
  signInAs,
  type TestActor,
  testDependencies,
} from '../worker/admin-client.ts'
import { addOtpRow, addPasskeyRow, addPasswordRow } from '../worker/factors.ts'
import { importedHash } from '../worker/imported-hash.ts'
import { useSettings } from '../worker/local-settings.ts'
import { addManaged, addSignedIn, eventsAbout, isAlive, readUser } from '../worker/managed-person.ts'
import { type Browser, openBrowser, type Shown, signIn } from './browser.ts'
import { startMail } from './mailbox.ts'
import { goodPassword } from './people.ts'

let admin: TestActor
beforeAll(async () => {
  admin = await addAdmin()
})

async function linkFor(person: { readonly id: string }): Promise<string> {
  const body = { method: 'link' }
  const response = await callAdmin(admin, 'POST', `/admin/users/${person.id}/reset-password`, { body })
  const { setup_url } = (await response.json()) as { setup_url: string }
  const { pathname, search } = new URL(setup_url)
  return pathname + search
}

async function inviteSomebody() {
  const email = `${uuidv7()}@invited.test`
  const body = { email, setup: { method: 'invitation' } }
  const invited = await callAdmin(admin, 'POST', '/admin/users', { body })
  const { id, invitation_url } = (await invited.json()) as { id: string; invitation_url: string }
  const { pathname, search } = new URL(invitation_url)
  return { id, email, path: pathname + search }
}

const choose = (browser: Browser, page: Shown, password = goodPassword, repeat = password) =>
  browser.post('/set-password', { ...page.hidden, new_password: password, repeat_password: repeat })

/** A link beside a password that there is. */
async function issueLink(userId: string) {
  const { url, secretHash } = await issueSetupLink(testDependencies().root, 'https://auth.test', userId)
  const expires_at = new Date(Date.now() + 60_000)
  await testDatabase()
    .insert(passwordSetupLinks)
    .values({ user_id: userId, purpose: 'reset', secret_hash: secretHash, expires_at })
  return { path: url.slice('https://auth.test'.length) }
}

const passkeysOf = (id: string) => testDatabase().select().from(passkeys).where(eq(passkeys.user_id, id))
const passwordsOf = (id: string) =>
  testDatabase().select().from(passwordCredentials).where(eq(passwordCredentials.user_id, id))

/** The boxes of the terms by their ids, and which of them says what is wrong. */
const boxesIn = ({ html }: Shown) =>
  Object.fromEntries(
    [...html.matchAll(/<input id="([^"]*terms)"([^>]*)>/g)].map(([, id, rest]) => [
      id,
      rest?.includes('aria-invalid="true"') ? 'wrong' : 'right',
    ]),
  )

/** What somebody sees, without what differs by chance. */
const comparable = ({ status, headers, html }: Shown) => ({
  status,
  headers: [...headers].filter(([name]) => !['set-cookie', 'date', 'x-request-id'].includes(name)),
  html: html.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, ''),
})

describe('a link to set a password', () => {
  it('invites: the person chooses a password and signs in with it', async () => {
    const { id, email, path } = await inviteSomebody()
    const browser = openBrowser()
    const page = await browser.get(path)
    expect(page.status).toBe(200)
    expect(page.html).toContain('Welcome')
    expect(page.html).toContain(email)
    expect(page.headers.get('referrer-policy')).toBe('same-origin')
    expect(page.headers.get('cache-control')).toBe('no-store')
    const saved = await choose(browser, page)
    expect(saved.status, saved.html).toBe(303)
    expect(saved.location).toBe('/login?done=password')
    expect((await browser.follow(saved)).html).toContain('Your password has been saved')
    expect((await signIn(browser, email, goodPassword)).location).toBe('/account')
    expect((await readUser(admin, id)).user).toMatchObject({
      ...{ has_password: true, must_change_password: false, setup_link: null },
    })
  })

  it('invites to make a passkey, which alone signs in where there are no passwords; once', async () => {
    await useSettings({ 'sign_in.passwords': 'off' })
    const { id, email, path } = await inviteSomebody()
    const browser = openBrowser()
    const page = await browser.get(path)
    expect(page.html).not.toContain('new_password')
    // By another way than this link.
    await signInAs(id, await addClient([]))
    const authenticator = createSoftwareAuthenticator()
    const fields = await answer(page, authenticator)
    const saved = await browser.post('/set-password', fields)
    expect(saved.location, saved.html).toBe('/login?done=passkey')
    expect((await browser.follow(saved)).html).toContain(en.passkeySaved)
    await signInWithPasskey(browser, { id, email, username: email }, authenticator)
    expect((await browser.get('/account')).html).toContain(email)
    const types = (await eventsAbout(id)).map(({ type }) => type)
    expect(types).toContain('passkey.created')
    await runDurableObjectAlarm(env.USER_SESSIONS.getByName(id))
    const ended = await testDatabase()
      .select({ data: auditEvents.data })
      .from(auditEvents)
      .where(and(eq(auditEvents.user_id, id), eq(auditEvents.type, 'session.ended')))
    expect(ended).toEqual([{ data: { reason: 'credentials_reset' } }])
    expect((await browser.post('/set-password', fields)).status).toBe(400)
    expect((await browser.get(path)).status).toBe(400)
    await useSettings({})
  })

  it('makes one passkey of 20 that are sent at once, and asks for the terms before', async () => {
    await useSettings({ 'registration.terms': { version: '1', uri: 'https://example.com/terms' } })
    const { id, path } = await inviteSomebody()
    const browser = openBrowser()
    const page = await browser.get(path)
    expect(page.html).toContain('new_password')
    const refused = await browser.post('/set-password', await answer(page, createSoftwareAuthenticator()))
    expect(refused.html).toContain(`<a href="#passkey_terms">${en.registration.termsMissing}`)
    expect(boxesIn(refused)).toMatchObject({ passkey_terms: 'wrong', terms: 'right' })
    expect(refused.html).toContain('<details class="more"><summary>')
    const withPassword = await choose(browser, page)
    expect(withPassword.html).toContain(`<a href="#terms">${en.registration.termsMissing}`)
    expect(boxesIn(withPassword)).toMatchObject({ passkey_terms: 'right', terms: 'wrong' })
    // A link leads to no box in a closed part.
    expect(withPassword.html).toContain('<details class="more" open=""><summary>')
    // Of one page: each time that it is opened counts as a use of the link.
    const forms = await Promise.all(
      Array.from({ length: 20 }, async () => ({
        ...(await answer(page, createSoftwareAuthenticator())),
        terms: 'yes',
      })),
    )
    const answers = await Promise.all(forms.map((form) => browser.post('/set-password', form)))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([303, ...Array(19).fill(400)])
    const own = await testDatabase().select().from(passkeys).where(eq(passkeys.user_id, id))
    expect(own).toHaveLength(1)
    await useSettings({})
  })

  it('takes no password where passwords were turned off meanwhile, and stays usable', async () => {
    const { id, path } = await inviteSomebody()
    const browser = openBrowser()
    const page = await browser.get(path)
    await useSettings({ 'sign_in.passwords': 'off' })
    const refused = await choose(browser, page)
    expect(refused.status, refused.html).toBe(400)
    expect(refused.html).toContain(en.credentialNotPossible)
    expect(refused.html).not.toContain('new_password')
    expect(await passwordsOf(id)).toEqual([])
    const fields = await answer(refused, createSoftwareAuthenticator())
    expect((await browser.post('/set-password', fields)).location).toBe('/login?done=passkey')
    await useSettings({})
  })

  it('takes no passkey where passkeys were turned off meanwhile, and stays usable', async () => {
    const { id, path } = await inviteSomebody()
    const browser = openBrowser()
    const fields = await answer(await browser.get(path), createSoftwareAuthenticator())
    await useSettings({ 'sign_in.passkeys': 'off' })
    const refused = await browser.post('/set-password', fields)
    expect(refused.status, refused.html).toBe(400)
    expect(refused.html).toContain(en.credentialNotPossible)
    expect(refused.html).not.toContain('data-passkey="create"')
    expect(await passkeysOf(id)).toEqual([])
    expect((await choose(browser, refused)).location).toBe('/login?done=password')
    await useSettings({})
  })

  it('makes a passkey in place of a password that opens nothing any more', async () => {
    const person = await addManaged()
    const body = { method: 'temporary_password' }
    await callAdmin(admin, 'POST', `/admin/users/${person.id}/reset-password`, { body })
    await useSettings({ 'sign_in.passwords': 'off' })
    const browser = openBrowser()
    const page = await browser.get(await linkFor(person))
    expect(page.html).toContain(en.registration.credentialTitle)
    expect(page.html).not.toContain('new_password')
    const authenticator = createSoftwareAuthenticator()
    const saved = await browser.post('/set-password', await answer(page, authenticator))
    expect(saved.location, saved.html).toBe('/login?done=passkey')
    await signInWithPasskey(browser, { ...person, username: person.email }, authenticator)
    expect((await browser.get('/account')).html).toContain(person.email)

    const imported = await addManaged()
    await addPasswordRow(imported.id)
    const beside = await browser.get((await issueLink(imported.id)).path)
    const made = await browser.post('/set-password', await answer(beside, createSoftwareAuthenticator()))
    expect(made.location, made.html).toBe('/login?done=passkey')
    expect(await passkeysOf(imported.id)).toHaveLength(1)
    await useSettings({})
  })

  it.each([
    ['a passkey', async (id: string) => void (await addPasskeyRow(id)), {}],
    ['an authenticator app', async (id: string) => void (await addOtpRow(id)), {}],
    ['a code by e-mail', async () => {}, { 'sign_in.email_codes': 'on' }],
    ['a password again', async () => {}, { 'sign_in.passwords': 'on' }],
  ])('attack: a stolen link adds a passkey to an account with %s', async (_, happens, settings) => {
    const person = await addManaged()
    await addPasswordRow(person.id)
    await useSettings({ 'sign_in.passwords': 'off' })
    const { path } = await issueLink(person.id)
    const browser = startMail().open()
    const fields = await answer(await browser.get(path), createSoftwareAuthenticator())
    await happens(person.id)
    await useSettings({ 'sign_in.passwords': 'off', ...settings })
    const before = await passkeysOf(person.id)
    expect((await browser.get(path)).html).not.toContain('data-passkey="create"')
    expect((await browser.post('/set-password', fields)).status).toBe(400)
    expect(await passkeysOf(person.id)).toEqual(before)
    await useSettings({})
  })

  it('adds no passkey where something signs in already: neither a reset, nor an invitation that came late', async () => {
    const person = await addManaged()
    const link = await linkFor(person)
    const browser = openBrowser()
    const page = await browser.get(link)
    const fields = await answer(page, createSoftwareAuthenticator())
    await addPasskeyRow(person.id)
    expect((await browser.post('/set-password', fields)).status).toBe(400)
    expect((await browser.get(link)).html).not.toContain('data-passkey="create"')
    const own = await testDatabase().select().from(passkeys).where(eq(passkeys.user_id, person.id))
    expect(own).toHaveLength(1)

    const other = await addManaged()
    await addPasswordRow(other.id)
    const reset = await openBrowser().get((await issueLink(other.id)).path)
    expect(reset.html).not.toContain('data-passkey="create"')
  })

  it('asks whom it invites for the terms, and keeps which were accepted; a reset asks for none', async () => {
    const terms = { version: '2026-11', uri: 'https://example.com/terms' }
    await useSettings({ 'registration.terms': terms })
    const email = `${uuidv7()}@invited.test`
    const invited = await callAdmin(admin, 'POST', '/admin/users', {
      body: { email, setup: { method: 'invitation' } },
    })
    const { id, invitation_url } = (await invited.json()) as { id: string; invitation_url: string }
    const browser = openBrowser()
    const page = await browser.get(new URL(invitation_url).pathname + new URL(invitation_url).search)
    expect(page.html).toContain(terms.uri)
    const refused = await choose(browser, page)
    expect(refused.status).toBe(400)
    expect(refused.html).toContain(en.registration.termsMissing)
    const password = { new_password: goodPassword, repeat_password: goodPassword }
    expect((await browser.post('/set-password', { ...page.hidden, ...password, terms: 'yes' })).status).toBe(
      303,
    )
    const [account] = await testDatabase().select().from(users).where(eq(users.id, id))
    // An administrator has seen the link: it proves no address.
    expect(account).toMatchObject({ terms_version: '2026-11', email_verified: false })
    expect(account?.terms_accepted_at).toBeInstanceOf(Date)
    const reset = await openBrowser().get(await linkFor({ id }))
    expect(reset.html).not.toContain(terms.uri)
    await useSettings({})
  })

  it('opens once, even in parallel', async () => {
    const person = await addManaged()
    const body = { method: 'temporary_password' }
    await callAdmin(admin, 'POST', `/admin/users/${person.id}/reset-password`, { body })
    const browser = openBrowser()
    const page = await browser.get(await linkFor(person))
    expect(page.html).toContain('Choose a new password')
    const saved = await Promise.all(Array.from({ length: 4 }, () => choose(browser, page)))
    expect(saved.map(({ status }) => status).toSorted()).toEqual([303, 400, 400, 400])
  })

  it('is not used up by looking at it (mail scanners do)', async () => {
    const path = await linkFor(await addManaged())
    await openBrowser().get(path)
    expect((await openBrowser().get(path)).status).toBe(200)
  })

  it('that is used, replaced, expired, forged, of a disabled or deleted account gets one answer', async () => {
    const browser = openBrowser()
    const used = await linkFor(await addManaged())
    await choose(browser, await browser.get(used))
    const person = await addManaged()
    const replaced = await linkFor(person)
    await linkFor(person)
    const late = await addManaged()
    const expired = await linkFor(late)
    await testDatabase()
      .update(passwordSetupLinks)
      .set({ expires_at: new Date() })
      .where(eq(passwordSetupLinks.user_id, late.id))
    const off = await addManaged()
    const disabled = await linkFor(off)
    await testDatabase().update(users).set({ status: 'disabled' }).where(eq(users.id, off.id))
    const gone = await addManaged()
    const deleted = await linkFor(gone)
    await testDatabase().delete(users).where(eq(users.id, gone.id))
    // Made by us, for nobody.
    const { url } = await issueSetupLink(testDependencies().root, 'https://auth.test', uuidv7())
    const unknown = url.slice('https://auth.test'.length)
    const forged = used.slice(0, -4)
    const foreignKind = used.replace('authly_il_', 'authly_ss_')
    const links = [used, replaced, expired, disabled, deleted, unknown, forged, foreignKind, '/set-password']
    const answers = await Promise.all(links.map(async (path) => comparable(await browser.get(path))))
    expect(answers[0]?.status).toBe(400)
    expect(answers[0]?.html).toContain('no longer works')
    for (const answer of answers) expect(answer).toEqual(answers[0])
  })

  it('whose form was open when the link was replaced sets nothing', async () => {
    const person = await addManaged()
    const browser = openBrowser()
    const page = await browser.get(await linkFor(person))
    await linkFor(person)
    expect((await choose(browser, page)).status).toBe(400)
    const stored = await testDatabase()
      .select()
      .from(passwordCredentials)
      .where(eq(passwordCredentials.user_id, person.id))
    expect(stored).toEqual([])
  })

  it('keeps to the password rules and stays usable after a refusal (decision 11)', async () => {
    const person = await addManaged()
    const browser = openBrowser()
    const page = await browser.get(await linkFor(person))
    const short = await choose(browser, page, 'short')
    expect(short.status).toBe(400)
    expect(short.html).toContain('at least 15 characters')
    expect((await choose(browser, page, person.email)).html).toContain('must not be built from')
    expect((await choose(browser, page, goodPassword, 'something else')).html).toContain('not the same')
    expect((await choose(browser, page, '')).status).toBe(400)
    expect((await choose(browser, page)).status).toBe(303)
  })

  it('takes posts of its own page in the same browser alone (CSRF)', async () => {
    const path = await linkFor(await addManaged())
    const browser = openBrowser()
    const page = await browser.get(path)
    expect((await choose(openBrowser(), page)).status).toBe(403)
    const fields = { ...page.hidden, new_password: goodPassword, repeat_password: goodPassword }
    const foreign = await browser.post('/set-password', fields, { origin: 'https://evil.test' })
    expect(foreign.status).toBe(403)
    expect((await browser.post('/set-password', { ...fields, csrf_token: 'x' })).status).toBe(403)
  })

  it('ends every session and grant when it is used, as any change of a password does', async () => {
    const person = await addSignedIn()
    const path = await linkFor(person)
    // Signed in since: by another way than a password, or by one that was set behind the link.
    const again = await signInAs(person.id, await addClient([]))
    const sessions = testDependencies().sessionsOf(person.id)
    expect(await sessions.listSessions({ now: Date.now() })).toHaveLength(1)
    const browser = openBrowser()
    expect((await choose(browser, await browser.get(path))).status).toBe(303)
    expect(await sessions.listSessions({ now: Date.now() })).toEqual([])
    expect(await isAlive({ ...person, grantId: again.grantId })).toBe(false)
  })

  it('opens nothing any more once a password is set by another way', async () => {
    const database = testDatabase()
    const hash = importedHash
    const invite = async () => {
      const body = { email: `${uuidv7()}@invited.test`, setup: { method: 'invitation' } }
      const invited = await callAdmin(admin, 'POST', '/admin/users', { body })
      const { id, invitation_url } = (await invited.json()) as { id: string; invitation_url: string }
      return { id, path: new URL(invitation_url).pathname + new URL(invitation_url).search }
    }
    const statusOf = async ({ path }: { path: string }) => (await openBrowser().get(path)).status
    // As an import writes it: the first password, and a later one.
    const imported = await invite()
    const store = (id: string, value: string) =>
      database.execute(sql`insert into password_credentials (user_id, hash) values (${id}::uuid, ${value})
        on conflict (user_id) do update set hash = excluded.hash, changed_at = now()`)
    expect(await statusOf(imported)).toBe(200)
    await store(imported.id, hash)
    expect(await statusOf(imported)).toBe(400)
    const linked = await issueLink(imported.id)
    expect(await statusOf(linked)).toBe(200)
    await store(imported.id, `${hash}2`)
    expect(await statusOf(linked)).toBe(400)
    const reset = await invite()
    const body = { method: 'temporary_password' }
    await callAdmin(admin, 'POST', `/admin/users/${reset.id}/reset-password`, { body })
    expect(await statusOf(reset)).toBe(400)
    // The same password under other costs is no new one.
    const renewed = await issueLink(imported.id)
    const password = createPasswordStore(database)
    await password.renewPasswordHash({ userId: imported.id, replacesHash: `${hash}2`, newHash: `${hash}3` })
    expect(await statusOf(renewed)).toBe(200)
    const event = createEvent('password.changed', Date.now(), undefined, {
      ...{ outcome: 'success', actor_type: 'user', actor_id: imported.id },
    })
    await password.storePassword({ userId: imported.id, replacesHash: `${hash}3`, newHash: hash, event })
    expect(await statusOf(renewed)).toBe(400)
  })

  it('can be tried so often from one address', async () => {
    const path = await linkFor(await addManaged())
    const browser = openBrowser('198.51.100.77')
    const answers: Shown[] = []
    for (let attempt = 0; attempt < 32; attempt++) answers.push(await browser.get(path))
    const statuses = answers.map(({ status }) => status)
    expect(statuses.slice(0, 30)).toEqual(Array(30).fill(200))
    expect(statuses.slice(30)).toEqual([429, 429])
    // Whoever was invited has no account page to go to.
    expect(answers.at(-1)?.html).toContain(`href="${path}"`)
    expect(answers.at(-1)?.html).not.toContain('href="/account"')
  })
})
