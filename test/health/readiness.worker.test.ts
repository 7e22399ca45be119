/** Readiness with real roles of a real Postgres. */

import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, it, vi } from 'vitest'
import worker from '../../src/worker.ts'

const { DATABASE_OWNER_URL } = env as unknown as { DATABASE_OWNER_URL: string }

const patient = { timeout: 15_000 }

async function ask(own: Env): Promise<Response> {
  const ctx = createExecutionContext()
  const response = await worker.fetch(new Request('https://auth.test/health/ready'), own, ctx)
  await waitOnExecutionContext(ctx)
  return response
}

it('refuses a worker with the role that owns the tables, and says why in the log alone', async () => {
  const log = vi.spyOn(console, 'error')
  const logged = [log, vi.spyOn(console, 'warn'), vi.spyOn(console, 'log')]
  const own = { ...env, DATABASE_URL: DATABASE_OWNER_URL } as Env
  // On a busy machine a part may take longer than it is waited for.
  await expect
    .poll(async () => {
      const response = await ask(own)
      return [response.status, await response.json()]
    }, patient)
    .toEqual([
      503,
      { status: 'unavailable', checks: { postgres: 'overprivileged', objects: 'ok', keys: 'ok' } },
    ])
  const lines = logged.flatMap(({ mock }) => mock.calls.flat().map(String)).join('\n')
  expect(lines).toContain('owns tables')
})

it('is ready with the worker’s role', async () => {
  // The answer before is kept for a second.
  await expect
    .poll(async () => (await ask(env as unknown as Env)).json(), patient)
    .toEqual({ status: 'ready', checks: { postgres: 'ok', objects: 'ok', keys: 'ok' } })
})
