import { eq } from 'drizzle-orm'
import { expect, test } from 'vitest'
import {
  otpCredentials,
  passkeys,
  passwordCredentials,
  recoveryCodes,
  roles,
  users,
} from '../../src/db/schema.ts'
import { uuidv7 } from '../../src/kit/ids.ts'
import { findUser, findUserForLogin } from '../../src/users/users.store.ts'
import { ownDatabase, testDatabase } from '../fakes/database.ts'

const tag = () => uuidv7().slice(-12)

test('finds a user by id with profile and roles', async () => {
  const database = testDatabase()
  const id = uuidv7()
  const profile = { name: 'Zoë', address: { country: 'DE' } }
  await database.insert(users).values({ id, email: `${tag()}@x.test`, profile, roles: ['admin'] })
  expect(await findUser(database, id)).toMatchObject({
    id,
    username: undefined,
    profile,
    roles: ['admin'],
    status: 'active',
    updated_at: expect.any(Number),
  })
})

test.each(['', 'no-uuid', "' or 1=1 --", '00000000-0000-0000-0000-000000000000'])(
  'no user behind %j',
  async (id) => {
    expect(await findUser(testDatabase(), id)).toBeUndefined()
  },
)

test('finds the user and the password by e-mail or username, ignoring case', async () => {
  const database = testDatabase()
  const id = uuidv7()
  const name = tag()
  await database.insert(users).values({ id, email: `${name}@Example.test`, username: `User-${name}` })
  await database
    .insert(passwordCredentials)
    .values({ user_id: id, hash: '$argon2id$v=19$m=19456,t=2,p=1$x', must_change: true })
  for (const identifier of [`${name}@EXAMPLE.test`, `user-${name}`.toUpperCase()]) {
    const { person: found } = await findUserForLogin(database, identifier)
    expect(found?.user.id).toBe(id)
    expect(found?.password).toEqual({
      hash: '$argon2id$v=19$m=19456,t=2,p=1$x',
      must_change: true,
      is_breach_check_due: true,
    })
  }
})

test('a user without a password has none', async () => {
  const database = testDatabase()
  const name = tag()
  await database.insert(users).values({ id: uuidv7(), username: name })
  expect(await findUserForLogin(database, name)).toMatchObject({ person: { password: undefined } })
})

test.each(['', 'nobody@x.test', 'x\u0000y', 'x'.repeat(100_000)])(
  'unknown identifier %#',
  async (identifier) => {
    expect((await findUserForLogin(testDatabase(), identifier)).person).toBeUndefined()
  },
)

test('says whether imported hashes are left, also about a person who does not exist', async () => {
  const database = await ownDatabase()
  const renewed = '$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0$aGFzaGhhc2hoYXNoaGFzaA'
  const add = async (hash: string) => {
    const id = uuidv7()
    await database.insert(users).values({ id, username: tag() })
    await database.insert(passwordCredentials).values({ user_id: id, hash })
    return id
  }
  await add(renewed)
  expect((await findUserForLogin(database, 'nobody')).hasForeignHashes).toBe(false)
  const id = await add('$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy')
  for (const identifier of ['nobody', 'x\0y']) {
    expect((await findUserForLogin(database, identifier)).hasForeignHashes).toBe(true)
  }
  await database.update(passwordCredentials).set({ hash: renewed }).where(eq(passwordCredentials.user_id, id))
  expect((await findUserForLogin(database, 'nobody')).hasForeignHashes).toBe(false)
})

test('tells what the account signs in with, and what its roles demand', async () => {
  const database = testDatabase()
  const [id, name, role] = [uuidv7(), tag(), `role-${tag()}`]
  const demand = { name: role, description: 'x', permissions: [], required_acr_values: ['phr'] }
  await database.insert(roles).values(demand)
  await database.insert(users).values({ id, username: name, roles: [role] })
  const none = { passkeys: 0, otp: 0, sms: 0, recovery_codes: 0 }
  const nothing = { password: 'none', ...none, required_acr_values: [['phr']], deletion_due_at: null }
  expect((await findUserForLogin(database, name)).person?.factors).toEqual(nothing)
  await database
    .insert(passwordCredentials)
    .values({ user_id: id, hash: '$argon2id$v=19$m=19456,t=2,p=1$x', breached_at: new Date() })
  await database.insert(passkeys).values({
    ...{ credential_id: id, user_id: id, rp_id: 'id.test', public_key: 'key', aaguid: uuidv7(), name: 'Key' },
    ...{ backup_eligible: true, backed_up: true, attestation_format: 'none' },
  })
  await database.insert(otpCredentials).values({
    ...{ id: uuidv7(), user_id: id, kind: 'totp', name: 'App', sealed_secret: 'sealed', algorithm: 'SHA1' },
    ...{ digits: 6, period_seconds: 30 },
  })
  await database.insert(recoveryCodes).values([
    { user_id: id, code_hash: 'unused' },
    { user_id: id, code_hash: 'used', used_at: new Date() },
  ])
  expect((await findUserForLogin(database, name)).person?.factors).toEqual({
    ...{ password: 'breached', passkeys: 1, otp: 1, sms: 0, recovery_codes: 1 },
    required_acr_values: [['phr']],
    deletion_due_at: null,
  })
})
