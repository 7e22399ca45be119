/** The stack that black-box tests and benchmarks stand on: production bundle, raw workerd, real Postgres. */
import { rm } from 'node:fs/promises'
import pg from 'pg'
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

async function health(path: 'ready' | 'startup', component: string): Promise<readonly unknown[]> {
  const response = await fetch(`${stack.issuer}/health/${path}`)
  const { status, components } = (await response.json()) as {
    status: string
    components: Record<string, { status: string; reason?: string }>
  }
  return [response.status, status, components[component]?.reason ?? components[component]?.status]
}

const patient = { timeout: 10_000 }

it('says that it is ready when Postgres, objects, keys and outboxes answer', async () => {
  await expect.poll(() => health('ready', 'postgres'), patient).toEqual([200, 'ok', 'ok'])
  await expect.poll(() => health('startup', 'schema'), patient).toEqual([200, 'ok', 'ok'])
})

it('does not start on a database that lacks a migration, and serves on one that has more', async () => {
  const owner = new pg.Client(stack.database_owner_url)
  await owner.connect()
  try {
    const journal = 'drizzle.__drizzle_migrations'
    await owner.query(`INSERT INTO ${journal} (hash, created_at) VALUES ('newer', 9999999999999)`)
    await expect.poll(() => health('startup', 'schema'), patient).toEqual([200, 'ok', 'ok'])
    const { rows } = await owner.query(`DELETE FROM ${journal} RETURNING hash, created_at`)
    await expect
      .poll(() => health('startup', 'schema'), patient)
      .toEqual([503, 'unavailable', 'schema_behind'])
    await expect.poll(() => health('ready', 'postgres'), patient).toEqual([200, 'degraded', 'schema_behind'])
    expect(await getToken()).toBe(200)
    for (const { hash, created_at } of rows) {
      if (hash === 'newer') continue
      await owner.query(`INSERT INTO ${journal} (hash, created_at) VALUES ($1, $2)`, [hash, created_at])
    }
    await expect.poll(() => health('startup', 'schema'), patient).toEqual([200, 'ok', 'ok'])
  } finally {
    await owner.end()
  }
})

it('serves the production bundle with the demo clients', async () => {
  expect(await getToken()).toBe(200)
})

it('keeps issuing tokens in a crashed and restarted worker process while Postgres is down (design: edge cache)', async () => {
  const pid = stack.workerPid()
  await stack.stopPostgres('immediate')
  expect(await getToken()).toBe(200)
  await expect.poll(() => health('ready', 'postgres'), patient).toEqual([200, 'degraded', 'no_answer'])
  expect((await fetch(`${stack.issuer}/health/live`)).status).toBe(200)
  await stack.restartWorker('SIGKILL')
  expect(stack.workerPid()).not.toBe(pid)
  expect(await getToken()).toBe(200)
  // A supervisor that waited for Postgres here would turn its outage into ours.
  await expect.poll(() => health('startup', 'schema'), patient).toEqual([200, 'degraded', 'no_answer'])
  await expect.poll(() => health('startup', 'keys'), patient).toEqual([200, 'degraded', 'ok'])
  await stack.startPostgres()
  expect(await getToken()).toBe(200)
})

it('serves nothing in a cold process without Postgres and without the replica: no key can be loaded', async () => {
  await stack.stopPostgres('immediate')
  await rm(stack.objectsFolder, { recursive: true })
  await stack.restartWorker('SIGKILL')
  await expect.poll(() => health('ready', 'keys'), patient).toEqual([503, 'unavailable', 'no_answer'])
  await expect.poll(() => health('startup', 'keys'), patient).toEqual([503, 'unavailable', 'no_answer'])
  expect((await fetch(`${stack.issuer}/health/live`)).status).toBe(200)
  await stack.startPostgres()
  await expect.poll(() => health('ready', 'keys'), patient).toEqual([200, 'ok', 'ok'])
})
