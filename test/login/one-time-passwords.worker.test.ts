/** Authenticator apps and recovery codes, from the account page to the next sign-in, by an app of others (otpauth). */
import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { eq } from 'drizzle-orm'
import { type TOTP, URI } from 'otpauth'
import { describe, expect, test } from 'vitest'
import { otpCredentials, recoveryCodes, roles, users } from '../../src/db/schema.ts'
import { testDatabase } from '../fakes/database.ts'
import { type Browser, openBrowser, type Shown } from './browser.ts'
import { addPerson, goodPassword, type Person } from './people.ts'

const unescaped = (html: string) => html.replaceAll('&amp;', '&').replaceAll('&#39;', "'")

/** The app that scanned the page's key. */
function scan({ html }: Shown): TOTP {
  const uri = /href="(otpauth:[^"]+)"/.exec(html)?.[1]
  expect(uri, html).toBeDefined()
  return URI.parse(unescaped(uri as string)) as TOTP
}

const codesIn = ({ html }: Shown): string[] =>
  [...html.matchAll(/<code>((?:[0-9A-Z]{4}-){2}[0-9A-Z]{4})<\/code>/g)].map(([, code]) => code as string)

/** The code of a step that was not used yet. */
const codeIn = (app: TOTP, steps: number) => app.generate({ timestamp: Date.now() + steps * 30_000 })

/** Types name and password; the answer leads to the next step. */
async function sendPassword(browser: Browser, { email }: Person): Promise<Shown> {
  const first = await browser.get('/login')
  const second = await browser.follow(
    await browser.post('/login', { ...first.hidden, step: 'identifier', identifier: email }),
  )
  return browser.post('/login', { ...second.hidden, step: 'password', password: goodPassword })
}

const passPassword = async (browser: Browser, person: Person): Promise<Shown> =>
  browser.follow(await sendPassword(browser, person))

async function enrol(browser: Browser, name = 'Phone') {
  const page = await browser.get('/account/one-time-passwords/add')
  expect(page.status).toBe(200)
  const app = scan(page)
  const answer = await browser.post('/account/one-time-passwords/add', {
    ...page.hidden,
    code: codeIn(app, -1),
    name,
  })
  expect(answer.status, answer.html).toBe(303)
  return { app, answer, page }
}

const generatorsOf = ({ id }: Person) =>
  testDatabase().select().from(otpCredentials).where(eq(otpCredentials.user_id, id))

async function personWithApp() {
  const person = await addPerson()
  const browser = openBrowser()
  await passPassword(browser, person)
  const { app, answer, page } = await enrol(browser)
  const shown = await browser.follow(answer)
  return { person, browser, app, page, shown }
}

