import { beforeAll, describe, expect, it } from 'vitest'
import { uuidv7 } from '../../../src/kit/ids.ts'
import { addAdmin, addServiceAccount, callAdmin, type TestActor } from '../../worker/admin-client.ts'
import { addManaged, eventsAbout, readUser } from '../../worker/managed-person.ts'

let admin: TestActor
beforeAll(async () => {
  admin = await addAdmin()
})

const patch = (actor: TestActor, path: string, body: unknown, etag = '*') =>
  callAdmin(actor, 'PATCH', path, { body, headers: { 'if-match': etag } })

describe('changing an account', () => {
  it('merges: what is not named stays, null takes away (RFC 7396)', async () => {
    const profile = { name: 'Ada', locale: 'en', address: { country: 'GB', locality: 'London' } }
    const { id, path } = await addManaged({ profile, phone_number: '+493012345678' })
    const body = { phone_number: null, profile: { locale: null, nickname: 'A', address: { country: null } } }
    const response = await patch(admin, path, body, '"1"')
    expect(response.status, await response.clone().text()).toBe(200)
    expect(response.headers.get('etag')).toBe('"2"')
    const after = (await response.json()) as Record<string, unknown>
    expect(after).toMatchObject({ phone_number: null })
    expect(after['profile']).toEqual({ name: 'Ada', nickname: 'A', address: { locality: 'London' } })
    expect((await readUser(admin, id)).user).toEqual(after)
  })

  it('tells the trail what was before and after, of changed fields alone', async () => {
    const { id, path } = await addManaged({ profile: { name: 'Ada' } })
    await patch(admin, path, { profile: { name: 'Augusta' }, email_verified: false })
    const [event] = await eventsAbout(id)
    expect(event).toMatchObject({ type: 'user.updated', actor_id: admin.id })
    expect(event?.changes).toEqual({ profile: { before: { name: 'Ada' }, after: { name: 'Augusta' } } })
  })

  it('writes nothing when nothing changes', async () => {
    const { id, path } = await addManaged({ profile: { name: 'Ada' } })
    const response = await patch(admin, path, { profile: { name: 'Ada' } })
    expect(response.headers.get('etag')).toBe('"1"')
    expect((await patch(admin, path, {})).headers.get('etag')).toBe('"1"')
    expect(await eventsAbout(id)).toEqual([])
  })

  it('of an address makes it unverified, unless the same or said otherwise', async () => {
    const { email, path } = await addManaged({ email_verified: true })
    const verified = async (body: unknown) =>
      ((await (await patch(admin, path, body)).json()) as { email_verified: boolean }).email_verified
    expect(await verified({ email: email.toUpperCase() })).toBe(true)
    expect(await verified({ email: `${uuidv7()}@people.test` })).toBe(false)
    expect(await verified({ email: `${uuidv7()}@people.test`, email_verified: true })).toBe(true)
    expect(await verified({ username: `u-${uuidv7()}`, email: null })).toBe(false)
  })

  it('of a phone number makes it unverified', async () => {
    const { path } = await addManaged({ phone_number: '+493012345678', phone_number_verified: true })
    const same = await patch(admin, path, { phone_number: '+493012345678' })
    expect(await same.json()).toMatchObject({ phone_number_verified: true })
    const other = await patch(admin, path, { phone_number: '+493012345679' })
    expect(await other.json()).toMatchObject({ phone_number_verified: false })
  })

  it('leaves nobody without a name to sign in with', async () => {
    const { path } = await addManaged()
    const refused = await patch(admin, path, { email: null })
    expect(refused.status).toBe(409)
    expect((await patch(admin, path, { email: null, username: null })).status).toBe(400)
    expect((await patch(admin, path, { email: null, username: `u-${uuidv7()}` })).status).toBe(200)
  })

  it('by two admins at once: one wins, the other learns the current ETag', async () => {
    const other = await addAdmin()
    const { id, path } = await addManaged()
    const answers = await Promise.all([
      patch(admin, path, { profile: { name: 'One' } }, '"1"'),
      patch(other, path, { profile: { name: 'Two' } }, '"1"'),
    ])
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 412])
    expect(answers.map(({ headers }) => headers.get('etag'))).toEqual(['"2"', '"2"'])
    expect(await eventsAbout(id)).toHaveLength(1)
    expect((await patch(admin, path, { profile: { name: 'x' } }, 'W/"2"')).status).toBe(412)
  })

  it('needs If-Match (RFC 6585)', async () => {
    const { path } = await addManaged()
    expect((await callAdmin(admin, 'PATCH', path, { body: {} })).status).toBe(428)
  })

  it('reaches neither roles nor status nor an account of another id', async () => {
    const { path } = await addManaged()
    for (const field of ['roles', 'status', 'id', 'version', 'password']) {
      expect((await patch(admin, path, { [field]: 'x' })).status).toBe(400)
    }
    expect((await patch(admin, `/admin/users/${uuidv7()}`, { profile: {} })).status).toBe(404)
    expect((await patch(admin, '/admin/users/nobody', { profile: {} })).status).toBe(404)
  })

  it('refuses an address that somebody else has', async () => {
    const [one, two] = [await addManaged(), await addManaged()]
    const taken = await patch(admin, one.path, { email: two.email.toUpperCase() })
    expect(taken.status).toBe(409)
    expect(await taken.json()).toMatchObject({ errors: [{ pointer: '#/email' }] })
  })

  it('is not for support staff when the account is an administrator’s (takeover by another address)', async () => {
    const support = await addAdmin({ roles: ['support'] })
    const refused = await patch(support, `/admin/users/${admin.id}`, { email: 'thief@evil.test' })
    expect(refused.status).toBe(403)
    const { path } = await addManaged()
    expect((await patch(support, path, { profile: { name: 'Ada' } })).status).toBe(200)
    const service = await addServiceAccount(['admin:users:write'])
    expect((await patch(service, `/admin/users/${admin.id}`, { profile: { name: 'x' } })).status).toBe(403)
  })
})

describe('an account as it was', () => {
  it('is rebuilt from the trail, and is nothing before it was made', async () => {
    const body = { email: `${uuidv7()}@people.test`, profile: { name: 'First' }, setup: { method: 'none' } }
    const before = new Date(Date.now() - 1).toISOString()
    const created = (await (await callAdmin(admin, 'POST', '/admin/users', { body })).json()) as {
      id: string
    }
    const path = `/admin/users/${created.id}`
    const between = new Date(Date.now() + 1).toISOString()
    await new Promise((resolve) => setTimeout(resolve, 5))
    await patch(admin, path, { profile: { name: 'Second' }, phone_number: '+493012345678' })
    const past = async (at: string) => callAdmin(admin, 'GET', `${path}?at=${encodeURIComponent(at)}`)
    const then = await past(between)
    expect(then.status).toBe(200)
    expect(then.headers.get('etag')).toBeNull()
    const user = (await then.json()) as Record<string, unknown>
    expect(user).toMatchObject({ email: body.email, phone_number: null, profile: { name: 'First' } })
    expect(user).not.toHaveProperty('has_password')
    expect((await past(before)).status).toBe(404)
    const now = (await (await past(new Date(Date.now() + 1000).toISOString())).json()) as object
    expect(now).toMatchObject({ profile: { name: 'Second' } })
    expect((await past('yesterday')).status).toBe(400)
  })
})
