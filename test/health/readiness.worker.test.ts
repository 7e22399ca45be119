/** Health with real components: roles and schema of a real Postgres, Durable Objects, keys, outboxes. */

import {
  createExecutionContext,
  runDurableObjectAlarm,
  runInDurableObject,
  waitOnExecutionContext,
} from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createEvent } from '../../src/audit/create-event.ts'
import { encodeEvents } from '../../src/audit/outbox.ts'
import { createDatabase } from '../../src/db/database.ts'
import { newestMigration } from '../../src/db/newest-migration.ts'
import { createRunBatch } from '../../src/db/run-batch.ts'
import { askPostgres } from '../../src/health/health.store.ts'
import worker from '../../src/worker.ts'
import { setPostgresReachable } from '../audit/delivered-events.ts'
import { brokenNamespace } from '../fakes/broken-namespace.ts'
import { countingEnv, countQueries, type IoCount } from '../worker/counting-env.ts'

const settings = env as unknown as Record<
  'DATABASE_URL' | 'DATABASE_OWNER_URL' | 'DATABASE_GATEWAY_URL',
  string
>
const patient = { timeout: 15_000 }
const ok = { status: 'ok' }
const silent = { status: 'unavailable', reason: 'no_answer' }
const ready = {
  configuration: ok,
  postgres: ok,
  objects: ok,
  keys: ok,
  outboxes: ok,
  messages: { status: 'ok', reason: 'not_configured' },
}

/** An isolate of its own has its own results, because they belong to the configuration. */
const isolate = (changed: object = {}): Env => ({ ...env, ...changed }) as unknown as Env

async function ask(own: Env, path = '/health/ready'): Promise<Response> {
  const ctx = createExecutionContext()
  const response = await worker.fetch(new Request(`https://auth.test${path}`), own, ctx)
  await waitOnExecutionContext(ctx)
  return response
}

async function answer(own: Env, path?: string): Promise<readonly [number, unknown]> {
  const response = await ask(own, path)
  return [response.status, await response.json()]
}

function captureLog(): () => string {
  const methods = [vi.spyOn(console, 'error'), vi.spyOn(console, 'warn'), vi.spyOn(console, 'log')]
  return () => methods.flatMap(({ mock }) => mock.calls.flat().map(String)).join('\n')
}
afterEach(() => {
  vi.restoreAllMocks()
})

const serviceEvent = () =>
  createEvent('token.issued', Date.now(), undefined, {
    ...{ outcome: 'success', actor_type: 'client', actor_id: 'svc', client_id: 'svc' },
    data: { grant_type: 'client_credentials' },
  })

