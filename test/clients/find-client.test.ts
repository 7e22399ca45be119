import { expect, test } from 'vitest'
import { createFindClient } from '../../src/clients/find-client.ts'
import { aClient } from '../fakes/client.ts'
import { cacheUnderTest } from '../fakes/edge-cache.ts'
import { createMemoryReplica } from '../fakes/memory-replica.ts'

const needs = {
  profile: 'oidc' as const,
  loadScopeCatalog: async () => ({
    scopes: [
      { name: 'openid', description: 'OpenID', resource: undefined },
      { name: 'admin:users:read', description: 'People', resource: undefined },
      { name: 'read', description: 'Read', resource: 'https://api.example' },
      { name: 'write', description: 'Write', resource: 'https://closed.example' },
    ],
    resource_servers: [
      { resource: 'https://api.example', name: 'API', open_to_unreviewed: true },
      { resource: 'https://closed.example', name: 'Closed', open_to_unreviewed: false },
    ],
  }),
  findByDocument: async () => undefined,
}

test('only clients this isolate has met, when told so: made-up ids cost no I/O (flood)', async () => {
  let loads = 0
  let now = 0
  const replica = createMemoryReplica()
  const { cache } = cacheUnderTest({ now: () => now, replica })
  const loadClient = async (clientId: string) => {
    loads += 1
    return clientId === 'app' ? { value: aClient(), version: 1 } : undefined
  }
  const findClient = createFindClient({ ...needs, cache, loadClient })
  await findClient('app')
  await findClient('made-up')
  expect(loads).toBe(2)
  now = 3600_000
  expect(await findClient('made-up', { onlyKnown: true })).toBeUndefined()
  expect(await findClient('never-seen', { onlyKnown: true })).toBeUndefined()
  expect(loads).toBe(2)
  // A known one is renewed as ever: a flood must not keep a withdrawn client alive.
  expect(await findClient('app', { onlyKnown: true })).toMatchObject({ client_id: 'app' })
  expect(loads).toBe(3)
})

test.each([
  ['', 'empty'],
  ['x'.repeat(256), 'too long'],
  ['client\u0000', 'a control character'],
  ['clïent', 'not ASCII'],
  ['client\n', 'a line break'],
])('%j cannot be a client id and costs no query (RFC 6749 appendix A.1: %s)', async (clientId) => {
  const { cache } = cacheUnderTest({ now: () => 0 })
  const findClient = createFindClient({
    ...needs,
    cache,
    loadClient: () => Promise.reject(new Error('queried')),
  })
  expect(await findClient(clientId)).toBeUndefined()
})

test('one that nobody reviewed is never more than what is open to everybody, whatever is stored', async () => {
  const { cache } = cacheUnderTest({ now: () => 0 })
  const stored = aClient({
    ...{ origin: 'registration', reviewed: false, first_party: true, nonce_optional: true },
    ...{ client_uri: 'https://a.example', policy_uri: 'https://a.example', tos_uri: 'https://a.example' },
    scopes: ['openid', 'admin:users:read', 'read', 'write'],
    resources: ['https://api.example', 'https://closed.example'],
    serves_resources: ['https://api.example'],
    authorization_details_types: ['payment'],
  })
  const findClient = createFindClient({
    ...needs,
    cache,
    loadClient: async () => ({ value: stored, version: 1 }),
  })
  expect(await findClient('app')).toMatchObject({
    ...{ first_party: false, nonce_optional: false, serves_resources: [], authorization_details_types: [] },
    ...{ client_uri: undefined, policy_uri: undefined, tos_uri: undefined },
    scopes: ['openid', 'read'],
    resources: ['https://api.example'],
  })
})

test('an id that is an address is never looked up among registered clients', async () => {
  const { cache } = cacheUnderTest({ now: () => 0 })
  const loadClient = () => Promise.reject(new Error('queried'))
  const described = aClient({ client_id: 'https://app.example/client.json', origin: 'document' })
  const findByDocument = async (address: string) => (address === described.client_id ? described : undefined)
  const findClient = createFindClient({ ...needs, cache, loadClient, findByDocument })
  expect(await findClient('https://app.example/client.json')).toMatchObject({ origin: 'document' })
  expect(await findClient('https://app.example/other.json')).toBeUndefined()
})
