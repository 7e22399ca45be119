import { env } from 'cloudflare:test'
import { eq, inArray } from 'drizzle-orm'
import { decodeJwt } from 'jose'
import { beforeAll, describe, expect, it } from 'vitest'
import { clients, users } from '../../../src/db/schema.ts'
import { uuidv7 } from '../../../src/kit/ids.ts'
import { ownDatabase, testDatabase } from '../../fakes/database.ts'
import { addAdmin, addServiceAccount, callAdmin, type TestActor } from '../../worker/admin-client.ts'
import { addManaged, addSignedIn, eventsAbout, isAlive, readUser } from '../../worker/managed-person.ts'
import { losingObjects, withoutObjects } from '../../worker/without-objects.ts'

let admin: TestActor
let support: TestActor
beforeAll(async () => {
  admin = await addAdmin()
  support = await addAdmin({ roles: ['support'] })
})

const post = (actor: TestActor, path: string, more: Parameters<typeof callAdmin>[3] = {}) =>
  callAdmin(actor, 'POST', path, more)
const about = (person: { readonly id: string }, what = '') => `/admin/users/${person.id}${what}`
const ifAny = { 'if-match': '*' }

const withoutPeople = () => withoutObjects(admin.id, support.id)
/** Their passkeys are refused before Postgres changes; then they are away. */
const losingPeople = () => losingObjects(1, admin.id, support.id)

describe('disabling an account', () => {
  it('ends every session and token, and enabling brings none of them back', async () => {
    const person = await addSignedIn()
    expect((await post(admin, about(person, '/disable'))).status).toBe(204)
    expect(await isAlive(person)).toBe(false)
    expect((await readUser(admin, person.id)).user['status']).toBe('disabled')
    expect((await post(admin, about(person, '/enable'))).status).toBe(204)
    expect((await readUser(admin, person.id)).user['status']).toBe('active')
    expect(await isAlive(person)).toBe(false)
    const types = (await eventsAbout(person.id)).map(({ type }) => type)
    expect(types).toEqual(['user.disabled', 'user.enabled'])
  })

  it('interrupted by an outage answers 503, and the same request with the same key completes it', async () => {
    const person = await addSignedIn()
    const headers = { 'idempotency-key': uuidv7() }
    const interrupted = await post(admin, about(person, '/disable'), { headers, env: losingPeople() })
    expect(interrupted.status).toBe(503)
    expect((await readUser(admin, person.id)).user['status']).toBe('disabled')
    expect(await isAlive(person)).toBe(true)
    expect((await post(admin, about(person, '/disable'), { headers })).status).toBe(204)
    expect(await isAlive(person)).toBe(false)
    expect(await eventsAbout(person.id)).toHaveLength(1)
  })

  it('changes nothing while the passkeys of the account cannot be refused', async () => {
    const person = await addSignedIn()
    expect((await post(admin, about(person, '/disable'), { env: withoutPeople() })).status).toBe(503)
    expect((await readUser(admin, person.id)).user['status']).toBe('active')
    expect(await eventsAbout(person.id)).toEqual([])
  })

  it('is not repeated by an old key against somebody who has become an administrator', async () => {
    const person = await addSignedIn()
    const headers = { 'idempotency-key': uuidv7() }
    const path = about(person, '/disable')
    expect((await post(support, path, { headers, env: losingPeople() })).status).toBe(503)
    await testDatabase()
      .update(users)
      .set({ roles: ['admin'], status: 'active' })
      .where(eq(users.id, person.id))
    expect((await post(support, path, { headers })).status).toBe(403)
    expect(await isAlive(person)).toBe(true)
  })

  it('is nothing people do to themselves, or support staff to administrators', async () => {
    expect((await post(admin, about(admin, '/disable'))).status).toBe(403)
    expect((await post(support, about(admin, '/disable'))).status).toBe(403)
    expect(await isAlive(admin)).toBe(true)
  })
})

