/** The load generator of the latency goals sees a stall as everybody does whom it would have kept waiting. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import { runConstantRate } from '../../bench/load/constant-rate.ts'
import type { RequestPlan } from '../../bench/target.ts'

let stop: () => void = () => undefined
afterEach(() => stop())

async function serve(answer: (index: number) => Promise<{ status: number; body: string }>): Promise<number> {
  let requests = 0
  const server = createServer(async (_, response) => {
    const { status, body } = await answer(requests++)
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
