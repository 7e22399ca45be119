/** People change their own claims: those of the setting, as the admin API would take them, by the one write. */
import { eq, sql } from 'drizzle-orm'
import { describe, expect, test } from 'vitest'
import { auditEvents, users } from '../../src/db/schema.ts'
import { testDatabase } from '../fakes/database.ts'
import { openBrowser, signIn } from '../login/browser.ts'
import { addPerson, goodPassword, type Person } from '../login/people.ts'
import { addAdmin, callAdmin } from '../worker/admin-client.ts'
import { useSettings } from '../worker/local-settings.ts'

async function signedIn(person: Person) {
  const browser = openBrowser()
  await signIn(browser, person.email, goodPassword)
  return browser
}

const storedOf = async ({ id }: Person) => {
  const [row] = await testDatabase().select().from(users).where(eq(users.id, id))
  return row
}

const updatesOf = ({ id }: Person) =>
  testDatabase().select().from(auditEvents).where(sql`user_id = ${id} and type = 'user.updated'`)

describe('the own profile', () => {
  test('is changed by its owner, with an event that names them and the change', async () => {
    const person = await addPerson()
    const browser = await signedIn(person)
    const page = await browser.get('/account')
    const fields = { name: ' Ada  Lovelace ', website: 'https://ada.test/', birthdate: '1815-12-10' }
    const saved = await browser.post('/account/profile', { ...page.hidden, ...fields, nickname: '' })
    expect(saved.location).toBe('/account?done=profile')
    const shown = await browser.follow(saved)
    expect(shown.html).toContain('value="Ada  Lovelace"')
    expect(shown.html).toContain('role="status"')
    const profile = { name: 'Ada  Lovelace', website: 'https://ada.test/', birthdate: '1815-12-10' }
    expect(await storedOf(person)).toMatchObject({ profile, version: 2 })
    expect(await updatesOf(person)).toMatchObject([
      {
        ...{ actor_type: 'user', actor_id: person.id, entity_type: 'user', entity_id: person.id },
        changes: { profile: { after: profile } },
      },
    ])
    const emptied = await browser.post('/account/profile', {
      ...shown.hidden,
      name: '',
      website: '',
      birthdate: '',
    })
    expect(emptied.location).toBe('/account?done=profile')
    expect((await storedOf(person))?.profile).toEqual({})
  })

  test('a form without a change writes nothing', async () => {
    const person = await addPerson()
    const browser = await signedIn(person)
    const { hidden } = await browser.get('/account')
    expect((await browser.post('/account/profile', hidden)).location).toBe('/account?done=unchanged')
    expect(await storedOf(person)).toMatchObject({ version: 1 })
    expect(await updatesOf(person)).toEqual([])
  })

  // Attack, or mistake: what was changed since is overwritten by a form from before.
  test('a second tab does not overwrite what the first one saved: it is shown', async () => {
    const person = await addPerson()
    const browser = await signedIn(person)
    const { hidden } = await browser.get('/account')
    await browser.post('/account/profile', { ...hidden, name: 'First tab' })
    for (const version of [hidden['version'] as string, '', '-1', '2; drop table users', '9'.repeat(30)]) {
      const refused = await browser.post('/account/profile', { ...hidden, version, name: 'Second tab' })
      expect([refused.status, version]).toEqual([409, version])
      expect(refused.html).toContain('value="First tab"')
      expect(refused.html).not.toContain('Second tab')
    }
    expect(await storedOf(person)).toMatchObject({ profile: { name: 'First tab' }, version: 2 })
  })

  test('a refused form keeps the version it was opened with', async () => {
    const person = await addPerson()
    const browser = await signedIn(person)
    const { hidden } = await browser.get('/account')
    await browser.post('/account/profile', { ...hidden, name: 'First tab' })
    const refused = await browser.post('/account/profile', { ...hidden, name: 'Second', birthdate: 'x' })
    expect(refused.status).toBe(400)
    const again = await browser.post('/account/profile', {
      ...refused.hidden,
      name: 'Second',
      birthdate: '1815',
    })
    expect(again.status).toBe(409)
    expect((await storedOf(person))?.profile).toEqual({ name: 'First tab' })
  })

  test.each([
    ['name', 'a\u202eb', 'Full name: '],
    ['website', 'javascript:alert(1)', 'Website: '],
    ['birthdate', '1815-13-01', 'Date of birth: '],
    ['zoneinfo', 'Europe/Atlantis', 'Time zone: '],
    ['locale', 'not a language', 'Language: '],
    ['gender', 'x'.repeat(51), 'Gender: '],
  ])('%s is checked as everywhere, and the message names its field', async (claim, value, label) => {
    const person = await addPerson()
    const browser = await signedIn(person)
    const { hidden } = await browser.get('/account')
    const refused = await browser.post('/account/profile', { ...hidden, nickname: 'Ada', [claim]: value })
    expect(refused.status).toBe(400)
    expect(refused.html).toContain(`<a href="#${claim}">${label}`)
    // What was typed is kept, what is wrong is not stored, and neither is the rest.
    expect(refused.html).toContain('value="Ada"')
    expect((await storedOf(person))?.profile).toEqual({})
  })

  // Attack: a form with more fields than it was shown with.
  test('nothing else of the account is written by it', async () => {
    const [person, victim] = [await addPerson(), await addPerson()]
    const browser = await signedIn(person)
    const { hidden } = await browser.get('/account')
    const more = {
      ...{
        email: 'other@example.test',
        email_verified: 'true',
        roles: 'admin',
        status: 'active',
        id: victim.id,
      },
      ...{ user_id: victim.id, preferred_username: 'admin', picture: 'https://evil.test/', address: '{}' },
    }
    const { location } = await browser.post('/account/profile', { ...hidden, ...more, nickname: 'Ada' })
    expect(location).toBe('/account?done=profile')
    expect(await storedOf(person)).toMatchObject({
      ...{ email: person.email, email_verified: false, roles: [], profile: { nickname: 'Ada' } },
    })
    expect(await storedOf(victim)).toMatchObject({ profile: {}, version: 1 })
  })

  test('the language is that of pages from then on, in this browser too', async () => {
    const person = await addPerson()
    const browser = await signedIn(person)
    const page = await browser.get('/account')
    const saved = await browser.post('/account/profile', { ...page.hidden, locale: 'de' })
    expect((await browser.follow(saved)).html).toContain('<html lang="de"')
    expect((await storedOf(person))?.profile).toEqual({ locale: 'de' })
    // Somebody who reads in another language here and saves something else goes on reading in it.
    await browser.get('/language?to=fr')
    const french = await browser.get('/account')
    const again = await browser.post('/account/profile', { ...french.hidden, locale: 'de', name: 'Ada' })
    expect((await browser.follow(again)).html).toContain('<html lang="fr"')
  })

  test('an administrator has one too, without a token; the admin API still refuses by rights', async () => {
    const admin = await addPerson()
    await testDatabase()
      .update(users)
      .set({ roles: ['auditor'] })
      .where(eq(users.id, admin.id))
    const browser = await signedIn(admin)
    const { hidden } = await browser.get('/account')
    expect((await browser.post('/account/profile', { ...hidden, name: 'Auditor' })).location).toBe(
      '/account?done=profile',
    )
    const support = await addAdmin({ roles: ['support'] })
    const refused = await callAdmin(support, 'PATCH', `/admin/users/${admin.id}`, {
      body: { profile: { name: 'Support' } },
      headers: { 'if-match': '*' },
    })
    expect(refused.status).toBe(403)
  })

  test('only claims of the setting are shown and read', async () => {
    const person = await addPerson()
    const browser = await signedIn(person)
    await useSettings({ 'account.editable_claims': ['preferred_username', 'name'] })
    const page = await browser.get('/account')
    expect([...page.html.matchAll(/<input id="([a-z_]+)"/g)].map(([, id]) => id)).toEqual([
      'name',
      'preferred_username',
    ])
    await browser.post('/account/profile', { ...page.hidden, preferred_username: 'ada', nickname: 'Ada' })
    expect((await storedOf(person))?.profile).toEqual({ preferred_username: 'ada' })
    await useSettings({ 'account.editable_claims': [] })
    expect((await browser.get('/account')).html).not.toContain('action="/account/profile"')
    await useSettings({})
  })
})