describe('a reset password', () => {
  const reset = (actor: TestActor, person: { readonly id: string }, body: unknown, headers = {}) =>
    post(actor, about(person, '/reset-password'), { body, headers })

  it('replaces the old one, ends all sessions and is shown once', async () => {
    const person = await addSignedIn()
    const response = await reset(support, person, { method: 'temporary_password' })
    expect(response.status, await response.clone().text()).toBe(200)
    const { temporary_password } = (await response.json()) as { temporary_password: string }
    expect(temporary_password).toMatch(/^[a-z2-9-]{23}$/)
    expect(await isAlive(person)).toBe(false)
    const { user } = await readUser(admin, person.id)
    expect(user).toMatchObject({ has_password: true, must_change_password: true })
    const events = await eventsAbout(person.id)
    expect(events).toMatchObject([
      { type: 'user.password_reset', actor_id: support.id, data: { method: 'temporary_password' } },
    ])
    expect(JSON.stringify(events)).not.toContain(temporary_password)
  })

  it('by link leaves no password behind', async () => {
    const person = await addManaged()
    await reset(admin, person, { method: 'temporary_password' })
    const response = await reset(admin, person, { method: 'link', expires_in_seconds: 600 })
    const { setup_url } = (await response.json()) as { setup_url: string }
    expect(setup_url).toContain('/set-password?link=authly_il_')
    const { user } = await readUser(admin, person.id)
    expect(user).toMatchObject({ has_password: false, setup_link: { purpose: 'reset' } })
    await reset(admin, person, { method: 'temporary_password' })
    expect((await readUser(admin, person.id)).user['setup_link']).toBeNull()
  })

  it('for one Idempotency-Key is made once', async () => {
    const person = await addManaged()
    const headers = { 'idempotency-key': uuidv7() }
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => reset(admin, person, { method: 'temporary_password' }, headers)),
    )
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    expect(new Set(await Promise.all(answers.map((answer) => answer.text()))).size).toBe(1)
    expect(await eventsAbout(person.id)).toHaveLength(1)
  })

  it('of an administrator is not for support staff: it would make them one', async () => {
    const refused = await reset(support, admin, { method: 'temporary_password' })
    expect(refused.status).toBe(403)
    expect(await isAlive(admin)).toBe(true)
    const service = await addServiceAccount(['admin:users:write'])
    expect((await reset(service, admin, { method: 'link' })).status).toBe(403)
  })

  it('is not a way around the own old password', async () => {
    expect((await reset(support, support, { method: 'temporary_password' })).status).toBe(403)
  })

  it('asks for a recent sign-in (RFC 9470)', async () => {
    const tired = await addAdmin({ signedInSecondsAgo: 3600 })
    const person = await addManaged()
    const refused = await post(tired, about(person, '/reset-password'), { body: { method: 'link' } })
    expect(refused.status).toBe(401)
    expect(refused.headers.get('www-authenticate')).toContain('insufficient_user_authentication')
  })
})

describe('unlocking', () => {
  it('is told in the trail, and ends no session', async () => {
    const person = await addSignedIn()
    expect((await post(support, about(person, '/unlock'))).status).toBe(204)
    expect(await isAlive(person)).toBe(true)
    expect(await eventsAbout(person.id)).toMatchObject([{ type: 'user.unlocked' }])
  })

  it.each(['/disable', '/enable', '/unlock', '/reset-password'])(
    '%s concerns nobody who is unknown, and a key spent on that is not spent',
    async (path) => {
      const id = uuidv7()
      const headers = { 'idempotency-key': uuidv7() }
      const more =
        path === '/reset-password' ? { body: { method: 'temporary_password' }, headers } : { headers }
      expect((await post(admin, `/admin/users/${id}${path}`, more)).status).toBe(404)
      await addManaged({ id })
      expect((await post(admin, `/admin/users/${id}${path}`, more)).status).toBeLessThan(300)
    },
  )
})