describe('an authenticator app', () => {
  test('is set up on the account page, and asked for at the next sign-in', async () => {
    const { person, shown, app } = await personWithApp()
    expect(shown.html).toContain('Phone')
    expect(shown.html).toContain('Unused codes: 10')
    expect(app.issuer).toBe('Authly')
    expect(app.label).toBe(person.email)

    const other = openBrowser()
    const asked = await passPassword(other, person)
    expect(asked.html).toContain('autocomplete="one-time-code"')
    expect(asked.html).toContain('inputmode="numeric"')
    expect(other.cookies.has('__Host-authly_session')).toBe(false)
    const wrong = await other.post('/login', { ...asked.hidden, code: '000000' })
    expect([wrong.status, wrong.html]).toEqual([400, expect.stringContaining('This code is not correct')])
    const spaced = codeIn(app, 0)
      .replace(/^.../, '$& ')
      .replace(/\d/g, (digit) => '٠١٢٣٤٥٦٧٨٩'[Number(digit)] as string)
    const signedIn = await other.post('/login', { ...wrong.hidden, code: spaced })
    expect([signedIn.status, signedIn.location]).toEqual([303, '/account'])
    await other.follow(signedIn)
    expect((await other.get('/account/security')).html).toContain('Phone')
  })

  test('is stored only when a code of it is entered; the key stays the same until then', async () => {
    const person = await addPerson()
    const browser = openBrowser()
    await passPassword(browser, person)
    const page = await browser.get('/account/one-time-passwords/add')
    const send = (code: string, name = 'Phone') =>
      browser.post('/account/one-time-passwords/add', { ...page.hidden, code, name })
    for (const [code, name] of [
      ['000000', 'Phone'],
      ['', 'Phone'],
      ['123456', ''],
      ['123456', 'a\u202eb'],
    ] as const) {
      const refused = await send(code, name)
      expect(refused.status).toBe(400)
      expect(scan(refused).secret.base32).toBe(scan(page).secret.base32)
      expect(codesIn(refused)).toEqual(codesIn(page))
    }
    expect(await generatorsOf(person)).toEqual([])
    const code = codeIn(scan(page), 0)
    await Promise.all([send(code), send(code), send(code)])
    const stored = await generatorsOf(person)
    expect(stored).toHaveLength(1)
    expect(JSON.stringify(stored)).not.toContain(scan(page).secret.base32)
    const list = await browser.get('/account/security')
    expect(list.html).not.toContain(scan(page).secret.base32)
  })

  test('is the only one of several pages at the same moment: then the password alone adds none', async () => {
    const person = await addPerson()
    const browser = openBrowser()
    await passPassword(browser, person)
    const add = '/account/one-time-passwords/add'
    const pages = await Promise.all([1, 2, 3].map(() => browser.get(add)))
    const sent = await Promise.all(
      pages.map((page) => browser.post(add, { ...page.hidden, code: codeIn(scan(page), 0), name: 'Phone' })),
    )
    expect(sent.filter(({ location }) => location === '/account/security?done=otp')).toHaveLength(1)
    expect(await generatorsOf(person)).toHaveLength(1)
  })

  test('of another person’s page is no app of one’s own', async () => {
    const [ada, bob] = [openBrowser(), openBrowser()]
    await passPassword(ada, await addPerson())
    await passPassword(bob, await addPerson())
    const hers = await ada.get('/account/one-time-passwords/add')
    const his = await bob.get('/account/one-time-passwords/add')
    const { enrolment = '' } = hers.hidden
    const sent = { ...his.hidden, enrolment, code: codeIn(scan(hers), 0), name: 'Phone' }
    expect((await bob.post('/account/one-time-passwords/add', sent)).status).toBe(400)
  })

  test('is renamed and removed by its owner, after a sign-in as strong; then the password is enough', async () => {
    const { person, browser, app } = await personWithApp()
    // The session proved the password alone.
    const away = await browser.get('/account/one-time-passwords')
    expect([away.status, away.location]).toEqual([
      303,
      expect.stringContaining('/login?next=one_time_passwords'),
    ])
    const strong = openBrowser()
    const asked = await passPassword(strong, person)
    await strong.post('/login', { ...asked.hidden, code: codeIn(app, 0) })
    const list = await strong.get('/account/one-time-passwords')
    expect(list.html).toContain('Phone')
    const [stranger] = await testDatabase().select().from(otpCredentials).limit(1)
    const unknown = await strong.post('/account/one-time-passwords/remove', {
      ...list.hidden,
      id: stranger?.id === list.hidden['id'] ? crypto.randomUUID() : (stranger?.id ?? ''),
    })
    expect(unknown.status).toBe(400)
    const renamed = await strong.post('/account/one-time-passwords/rename', {
      ...list.hidden,
      name: 'Tablet 📱',
    })
    expect((await strong.follow(renamed)).html).toContain('Tablet 📱')
    const removed = await strong.post(
      '/account/one-time-passwords/remove',
      list.hidden as Record<string, string>,
    )
    expect(removed.location).toBe('/account/security?done=otp_removed')
    const next = openBrowser()
    expect((await sendPassword(next, person)).location).toBe('/account')
  })

  test('that is the last strong factor of an administrator stays: a thief would remove it', async () => {
    const { person, app } = await personWithApp()
    await testDatabase()
      .update(users)
      .set({ roles: ['support'] })
      .where(eq(users.id, person.id))
    const browser = openBrowser()
    const asked = await passPassword(browser, person)
    await browser.post('/login', { ...asked.hidden, code: codeIn(app, 0) })
    const list = await browser.get('/account/one-time-passwords')
    const refused = await browser.post('/account/one-time-passwords/remove', list.hidden)
    expect([refused.status, refused.html]).toEqual([400, expect.stringContaining('Another administrator')])
    expect((await browser.get('/account/one-time-passwords')).html).toContain('Phone')
  })

  test('asks before the session begins: the sign-in survives an object that was evicted', async () => {
    const { person, app } = await personWithApp()
    const browser = openBrowser()
    const asked = await passPassword(browser, person)
    await runInDurableObject(env.USER_SESSIONS.getByName(person.id), (_, state) => state.storage.sync())
    const reloaded = await browser.get(`/login?sign_in=${asked.hidden['sign_in']}`)
    expect(reloaded.html).toContain('one-time-code')
    const done = await browser.post('/login', { ...reloaded.hidden, code: codeIn(app, 0) })
    expect(done.location).toBe('/account')
  })

  test('shows no QR code from elsewhere and no style of its own: the policy of pages stays as it is', async () => {
    const browser = openBrowser()
    await passPassword(browser, await addPerson())
    const page = await browser.get('/account/one-time-passwords/add')
    expect(page.html).toContain('<svg')
    const typed = /<code dir="ltr">([A-Z2-7 ]+)<\/code>/.exec(page.html)?.[1]
    expect(typed).toMatch(/^(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}$/)
    expect(typed?.replaceAll(' ', '')).toBe(scan(page).secret.base32)
    expect(page.html).not.toMatch(/ style=|<style|<img[^>]+data:/)
    expect(page.headers.get('cache-control')).toBe('no-store')
  })
})

