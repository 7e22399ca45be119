import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Client } from '../../src/clients/client.ts'
import {
  clientJwksRetrySeconds,
  clientJwksStaleSeconds,
  clientJwksTtlSeconds,
  createFetchClientJwks,
} from '../../src/clients/fetch-client-jwks.ts'
import type { Replica } from '../../src/edge-cache/replica.ts'
import { createMemoryReplica } from '../fakes/memory-replica.ts'

let server: Server
let uri: string
let fetches: number
let answer: string
let now: number

beforeAll(async () => {
  server = createServer((_, response) => {
    fetches++
    response.writeHead(answer === '' ? 500 : 200).end(answer)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`
})
afterAll(() => void server.close())
beforeEach(() => {
  fetches = 0
  replica = createMemoryReplica()
  now = 1_800_000_000_000
  answer = '{"keys":[{"kty":"EC","kid":"one"}]}'
})

const client = (changes: Partial<Client>) => ({ client_id: 'c', ...changes }) as Client
let replica: ReturnType<typeof createMemoryReplica>
const isolate = (allowLoopbackFetch = true, region: Replica = replica) =>
  createFetchClientJwks({
    now: () => now,
    rules: { allowLoopbackFetch, fetchHosts: new Set() },
    replica: region,
    waitUntil: (work) => void stored.push(work),
    memory: new Map(),
  })
/** What runs on after the response. */
const stored: Promise<unknown>[] = []
const kids = (jwks: { keys: { kid?: string }[] } | undefined) => jwks?.keys.map((key) => key.kid)

test('inline keys cost no fetch', async () => {
  const jwks = { keys: [{ kty: 'EC', kid: 'inline' }] }
  expect(await isolate()(client({ jwks, jwks_uri: uri }))).toEqual(jwks)
  expect(fetches).toBe(0)
})

test('a client without keys has none', async () => {
  expect(await isolate()(client({}))).toBeUndefined()
})

test('keys of a jwks_uri are fetched once and kept', async () => {
  const fetchJwks = isolate()
  for (let request = 0; request < 5; request++)
    expect(kids(await fetchJwks(client({ jwks_uri: uri })))).toEqual(['one'])
  expect(fetches).toBe(1)
  now += clientJwksTtlSeconds * 1000
  await fetchJwks(client({ jwks_uri: uri }))
  expect(fetches).toBe(2)
})

test('requests that arrive together on a cold isolate all get the keys', async () => {
  const fetchJwks = isolate()
  const answers = await Promise.all([1, 2, 3].map(() => fetchJwks(client({ jwks_uri: uri }))))
  expect(answers.map(kids)).toEqual([['one'], ['one'], ['one']])
})

test('a flood while the address is slow does not become a flood there', async () => {
  const fetchJwks = isolate()
  const flood = () => Promise.all(Array.from({ length: 200 }, () => fetchJwks(client({ jwks_uri: uri }))))
  await flood()
  expect(fetches).toBeLessThanOrEqual(9)
  now += clientJwksRetrySeconds * 1000
  await Promise.all(Array.from({ length: 200 }, () => fetchJwks(client({ jwks_uri: uri }), { stale: true })))
  expect(fetches).toBeLessThanOrEqual(18)
})

test('an unknown kid asks past the cache, at most every half minute', async () => {
  const fetchJwks = isolate()
  await fetchJwks(client({ jwks_uri: uri }))
  answer = '{"keys":[{"kty":"EC","kid":"two"}]}'
  now += clientJwksRetrySeconds * 1000
  expect(kids(await fetchJwks(client({ jwks_uri: uri }), { stale: true }))).toEqual(['two'])
  for (let request = 0; request < 50; request++) await fetchJwks(client({ jwks_uri: uri }), { stale: true })
  expect(fetches).toBe(2)
})

test('a failing address is left alone for half a minute and its old keys count meanwhile', async () => {
  const fetchJwks = isolate()
  await fetchJwks(client({ jwks_uri: uri }))
  answer = ''
  now += clientJwksTtlSeconds * 1000
  for (let request = 0; request < 50; request++) {
    expect(kids(await fetchJwks(client({ jwks_uri: uri })))).toEqual(['one'])
  }
  expect(fetches).toBe(2)
  now += 3600_000
  expect(await fetchJwks(client({ jwks_uri: uri }))).toBeUndefined()
})

test.each([
  'not json',
  '[]',
  '{"keys":{}}',
  '{"keys":[1]}',
  `{"keys":[${'{"kty":"EC"},'.repeat(60)}{"kty":"EC"}]}`,
])('an answer that is no key set gives no keys: %#', async (text) => {
  answer = text
  expect(await isolate()(client({ jwks_uri: uri }))).toBeUndefined()
})

test('the outgoing-request guard stands before the fetch', async () => {
  expect(await isolate(false)(client({ jwks_uri: uri }))).toBeUndefined()
  expect(fetches).toBe(0)
})

describe('while the address is unreachable', () => {
  const fetchOnce = async () => {
    await isolate()(client({ jwks_uri: uri }))
    await Promise.all(stored)
    answer = ''
  }

  test('a cold isolate uses what another one of the region fetched, for an hour', async () => {
    await fetchOnce()
    now += clientJwksStaleSeconds * 1000 - 60_000
    expect(kids(await isolate()(client({ jwks_uri: uri })))).toEqual(['one'])
    now += 60_000
    expect(await isolate()(client({ jwks_uri: uri }))).toBeUndefined()
  })

  test('keys from the copy become no younger in the isolate that took them', async () => {
    await fetchOnce()
    now += clientJwksStaleSeconds * 1000 - 60_000
    const cold = isolate()
    expect(kids(await cold(client({ jwks_uri: uri })))).toEqual(['one'])
    now += 60_000
    expect(await cold(client({ jwks_uri: uri }))).toBeUndefined()
  })

  test('a key that was removed before is not in the copy either', async () => {
    await fetchOnce()
    answer = '{"keys":[{"kty":"EC","kid":"two"}]}'
    now += clientJwksTtlSeconds * 1000
    await fetchOnce()
    expect(kids(await isolate()(client({ jwks_uri: uri })))).toEqual(['two'])
  })

  test('the copy of another address, or an address that changed, does not count', async () => {
    await fetchOnce()
    expect(await isolate()(client({ jwks_uri: `${uri}?other` }))).toBeUndefined()
  })

  test('a replica that fails, or has no key set, is as good as none', async () => {
    await fetchOnce()
    const failing: Replica = { get: () => Promise.reject(new Error('away')), put: async () => undefined }
    expect(await isolate(true, failing)(client({ jwks_uri: uri }))).toBeUndefined()
    for (const [key, entry] of replica.entries) replica.entries.set(key, { ...entry, value: '{"keys":1}' })
    expect(await isolate()(client({ jwks_uri: uri }))).toBeUndefined()
  })

  test('as soon as it answers, the copy is not asked', async () => {
    await fetchOnce()
    answer = '{"keys":[{"kty":"EC","kid":"two"}]}'
    expect(kids(await isolate()(client({ jwks_uri: uri })))).toEqual(['two'])
  })
})