describe('roles', () => {
  const setRoles = (actor: TestActor, person: { readonly id: string }, roles: string[], more = {}) =>
    callAdmin(actor, 'PUT', about(person, '/roles'), { body: { roles }, headers: ifAny, ...more })

  it('count at the next request of the person', async () => {
    const person = await addSignedIn()
    expect((await callAdmin(person, 'GET', '/admin/users')).status).toBe(403)
    const given = await setRoles(admin, person, ['support'])
    expect(given.status, await given.clone().text()).toBe(200)
    expect(await given.json()).toMatchObject({ roles: ['support'] })
    expect((await callAdmin(person, 'GET', '/admin/users')).status).toBe(200)
    await setRoles(admin, person, [])
    expect((await callAdmin(person, 'GET', '/admin/users')).status).toBe(403)
    const events = await eventsAbout(person.id)
    expect(events[0]?.changes).toEqual({ roles: { before: [], after: ['support'] } })
  })

  it('of one’s own are nothing one changes', async () => {
    expect((await setRoles(admin, admin, [])).status).toBe(403)
    expect((await setRoles(admin, admin, ['admin', 'support'])).status).toBe(403)
  })

  it('are given and taken only by those who have all their permissions', async () => {
    const service = await addServiceAccount(['admin:roles:write', 'admin:users:read'])
    const person = await addManaged()
    expect((await setRoles(service, person, ['admin'])).status).toBe(403)
    expect((await setRoles(service, admin, [])).status).toBe(403)
    expect((await readUser(admin, admin.id)).user['roles']).toEqual(['admin'])
    expect((await setRoles(support, person, ['support'])).status).toBe(403)
  })

  it('must exist', async () => {
    const refused = await setRoles(admin, await addManaged(), ['nothing-like-it'])
    expect(refused.status).toBe(400)
    expect(await refused.json()).toMatchObject({ errors: [{ pointer: '#/roles' }] })
    expect((await setRoles(admin, await addManaged(), ['support', 'support'])).status).toBe(400)
  })

  it('need If-Match and a recent sign-in', async () => {
    const person = await addManaged()
    const body = { roles: [] }
    expect((await callAdmin(admin, 'PUT', about(person, '/roles'), { body })).status).toBe(428)
    expect((await setRoles(await addAdmin({ signedInSecondsAgo: 3600 }), person, [])).status).toBe(401)
    const stale = { headers: { 'if-match': '"7"' } }
    expect((await setRoles(admin, person, ['support'], stale)).status).toBe(412)
  })
})

describe('the last administrators', () => {
  it('demote each other at once and one of them stays', async () => {
    const [one, two] = [await addAdmin(), await addAdmin()]
    const alone = await ownDatabase()
    const both = await testDatabase().select().from(users)
    await alone.insert(users).values(both.filter(({ id }) => id === one.id || id === two.id))
    const clientIds = [one, two].map(({ token }) => String(decodeJwt(token)['client_id']))
    const theirs = await testDatabase().select().from(clients).where(inArray(clients.client_id, clientIds))
    await alone.insert(clients).values(theirs)
    const { url } = await databaseOf(alone)
    const own = { ...env, DATABASE_URL: url } as Env
    const demote = (actor: TestActor, other: TestActor) =>
      callAdmin(actor, 'PUT', about(other, '/roles'), { body: { roles: [] }, headers: ifAny, env: own })
    const answers = await Promise.all([demote(one, two), demote(two, one)])
    const statuses = answers.map(({ status }) => status).toSorted()
    // The second finds itself the last one (409), or no longer an administrator (403).
    expect([
      [200, 409],
      [200, 403],
    ]).toContainEqual(statuses)
    const left = (await alone.select().from(users)).filter(({ roles }) => roles.includes('admin'))
    expect(left).toHaveLength(1)
    const survivor = left[0]?.id === one.id ? one : two
    const service = await post(survivor, about({ id: left[0]?.id as string }, '/disable'), { env: own })
    expect(service.status).toBe(403)
  })
})

