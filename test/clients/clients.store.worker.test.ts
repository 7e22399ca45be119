import { expect, test } from 'vitest'
import { loadClient } from '../../src/clients/clients.store.ts'
import { createFindClient } from '../../src/clients/find-client.ts'
import { clientSecrets, clients } from '../../src/db/schema.ts'
import { uuidv7 } from '../../src/kit/ids.ts'
import { testDatabase } from '../fakes/database.ts'
import { cacheUnderTest } from '../fakes/edge-cache.ts'

const newClient = (clientId: string, changes: Partial<typeof clients.$inferInsert> = {}) => ({
  client_id: clientId,
  client_name: 'Test "client" ✓',
  token_endpoint_auth_method: 'client_secret_basic',
  grant_types: ['authorization_code', 'refresh_token'],
  redirect_uris: ['https://app.test/cb?a=1,2', 'https://app.test/{x}"y"'],
  scopes: ['openid', 'profile'],
  ...changes,
})

test('reads a client with its live secrets, newest first, in one query', async () => {
  const database = testDatabase()
  const clientId = `client-${uuidv7()}`
  await database.insert(clients).values(newClient(clientId, { jwks: { keys: [{ kty: 'EC' }] } }))
  const later = new Date(Date.now() + 3600_000)
  const secret = (secret_hash: string, created: number, expires_at: Date | null = null) => ({
    id: uuidv7(),
    client_id: clientId,
    secret_hash,
    expires_at,
    created_at: new Date(created),
  })
  await database
    .insert(clientSecrets)
    .values([secret('old', 1000, later), secret('new', 2000), secret('expired', 3000, new Date(1))])

  const loaded = await loadClient(database, clientId)
  expect(loaded?.version).toBe(1)
  expect(loaded?.value).toMatchObject({
    client_id: clientId,
    client_name: 'Test "client" ✓',
    enabled: true,
    application_type: 'web',
    jwks: { keys: [{ kty: 'EC' }] },
    jwks_uri: undefined,
    redirect_uris: ['https://app.test/cb?a=1,2', 'https://app.test/{x}"y"'],
    post_logout_redirect_uris: [],
    response_types: ['code'],
    serves_resources: [],
    id_token_signed_response_alg: 'RS256',
    access_token_signed_response_alg: 'ES256',
    require_pkce: true,
    access_token_ttl_seconds: undefined,
    secrets: [
      { secret_hash: 'new', expires_at: undefined },
      { secret_hash: 'old', expires_at: later.getTime() },
    ],
  })
})

test('a client without secrets has an empty list', async () => {
  const database = testDatabase()
  const clientId = `client-${uuidv7()}`
  await database.insert(clients).values(newClient(clientId, { token_endpoint_auth_method: 'none' }))
  expect((await loadClient(database, clientId))?.value.secrets).toEqual([])
})

test('an unknown id is absent, and quotes in it are only text', async () => {
  expect(await loadClient(testDatabase(), "nobody' or '1'='1")).toBeUndefined()
})

test('a disabled client looks like none at all', async () => {
  const database = testDatabase()
  const clientId = `client-${uuidv7()}`
  await database.insert(clients).values(newClient(clientId, { enabled: false }))
  const { cache } = cacheUnderTest({ now: Date.now })
  const findClient = createFindClient({
    cache,
    loadClient: (id) => loadClient(database, id),
    profile: 'oidc',
    loadScopeCatalog: () => Promise.reject(new Error('asked')),
    findByDocument: () => Promise.reject(new Error('asked')),
  })
  expect(await findClient(clientId)).toBeUndefined()
})
