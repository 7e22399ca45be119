/** The load generator of the latency goals sees a stall as everybody does whom it would have kept waiting. */
import { once } from 'node:events'
import { createServer, type ServerOptions } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { runConstantRate } from '../../bench/load/constant-rate.ts'
import type { RequestPlan } from '../../bench/target.ts'

let stop: () => void = () => undefined
afterEach(() => stop())

type Answer = (index: number, remotePort?: number) => Promise<{ status: number; body: string } | undefined>

/** No answer: the connection is closed instead. */
async function serve(answer: Answer, options: ServerOptions = {}): Promise<number> {
  let requests = 0
  const server = createServer({ keepAliveTimeoutBuffer: 0, ...options }, async ({ socket }, response) => {
    const answered = await answer(requests++, socket.remotePort)
    if (!answered) return socket.destroy()
    const { status, body } = answered
    response.writeHead(status, { 'content-length': body.length }).end(body)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  stop = () => {
    server.closeAllConnections()
    server.close()
  }
  return (server.address() as AddressInfo).port
}

const plan = (port: number): RequestPlan => ({
  kind: 'rotate',
  port,
  expect: { status: [200], bodyContains: 'fine' },
  requests: [{ method: 'GET', path: '/', headers: {} }],
})

test('counts the wait of requests that were due during a stall, not only of those it held', async () => {
  // Two connections, held for half a second: by the answers alone, 2 of 200 would have waited.
  const port = await serve(async (index) => {
    if (index < 2) await sleep(500)
    return { status: 200, body: '"fine"' }
  })
  const result = await runConstantRate(plan(port), { seconds: 1, connections: 2, requestsPerSecond: 200 })
  expect(result).toMatchObject({ requests: 200, failures: 0 })
  // Half of all were due while nothing was answered, so a fifth waited for more than 250 ms.
  expect(result.p99Ms).toBeGreaterThan(400)
})

test('counts answers that are not what the plan expects', async () => {
  const port = await serve(async (index) => ({
    status: index === 3 ? 500 : 200,
    body: index === 5 ? '' : '"fine"',
  }))
  const result = await runConstantRate(plan(port), { seconds: 0.1, connections: 1, requestsPerSecond: 100 })
  expect(result).toMatchObject({ requests: 10, failures: 2, failureSample: '500 "fine"' })
})

test('sends each rotated token once, as the answers bring them', async () => {
  let next = 0
  const port = await serve(async () => ({ status: 200, body: `{"refresh_token":"t${next++}"}` }))
  const template = { method: 'POST', path: '/', headers: {}, body: 'refresh_token={token}' } as const
  const result = await runConstantRate(
    { kind: 'successor', port, expect: { status: [200] }, template, tokens: ['first', 'second'] },
    { seconds: 0.2, connections: 4, requestsPerSecond: 100 },
  )
  expect(result).toMatchObject({ requests: 20, failures: 0 })
  expect(result.tokensLeft).toEqual(['t18', 't19'])
})

test('counts 429 among the failures and by itself, and tells how long the slowest took', async () => {
  const port = await serve(async (index) => {
    if (index === 19) await sleep(120)
    return { status: index < 3 ? 429 : 200, body: '"fine"' }
  })
  const result = await runConstantRate(plan(port), { seconds: 0.2, connections: 4, requestsPerSecond: 100 })
  expect(result).toMatchObject({ requests: 20, failures: 3, limited: 3, lost: 0, closedIdle: 0 })
  expect(result.maxMs).toBeGreaterThan(100)
  expect(result.p50Ms).toBeLessThan(result.maxMs)
})

test('opens a connection again that the server closed while it was idle, and counts it', async () => {
  const port = await serve(async () => ({ status: 200, body: '"fine"' }), { keepAliveTimeout: 30 })
  const result = await runConstantRate(plan(port), { seconds: 1, connections: 2, requestsPerSecond: 4 })
  expect(result).toMatchObject({ requests: 4, failures: 0, lost: 0 })
  expect(result.closedIdle).toBeGreaterThan(0)
})

test('counts a request as lost whose connection closes before the answer', async () => {
  const port = await serve(async (index) => (index === 2 ? undefined : { status: 200, body: '"fine"' }))
  const result = await runConstantRate(plan(port), { seconds: 0.1, connections: 2, requestsPerSecond: 100 })
  expect(result).toMatchObject({ requests: 10, failures: 1, lost: 1 })
})

test('uses every connection in turn', async () => {
  const clients = new Set<number | undefined>()
  const port = await serve(async (_, remotePort) => {
    clients.add(remotePort)
    return { status: 200, body: '"fine"' }
  })
  await runConstantRate(plan(port), { seconds: 0.2, connections: 16, requestsPerSecond: 100 })
  expect(clients.size).toBe(16)
})

test('ends when every rotated token was lost', async () => {
  const port = await serve(async () => undefined)
  const template = { method: 'POST', path: '/', headers: {}, body: 'refresh_token={token}' } as const
  const run = runConstantRate(
    { kind: 'successor', port, expect: { status: [200] }, template, tokens: ['only'] },
    { seconds: 0.2, connections: 2, requestsPerSecond: 100 },
  )
  await expect(run).rejects.toThrow('every token was lost')
})

test('fails when nothing listens', async () => {
  const port = await serve(async () => undefined)
  stop()
  const run = runConstantRate(plan(port), { seconds: 0.1, connections: 2, requestsPerSecond: 100 })
  await expect(run).rejects.toThrow('ECONNREFUSED')
})
