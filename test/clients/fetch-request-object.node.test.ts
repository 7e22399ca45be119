import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createFetchRequestObject, requestObjectTtlSeconds } from '../../src/clients/fetch-request-object.ts'

let server: Server
let uri: string
let requests: IncomingMessage[]
let answer: { status: number; body: string; headers?: Record<string, string> }
let now: number

beforeAll(async () => {
  server = createServer((request, response) => {
    requests.push(request)
    response.writeHead(answer.status, answer.headers).end(answer.body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/request.jwt`
})
afterAll(() => void server.close())
beforeEach(() => {
  requests = []
  now = 1_800_000_000_000
  answer = { status: 200, body: 'a.b.c\n' }
})

const isolate = (allowLoopbackFetch = true) =>
  createFetchRequestObject({
    now: () => now,
    rules: { allowLoopbackFetch, fetchHosts: new Set() },
    memory: new Map(),
  })

test('an object is fetched without the fragment, which is a hash of it (OpenID Connect Core §6.2)', async () => {
  expect(await isolate()(`${uri}#aGFzaA`)).toBe('a.b.c')
  expect(requests.map(({ url }) => url)).toEqual(['/request.jwt'])
  expect(requests[0]?.headers.accept).toContain('application/oauth-authz-req+jwt')
})

test('it is kept for a moment, whatever the fragment: links cannot make this server flood another', async () => {
  const fetchObject = isolate()
  for (const fragment of ['', '#a', '#b']) expect(await fetchObject(uri + fragment)).toBe('a.b.c')
  expect(requests).toHaveLength(1)
  now += requestObjectTtlSeconds * 1000
  answer.body = 'd.e.f'
  expect(await fetchObject(uri)).toBe('d.e.f')
  expect(requests).toHaveLength(2)
})

test('a failure is kept for as long', async () => {
  const fetchObject = isolate()
  answer = { status: 500, body: '' }
  expect(await fetchObject(uri)).toBeUndefined()
  answer = { status: 200, body: 'a.b.c' }
  expect(await fetchObject(uri)).toBeUndefined()
  expect(requests).toHaveLength(1)
  now += requestObjectTtlSeconds * 1000
  expect(await fetchObject(uri)).toBe('a.b.c')
})

test('requests at the same moment start eight fetches at most', async () => {
  const fetchObject = isolate()
  await Promise.all(Array.from({ length: 20 }, () => fetchObject(uri)))
  expect(requests.length).toBeLessThanOrEqual(8)
})

test.each([
  ['redirects', { status: 302, body: '', headers: { location: 'http://127.0.0.1:1/' } }],
  ['is larger than any request', { status: 200, body: 'x'.repeat(40_000) }],
  ['is not there', { status: 404, body: 'a.b.c' }],
])('nothing is taken from an address that %s', async (_, other) => {
  answer = other
  expect(await isolate()(uri)).toBeUndefined()
})

test('loopback addresses are out of reach in production (server-side request forgery)', async () => {
  expect(await isolate(false)(uri)).toBeUndefined()
  expect(requests).toEqual([])
})