describe('/health/ready', () => {
  it('is ok with the worker’s role', async () => {
    // On a busy machine a component may take longer than it is waited for.
    await expect.poll(() => answer(isolate()), patient).toEqual([200, { status: 'ok', components: ready }])
  })

  it('refuses a worker with the role that owns the tables, and says why in the log alone', async () => {
    const log = captureLog()
    const own = isolate({ DATABASE_URL: settings.DATABASE_OWNER_URL })
    const postgres = { status: 'unavailable', reason: 'overprivileged' }
    await expect
      .poll(() => answer(own), patient)
      .toEqual([503, { status: 'unavailable', components: { ...ready, postgres } }])
    expect(log()).toContain('owns tables')
  })

  it('is unavailable without objects', async () => {
    const components = { ...ready, objects: silent }
    await expect
      .poll(() => answer(isolate({ EDGE_REPLICA: brokenNamespace })), patient)
      .toEqual([503, { status: 'unavailable', components }])
  })

  it('is degraded when the outboxes do not answer', async () => {
    await expect
      .poll(() => answer(isolate({ AUDIT_OUTBOX: brokenNamespace })), patient)
      .toEqual([200, { status: 'degraded', components: { ...ready, outboxes: silent } }])
  })

  it('is degraded while an outbox is stuck, and ok when its events have arrived', async () => {
    const shard = env.AUDIT_OUTBOX.getByName('shard-0')
    await shard.append(encodeEvents([serviceEvent()]), 1)
    await setPostgresReachable(shard, false)
    expect(await runDurableObjectAlarm(shard)).toBe(true)
    const backlog = await shard.backlog()
    expect(backlog).toMatchObject({ waiting: 1, lateSince: expect.any(Number) })
    // One failure is no incident yet; the same two minutes later is.
    expect((await answer(isolate()))[1]).toMatchObject({ components: { outboxes: ok } })
    const earlier = (backlog.lateSince as number) - 121_000
    await runInDurableObject(shard, (_, { storage }) => storage.kv.put('failing_since', earlier))
    const outboxes = { status: 'degraded', reason: 'late' }
    await expect
      .poll(() => answer(isolate()), patient)
      .toEqual([200, { status: 'degraded', components: { ...ready, outboxes } }])
    // Another failure does not make it younger.
    await runDurableObjectAlarm(shard)
    expect(await shard.backlog()).toMatchObject({ lateSince: earlier })

    await setPostgresReachable(shard, true)
    await runDurableObjectAlarm(shard)
    expect(await shard.backlog()).toEqual({ waiting: 0, lateSince: undefined })
    await expect.poll(() => answer(isolate()), patient).toEqual([200, { status: 'ok', components: ready }])
  })

  it('costs one query and nine calls in a second, however often it is asked', async () => {
    const count: IoCount = { objectCalls: 0, postgresRoundTrips: 0 }
    const own = isolate(countingEnv(env as unknown as Env, count))
    const stopCounting = countQueries(settings.DATABASE_GATEWAY_URL, count)
    try {
      await Promise.all(Array.from({ length: 50 }, () => answer(own)))
    } finally {
      stopCounting()
    }
    expect(count.postgresRoundTrips).toBeLessThanOrEqual(1)
    expect(count.objectCalls).toBeLessThanOrEqual(9)
    expect(count.objectCalls).toBeGreaterThan(0)
  })
})

describe('/health/startup', () => {
  it('is ok when configuration, keys and schema are there', async () => {
    const started = { configuration: ok, keys: ok, schema: ok }
    await expect
      .poll(() => answer(isolate(), '/health/startup'), patient)
      .toEqual([200, { status: 'ok', components: started }])
  })

  it('knows the schema by the newest migration of this build', async () => {
    const database = createDatabase(settings.DATABASE_URL, settings.DATABASE_GATEWAY_URL)
    const runBatch = createRunBatch(database)
    expect(await askPostgres(runBatch)).toEqual({ roleRisks: [], hasSchema: true })
    expect(await askPostgres(runBatch, newestMigration + 1)).toMatchObject({ hasSchema: false })
  })
})

describe('without a valid configuration', () => {
  const secret = 'too-short-secret'
  const own = isolate({ AUTHLY_ROOT_SECRET: secret })

  it.each(['/health/ready', '/health/startup'])(
    '%s is unavailable; the log names the variable',
    async (path) => {
      const log = captureLog()
      const [status, body] = await answer(own, path)
      expect(status).toBe(503)
      expect(body).toMatchObject({
        status: 'unavailable',
        components: { configuration: { status: 'unavailable', reason: 'invalid' } },
      })
      expect(log()).toContain('AUTHLY_ROOT_SECRET')
      expect(`${log()}${JSON.stringify(body)}`).not.toContain(secret)
      expect(JSON.stringify(body)).not.toContain('AUTHLY')
    },
  )

  it('/health/live is ok: a restart would not help', async () => {
    expect(await answer(own, '/health/live')).toEqual([200, { status: 'ok' }])
  })
})

it('/health/live touches no binding', async () => {
  const untouchable = new Proxy(
    {},
    {
      get(_, name) {
        throw new Error(`${String(name)} was used`)
      },
    },
  )
  const own = isolate({ USER_SESSIONS: untouchable, EDGE_REPLICA: untouchable, AUDIT_OUTBOX: untouchable })
  expect(await answer(own, '/health/live')).toEqual([200, { status: 'ok' }])
})
