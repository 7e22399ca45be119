/** The stack that black-box tests and benchmarks stand on: production bundle, raw workerd, real Postgres. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type RunningStack, startStack } from '../../scripts/stack/start-stack.ts'

let stack: RunningStack

beforeAll(async () => {
  // Characters that a careless configuration file would break on.
  stack = await startStack({
    vars: { AUTHLY_RATE_LIMITS: '{ }\n\t', UNUSED_ODD_VALUE: '"\\ü€\u0007\u001f[$]' },
  })
})
afterAll(() => stack?.stop())

async function getToken(): Promise<number> {
  const { client_id, client_secret } = stack.clients['demo-service'] as {
    client_id: string
    client_secret: string
  }
  const response = await fetch(`${stack.issuer}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${client_id}:${client_secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'demo:read' }),
  })
  await response.arrayBuffer()
  return response.status
}

async function health(): Promise<readonly unknown[]> {
  const response = await fetch(`${stack.issuer}/health/ready`)
  const { status, checks } = (await response.json()) as { status: string; checks: Record<string, string> }
  return [response.status, status, checks['postgres']]
}

it('says that it is ready when Postgres, objects and keys answer, and degraded without Postgres', async () => {
  await expect.poll(health, { timeout: 10_000 }).toEqual([200, 'ready', 'ok'])
})

it('serves the production bundle with the demo clients', async () => {
  expect(await getToken()).toBe(200)
})

it('keeps issuing tokens in a crashed and restarted worker process while Postgres is down (design: edge cache)', async () => {
  const pid = stack.workerPid()
  await stack.stopPostgres('immediate')
  expect(await getToken()).toBe(200)
  await expect.poll(health, { timeout: 10_000 }).toEqual([200, 'degraded', 'unavailable'])
  expect((await fetch(`${stack.issuer}/health/live`)).status).toBe(200)
  await stack.restartWorker('SIGKILL')
  expect(stack.workerPid()).not.toBe(pid)
  expect(await getToken()).toBe(200)
  await stack.startPostgres()
  expect(await getToken()).toBe(200)
})