describe('recovery codes', () => {
  /** The account page asks for a session with both factors. */
  const strongBrowser = async ({ person, app }: { readonly person: Person; readonly app: TOTP }) => {
    const browser = openBrowser()
    const asked = await passPassword(browser, person)
    await browser.post('/login', { ...asked.hidden, code: codeIn(app, 0) })
    return browser
  }

  test('are valid once their owner says that they are saved, and never shown again', async () => {
    const { person, app, page: first } = await personWithApp()
    expect(codesIn(first)).toHaveLength(10)
    const browser = await strongBrowser({ person, app })
    const page = await browser.get('/account/recovery-codes')
    const codes = codesIn(page)
    expect(decodeURIComponent(/href="data:text\/plain[^,]*,([^"]+)"/.exec(page.html)?.[1] ?? '')).toContain(
      codes[0],
    )
    const rows = () => testDatabase().select().from(recoveryCodes).where(eq(recoveryCodes.user_id, person.id))
    expect(await rows()).toHaveLength(10)
    const kept = await browser.post('/account/recovery-codes', page.hidden as Record<string, string>)
    expect(kept.location).toBe('/account/security?done=recovery_codes')
    expect(await rows()).toHaveLength(10)
    expect(JSON.stringify(await rows())).not.toContain(codes[0]?.replaceAll('-', ''))
    expect((await browser.follow(kept)).html).toContain('Unused codes: 10')
    const again = await browser.post('/account/recovery-codes', page.hidden as Record<string, string>)
    expect(again.status).toBe(409)

    const lost = openBrowser()
    const asked = await passPassword(lost, person)
    expect(asked.html.indexOf('one-time-code')).toBeLessThan(asked.html.indexOf('Use a recovery code'))
    const way = unescaped(/href="([^"]*step=recovery_code[^"]*)"/.exec(asked.html)?.[1] ?? '')
    const form = await lost.get(way)
    const typed = codes[0]?.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o') ?? ''
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => lost.post('/login', { ...form.hidden, recovery_code: typed })),
    )
    expect(answers.filter(({ location }) => location === '/account')).toHaveLength(1)
    expect((await rows()).filter(({ used_at }) => used_at !== null)).toHaveLength(1)
    const account = await lost.get('/account/security')
    expect(account.html).toContain('Unused codes: 9')
    expect(account.html).toContain('A recovery code was used')

    // Those before are void; a used one is worth nothing, and the form that made them valid brings none back.
    await browser.post('/account/recovery-codes', page.hidden as Record<string, string>)
    const next = openBrowser()
    const wayBack = await passPassword(next, person)
    const second = await next.get(
      unescaped(/href="([^"]*step=recovery_code[^"]*)"/.exec(wayBack.html)?.[1] ?? ''),
    )
    const refused = await next.post('/login', { ...second.hidden, recovery_code: typed })
    expect([refused.status, refused.html]).toEqual([400, expect.stringContaining('was used already')])
  })

  test('are not offered to those who have none', async () => {
    const { person } = await personWithApp()
    await testDatabase().delete(recoveryCodes).where(eq(recoveryCodes.user_id, person.id))
    const browser = openBrowser()
    const asked = await passPassword(browser, person)
    expect(asked.html).not.toContain('recovery_code')
    const forced = { ...asked.hidden, step: 'recovery_code', recovery_code: '0000-0000-0000' }
    expect((await browser.post('/login', forced)).location ?? '').not.toBe('/account')
    expect(browser.cookies.has('__Host-authly_session')).toBe(false)
  })

  test('of somebody without a second factor would be a second password: there are none', async () => {
    const browser = openBrowser()
    await passPassword(browser, await addPerson())
    expect((await browser.get('/account/recovery-codes')).location).toBe('/account/one-time-passwords')
    expect((await browser.get('/account/security')).html).not.toContain('id="recovery-codes"')
  })
})

