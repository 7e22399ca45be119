import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createOtlpExporter } from '../../../src/telemetry/traces/otlp-exporter.ts'
import { spanOf } from './span-of.ts'

let server: Server
let endpoint: string
let answer: (request: IncomingMessage, response: ServerResponse) => void
let received: { url: string | undefined; headers: IncomingMessage['headers']; body: string }[]

beforeEach(async () => {
  received = []
  answer = (_, response) => response.end('{}')
  server = createServer(async (request, response) => {
    let body = ''
    for await (const part of request) body += part
    received.push({ url: request.url, headers: request.headers, body })
    answer(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterEach(() => new Promise((resolve) => server.close(resolve)))

const send = (base = endpoint) =>
  createOtlpExporter({
    ...{ endpoint: base, headers: { authorization: 'Bearer collector-secret' } },
    ...{ resource: { 'service.name': 'authly' }, version: '1' },
  })([spanOf('one'), spanOf('two')])

test('spans are posted to /v1/traces of the endpoint, with the operator’s headers', async () => {
  expect(await send(`${endpoint}/base/`)).toEqual({ status: 'accepted' })
  const [request] = received
  expect(request?.url).toBe('/base/v1/traces')
  expect(request?.headers).toMatchObject({
    ...{ authorization: 'Bearer collector-secret', 'content-type': 'application/json' },
  })
  const { spans } = JSON.parse(request?.body ?? '').resourceSpans[0].scopeSpans[0]
  expect(spans.map(({ name }: { name: string }) => name)).toEqual(['one', 'two'])
})

test.each([429, 502, 503, 504])('after %d they may be sent again', async (status) => {
  answer = (_, response) => response.writeHead(status).end()
  expect(await send()).toMatchObject({ status: 'again', reason: `the collector answered ${status}` })
})

test.each([400, 401, 404, 500])('after %d they may not', async (status) => {
  answer = (_, response) => response.writeHead(status).end()
  expect(await send()).toMatchObject({ status: 'refused' })
})

test('attack: a redirect does not take the secret header to another server', async () => {
  answer = ({ url }, response) =>
    url?.startsWith('/elsewhere')
      ? response.end('{}')
      : response.writeHead(307, { location: '/elsewhere' }).end()
  expect((await send()).status).not.toBe('accepted')
  expect(received).toHaveLength(1)
})

test('a collector that cannot be reached is a reason, not an exception; it does not quote the address', async () => {
  const sent = await send('http://127.0.0.1:9')
  expect(sent).toMatchObject({ status: 'again' })
  expect(JSON.stringify(sent)).not.toContain('127.0.0.1')
})
