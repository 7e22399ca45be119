import { expect, test } from 'vitest'
import { createFindClient } from '../../src/clients/find-client.ts'
import { aClient } from '../fakes/client.ts'
import { cacheUnderTest } from '../fakes/edge-cache.ts'
import { createMemoryReplica } from '../fakes/memory-replica.ts'

test('only clients this isolate has met, when told so: made-up ids cost no I/O (flood)', async () => {
  let loads = 0
  let now = 0
  const replica = createMemoryReplica()
  const { cache } = cacheUnderTest({ now: () => now, replica })
  const loadClient = async (clientId: string) => {
    loads += 1
    return clientId === 'app' ? { value: aClient(), version: 1 } : undefined
  }
  const findClient = createFindClient({ cache, loadClient, profile: 'oidc' })
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
    cache,
    loadClient: () => Promise.reject(new Error('queried')),
    profile: 'oidc',
  })
  expect(await findClient(clientId)).toBeUndefined()
})
