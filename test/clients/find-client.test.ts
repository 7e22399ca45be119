import { expect, test } from 'vitest'
import { createFindClient } from '../../src/clients/find-client.ts'
import { cacheUnderTest } from '../fakes/edge-cache.ts'

test.each([
  ['', 'empty'],
  ['x'.repeat(256), 'too long'],
  ['client\u0000', 'a control character'],
  ['clïent', 'not ASCII'],
  ['client\n', 'a line break'],
])('%j cannot be a client id and costs no query (RFC 6749 appendix A.1: %s)', async (clientId) => {
  const { cache } = cacheUnderTest({ now: () => 0 })
  const findClient = createFindClient({ cache, loadClient: () => Promise.reject(new Error('queried')) })
  expect(await findClient(clientId)).toBeUndefined()
})
