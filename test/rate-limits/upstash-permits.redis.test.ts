import { describe, expect, test } from 'vitest'
import { createLeases, createRateLimiter } from '../../src/rate-limits/create-rate-limiter.ts'
import { createUpstashPermits } from '../../src/rate-limits/upstash-permits.ts'
import { permitsContract } from '../contracts/permits-contract.ts'
import { testUpstash } from '../fakes/upstash.ts'

describe('permits contract: Redis behind the Upstash protocol', () => {
  const acquirePermits = createUpstashPermits(testUpstash())
  permitsContract(() => acquirePermits)
})

test('permits grow back evenly', async () => {
  const acquirePermits = createUpstashPermits(testUpstash())
  const request = {
    name: `refill:${crypto.randomUUID()}`,
    size: { capacity: 100, perSeconds: 1 },
    returned: 0,
    now: 0,
  }
  expect(await acquirePermits({ ...request, want: 100 })).toMatchObject({ granted: 100, remaining: 0 })
  await new Promise((resolve) => setTimeout(resolve, 300))
  const { granted } = await acquirePermits({ ...request, want: 100 })
  expect(granted).toBeGreaterThan(10)
})

test('two regions share one limit, through the limiter', async () => {
  const region = () =>
    createRateLimiter({
      acquirePermits: createUpstashPermits(testUpstash()),
      recordUnknownLogin: async () => ({ status: 'refused' }),
      overrides: { 'login-ip': { capacity: 10, perSeconds: 36_000 } },
      now: Date.now,
      waitUntil: () => undefined,
      leases: createLeases(),
    })
  const regions = [region(), region()]
  const address = crypto.randomUUID()
  let allowed = 0
  for (let attempt = 0; attempt < 30; attempt++) {
    const decision = await regions[attempt % 2]?.take('login-ip', address)
    if (decision?.allowed) allowed++
  }
  expect(allowed).toBe(10)
})
