import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Client } from '../../src/clients/client.ts'
import {
  clientJwksRetrySeconds,
  clientJwksTtlSeconds,
  createFetchClientJwks,
} from '../../src/clients/fetch-client-jwks.ts'

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
  now = 1_800_000_000_000
  answer = '{"keys":[{"kty":"EC","kid":"one"}]}'
})

const client = (changes: Partial<Client>) => ({ client_id: 'c', ...changes }) as Client
const isolate = (allowLoopbackFetch = true) =>
  createFetchClientJwks({
    now: () => now,
    rules: { allowLoopbackFetch, fetchHosts: new Set() },
    memory: new Map(),
  })
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