describe('deleting an account', () => {
  const remove = (
    actor: TestActor,
    person: { readonly id: string },
    headers: Record<string, string> = ifAny,
  ) => callAdmin(actor, 'DELETE', about(person), { headers })

  it('ends all that lives, erases personal data, and the trail still says that it happened', async () => {
    const person = await addSignedIn()
    const headers = ifAny
    const body = { profile: { name: 'Ada Lovelace' } }
    await callAdmin(admin, 'PATCH', about(person), { body, headers })
    const response = await remove(admin, person)
    expect(response.status, await response.clone().text()).toBe(204)
    expect(await isAlive(person)).toBe(false)
    expect((await callAdmin(admin, 'GET', about(person))).status).toBe(404)
    const at = encodeURIComponent(new Date().toISOString())
    expect((await callAdmin(admin, 'GET', `${about(person)}?at=${at}`)).status).toBe(404)
    const events = await eventsAbout(person.id)
    expect(events.map(({ type }) => type)).toEqual([
      'user.updated',
      'user.deleted',
      'audit.personal_data_erased',
    ])
    expect(JSON.stringify(events)).not.toContain('Lovelace')
    expect(events.slice(0, 2).map(({ changes }) => changes)).toEqual([null, null])
    expect(events[2]?.data['proof']).toEqual(expect.any(String))
    expect(events[1]?.actor_id).toBe(admin.id)
  })

  it('of another version deletes and erases nothing', async () => {
    const person = await addManaged({ profile: { name: 'Ada' } })
    await callAdmin(admin, 'PATCH', person.path, { body: { profile: { name: 'Augusta' } }, headers: ifAny })
    const stale = await remove(admin, person, { 'if-match': '"1"' })
    expect(stale.status).toBe(412)
    expect(stale.headers.get('etag')).toBe('"2"')
    const events = await eventsAbout(person.id)
    expect(events).toHaveLength(1)
    expect(events[0]?.changes).not.toBeNull()
  })

  it('in parallel happens once', async () => {
    const person = await addManaged()
    const answers = await Promise.all(Array.from({ length: 5 }, () => remove(admin, person)))
    expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 404, 404, 404, 404])
    const types = (await eventsAbout(person.id)).map(({ type }) => type)
    expect(types).toEqual(['user.deleted', 'audit.personal_data_erased'])
  })

  it('interrupted after Postgres is completed by repeating it', async () => {
    const person = await addSignedIn()
    const interrupted = await callAdmin(admin, 'DELETE', about(person), {
      headers: ifAny,
      env: losingPeople(),
    })
    expect(interrupted.status).toBe(503)
    expect(await isAlive(person)).toBe(true)
    expect((await remove(admin, person)).status).toBe(404)
    expect(await isAlive(person)).toBe(false)
  })

  it('is not for oneself, not for support staff, not without a recent sign-in', async () => {
    const person = await addManaged()
    expect((await remove(admin, admin)).status).toBe(403)
    expect((await remove(support, person)).status).toBe(403)
    expect((await remove(await addAdmin({ signedInSecondsAgo: 3600 }), person)).status).toBe(401)
    const cleaner = await addServiceAccount(['admin:users:delete'])
    expect((await remove(cleaner, admin)).status).toBe(403)
    expect((await remove(cleaner, person)).status).toBe(204)
    const [left] = await testDatabase().select().from(users).where(eq(users.id, person.id))
    expect(left).toBeUndefined()
  })
})

/** Where an own database is. */
async function databaseOf(database: Awaited<ReturnType<typeof ownDatabase>>): Promise<{ url: string }> {
  const { rows } = await database.execute<{ name: string }>('select current_database() as name')
  const url = new URL((env as unknown as { DATABASE_URL: string }).DATABASE_URL)
  url.pathname = `/${rows[0]?.name}`
  return { url: url.href }
}