describe('a second factor that is demanded of somebody who has none', () => {
  const demandedOf = async () => {
    const person = await addPerson()
    const role = `strict-${person.id}`
    const database = testDatabase()
    await database.insert(roles).values({
      ...{ name: role, description: '', permissions: [] },
      required_acr_values: ['urn:authly:acr:mfa'],
    })
    await database
      .update(users)
      .set({ roles: [role] })
      .where(eq(users.id, person.id))
    return person
  }

  test('is set up on the way, with recovery codes; a reload shows the same key and codes', async () => {
    const person = await demandedOf()
    const browser = openBrowser()
    const page = await passPassword(browser, person)
    expect(page.html).toContain('Set up a second factor')
    const [app, codes] = [scan(page), codesIn(page)]
    expect(codes).toHaveLength(10)
    const reloaded = await browser.get(`/login?sign_in=${page.hidden['sign_in']}`)
    const wrong = await browser.post('/login', { ...reloaded.hidden, code: '000000' })
    for (const shown of [reloaded, wrong]) {
      expect(scan(shown).secret.base32).toBe(app.secret.base32)
      expect(codesIn(shown)).toEqual(codes)
    }
    expect(browser.cookies.has('__Host-authly_session')).toBe(false)
    const form = { ...wrong.hidden, code: codeIn(app, 0) }
    const answers = await Promise.all(Array.from({ length: 5 }, () => browser.post('/login', form)))
    expect(answers.filter(({ location }) => location === '/account')).toHaveLength(1)
    const account = await browser.get('/account/security')
    expect(account.html).toContain('Unused codes: 10')

    const next = openBrowser()
    const asked = await passPassword(next, person)
    const used = await next.post('/login', { ...asked.hidden, code: codeIn(app, 0) })
    expect(used.html).toContain('This code has been used already')
    const signedIn = await next.post('/login', { ...used.hidden, code: codeIn(app, 1) })
    expect(signedIn.location).toBe('/account')
  })

  test('is not set up where the owner has set up theirs since, even before the sign-in learns of it', async () => {
    const person = await demandedOf()
    const thief = openBrowser()
    const page = await passPassword(thief, person)
    const app = scan(page)
    // The owner's page has stored it, and has not told the person's object yet.
    const id = crypto.randomUUID()
    await testDatabase()
      .insert(otpCredentials)
      .values({
        ...{ id, user_id: person.id, kind: 'totp', name: 'Phone', sealed_secret: 'x' },
        ...{ algorithm: 'SHA1', digits: 6, period_seconds: 30, counter: null },
      })
    const late = await thief.post('/login', { ...page.hidden, code: codeIn(app, 0) })
    expect(late.status).toBe(400)
    expect(thief.cookies.has('__Host-authly_session')).toBe(false)
    const database = testDatabase()
    const left = await database.select().from(otpCredentials).where(eq(otpCredentials.user_id, person.id))
    expect(left.map((each) => each.id)).toEqual([id])
    expect(await database.select().from(recoveryCodes).where(eq(recoveryCodes.user_id, person.id))).toEqual(
      [],
    )
  })

  test('is not set up by who only knows the password of somebody who has one', async () => {
    const { person } = await personWithApp()
    const browser = openBrowser()
    const asked = await passPassword(browser, person)
    const forced = await browser.post('/login', { ...asked.hidden, step: 'set_up_factor', code: '123456' })
    expect(forced.location ?? '').not.toBe('/account')
    expect(forced.html).not.toContain('otpauth:')
  })

  /** A page that asks a session for more than its account can prove. */
  const stronger = '/login?next=account&because=stronger&acr=urn:authly:acr:mfa'

  test('is not set up in an old session: a thief of it would (NIST SP 800-63B-4 §4.1.2.1)', async () => {
    const person = await addPerson()
    const browser = openBrowser()
    await passPassword(browser, person)
    expect((await browser.get(stronger)).html).toContain('otpauth:')
    const object = env.USER_SESSIONS.getByName(person.id)
    await runInDurableObject(object, (_, { storage }) =>
      storage.sql.exec('UPDATE sessions SET auth_time = auth_time - 3600000').toArray(),
    )
    await evictDurableObject(object)

    const first = await browser.get(stronger)
    expect(first.html).not.toContain('otpauth:')
    expect(first.hidden).toMatchObject({ step: 'identifier' })
    const named = await browser.post('/login', { ...first.hidden, identifier: person.email })
    const second = await browser.follow(named)
    const page = await browser.follow(
      await browser.post('/login', { ...second.hidden, step: 'password', password: goodPassword }),
    )
    const done = await browser.post('/login', { ...page.hidden, code: codeIn(scan(page), 0) })
    expect(done.location).toBe('/account')
  })

  test('is not set up by a thief whose session the owner has ended meanwhile', async () => {
    const person = await addPerson()
    const [thief, owner] = [openBrowser(), openBrowser()]
    await passPassword(thief, person)
    const page = await thief.get(stronger)
    await passPassword(owner, person)
    const { html, hidden } = await owner.get('/account/sessions')
    const session_id = /name="session_id" value="([^"]+)"/.exec(html)?.[1] ?? ''
    await owner.post('/account/sessions/end', { csrf_token: hidden['csrf_token'] ?? '', session_id })
    const sent = await thief.post('/login', { ...page.hidden, code: codeIn(scan(page), 0) })
    expect(sent.status).toBe(400)
    expect((await thief.get('/account')).location).toBe('/login')
    expect(await generatorsOf(person)).toEqual([])
  })

  test('is not set up beside one that the owner added in the same moment', async () => {
    const person = await demandedOf()
    const thief = openBrowser()
    const page = await passPassword(thief, person)
    // The object has not been told yet.
    const [id, owners] = [crypto.randomUUID(), 'The owner’s']
    await testDatabase()
      .insert(otpCredentials)
      .values({
        ...{ id, user_id: person.id, kind: 'totp', name: owners, sealed_secret: 'sealed' },
        ...{ algorithm: 'SHA1', digits: 6, period_seconds: 30 },
      })
    const sent = await thief.post('/login', { ...page.hidden, code: codeIn(scan(page), 0) })
    expect(sent.status).toBe(400)
    expect(thief.cookies.has('__Host-authly_session')).toBe(false)
    expect(await generatorsOf(person)).toMatchObject([{ name: owners }])
  })
})
