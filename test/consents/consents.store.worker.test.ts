import { expect, test } from 'vitest'
import { findConsent, saveConsent } from '../../src/consents/consents.store.ts'
import { clients, users } from '../../src/db/schema.ts'
import { uuidv7 } from '../../src/kit/ids.ts'
import { testDatabase } from '../fakes/database.ts'

async function userAndClient() {
  const database = testDatabase()
  const userId = uuidv7()
  const clientId = `client-${userId}`
  await database.insert(users).values({ id: userId, username: userId })
  await database
    .insert(clients)
    .values({ client_id: clientId, client_name: 'c', token_endpoint_auth_method: 'none', grant_types: [] })
  return { database, userId, clientId }
}

test('remembers nothing before the first consent', async () => {
  const { database, userId, clientId } = await userAndClient()
  expect(await findConsent(database, userId, clientId)).toBeUndefined()
})

test('adds to what was allowed before, takes nothing away and returns the whole', async () => {
  const { database, userId, clientId } = await userAndClient()
  const first = await saveConsent(database, userId, clientId, { scopes: ['openid', 'profile'], claims: [] })
  expect(first).toEqual({ scopes: ['openid', 'profile'], claims: [] })
  const second = await saveConsent(database, userId, clientId, {
    scopes: ['email', 'openid'],
    claims: ['name'],
  })
  expect(second).toEqual({ scopes: ['email', 'openid', 'profile'], claims: ['name'] })
  expect(await findConsent(database, userId, clientId)).toEqual(second)
})

test('consents given in parallel all count', async () => {
  const { database, userId, clientId } = await userAndClient()
  const scopes = ['a', 'b', 'c', 'd', 'e', 'f']
  await Promise.all(
    scopes.map((scope) => saveConsent(database, userId, clientId, { scopes: [scope], claims: [] })),
  )
  expect((await findConsent(database, userId, clientId))?.scopes).toEqual(scopes)
})
