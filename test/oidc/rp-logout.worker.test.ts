import { createExecutionContext, env, waitOnExecutionContext } from 'cloudflare:test'
import { expect, test } from 'vitest'
import worker from '../../src/worker.ts'

test('logout looks up no unbounded number of made-up clients for one address', async () => {
  const limits = JSON.stringify({ 'authorize-ip': { capacity: 5, per_seconds: 3600 } })
  const limited = { ...env, AUTHLY_RATE_LIMITS: limits } as unknown as Env
  const statuses: number[] = []
  for (let request = 0; request < 8; request++) {
    const ctx = createExecutionContext()
    const url = `https://auth.test/oidc/logout?client_id=made-up-${request}`
    const headers = { 'cf-connecting-ip': '198.51.100.77' }
    const response = await worker.fetch(new Request(url, { headers }), limited, ctx)
    await waitOnExecutionContext(ctx)
    statuses.push(response.status)
    if (response.status === 429) expect(response.headers.get('retry-after')).toMatch(/^\d+$/)
  }
  expect(statuses).toEqual([200, 200, 200, 200, 200, 429, 429, 429])
})
