import { eq } from 'drizzle-orm'
import { beforeAll, describe, expect, it } from 'vitest'
import { passwordCredentials, passwordSetupLinks } from '../../../src/db/schema.ts'
import { uuidv7 } from '../../../src/kit/ids.ts'
import { argon2Hasher } from '../../../src/passwords/argon2.ts'
import { testDatabase } from '../../fakes/database.ts'
import { addAdmin, addServiceAccount, callAdmin, type TestActor } from '../../worker/admin-client.ts'
import { eventsAbout, readUser } from '../../worker/managed-person.ts'

let admin: TestActor
beforeAll(async () => {
  admin = await addAdmin()
})

const freshEmail = () => `${uuidv7()}@created.test`
const create = (body: unknown, headers: Record<string, string> = {}) =>
  callAdmin(admin, 'POST', '/admin/users', { body, headers })

interface Created {
  readonly id: string
  readonly temporary_password?: string
  readonly invitation_url?: string
  readonly invitation_expires_at?: string
}

const created = async (body: unknown): Promise<Created> => {
  const response = await create(body)
  expect(response.status, await response.clone().text()).toBe(201)
  return response.json()
}

const hashOf = async (userId: string) => {
  const [row] = await testDatabase()
    .select()
    .from(passwordCredentials)
    .where(eq(passwordCredentials.user_id, userId))
  return row
}

describe('creating an account', () => {
  it('answers it as it can be read afterwards, with ETag and Location', async () => {
    const email = freshEmail()
    const profile = { name: 'Ada Lovelace', birthdate: '1815-12-10', address: { country: 'GB' } }
    const response = await create({ email, profile, setup: { method: 'none' } })
    expect(response.status, await response.clone().text()).toBe(201)
    const body = (await response.json()) as Created
    expect(response.headers.get('location')).toBe(`/admin/users/${body.id}`)
    expect(response.headers.get('etag')).toBe('"1"')
    const read = await readUser(admin, body.id)
    expect(read.user).toEqual(body)
    expect(read.etag).toBe('"1"')
    expect(read.user).toMatchObject({ email, profile, has_password: false, status: 'active', roles: [] })
    const [event] = await eventsAbout(body.id)
    expect(event).toMatchObject({ type: 'user.created', actor_id: admin.id })
    expect(event?.changes?.['email']).toEqual({ before: null, after: email })
  })

  it('with a temporary password shows it once and has it changed at sign-in', async () => {
    const user = await created({ email: freshEmail(), setup: { method: 'temporary_password' } })
    expect(user.temporary_password).toMatch(/^([a-z2-9]{5}-){3}[a-z2-9]{5}$/)
    const stored = await hashOf(user.id)
    expect(stored?.must_change).toBe(true)
    expect(await argon2Hasher.verify(user.temporary_password as string, stored?.hash)).toBe(true)
    const { user: read } = await readUser(admin, user.id)
    expect(read).toMatchObject({ has_password: true, must_change_password: true })
    expect(JSON.stringify(read)).not.toContain(user.temporary_password)
    expect(JSON.stringify(await eventsAbout(user.id))).not.toContain(user.temporary_password)
  })

  it('with an invitation shows its link once and stores only a hash of its secret', async () => {
    const setup = { method: 'invitation', expires_in_seconds: 3600 }
    const user = await created({ email: freshEmail(), setup })
    expect(user.invitation_url).toMatch(/^https:\/\/auth\.test\/set-password\?link=authly_il_[\w-]+\.[\w-]+$/)
    const [link] = await testDatabase()
      .select()
      .from(passwordSetupLinks)
      .where(eq(passwordSetupLinks.user_id, user.id))
    expect(link?.purpose).toBe('invitation')
    expect(link?.expires_at.toISOString()).toBe(user.invitation_expires_at)
    expect(user.invitation_url).not.toContain(link?.secret_hash)
    expect((await eventsAbout(user.id)).map(({ type }) => type)).toEqual(['user.invited'])
  })

  it('with a given password applies the password rules (decision 11)', async () => {
    const email = freshEmail()
    for (const password of ['short', 'password1234', email]) {
      const refused = await create({ email, setup: { method: 'password', password } })
      expect(refused.status).toBe(400)
      expect(await refused.json()).toMatchObject({ errors: [{ pointer: '#/setup/password' }] })
    }
    const setup = { method: 'password', password: 'purple-kettle-orbit', must_change: false }
    const user = await created({ email, setup })
    expect((await hashOf(user.id))?.must_change).toBe(false)
  })

  it.each<[string, Record<string, unknown>, string]>([
    ['nobody could sign in to', {}, '#/username'],
    ['with roles, which need a recent sign-in', { email: 'a@b.test', roles: ['admin'] }, '#/roles'],
    ['with an id of the caller’s choice', { email: 'a@b.test', id: uuidv7() }, '#/id'],
    ['with an address that is none', { email: 'nobody' }, '#/email'],
    ['named by letters of two alphabets', { username: 'p\u0430ypal' }, '#/username'],
    ['with an unknown claim', { email: 'a@b.test', profile: { admin: true } }, '#/profile/admin'],
    [
      'with a name of a megabyte',
      { email: 'a@b.test', profile: { name: 'x'.repeat(200_000) } },
      '#/profile/name',
    ],
  ])('refuses one %s', async (_, fields, pointer) => {
    const response = await create({ ...fields, setup: { method: 'none' } })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ errors: [{ pointer }] })
  })

  it('refuses a profile beyond all bounds', async () => {
    const profile = { name: 'x'.repeat(300_000) }
    expect((await create({ email: freshEmail(), profile, setup: { method: 'none' } })).status).toBe(413)
  })

  it('refuses an address or a username that somebody has, whatever the case or composition', async () => {
    const username = `jos\u00e9-${uuidv7()}`
    const email = freshEmail()
    await created({ username, email, setup: { method: 'none' } })
    const same = { username: username.toUpperCase().normalize('NFD'), setup: { method: 'none' } }
    const taken = await create(same)
    expect(taken.status).toBe(409)
    expect(await taken.json()).toMatchObject({
      errors: [{ pointer: '#/username', detail: 'is taken, as a username or as an e-mail address' }],
    })
    expect((await create({ email: email.toUpperCase(), setup: { method: 'none' } })).status).toBe(409)
  })

  it('acts once for one Idempotency-Key in parallel, secret included', async () => {
    const email = freshEmail()
    const headers = { 'idempotency-key': uuidv7() }
    const post = () => create({ email, setup: { method: 'temporary_password' } }, headers)
    const answers = await Promise.all(Array.from({ length: 6 }, post))
    expect(answers.map(({ status }) => status)).toEqual(Array(6).fill(201))
    expect(new Set(await Promise.all(answers.map((answer) => answer.text()))).size).toBe(1)
  })

  it('needs the permission to change people', async () => {
    const service = await addServiceAccount(['admin:users:read'])
    const body = { email: freshEmail(), setup: { method: 'none' } }
    expect((await callAdmin(service, 'POST', '/admin/users', { body })).status).toBe(403)
  })
})
