import { beforeEach, describe, expect, test } from 'vitest'
import type { PermitRequest } from '../../src/rate-limits/acquire-permits.ts'
import { createLeases, createRateLimiter } from '../../src/rate-limits/create-rate-limiter.ts'
import { leaseMilliseconds } from '../../src/rate-limits/lease.ts'
import type { PolicyOverrides } from '../../src/rate-limits/policies.ts'
import { acquirePermits, type Bucket } from '../../src/rate-limits/token-bucket.ts'

let now: number
let away: boolean
let acquisitions: PermitRequest[]
let buckets: Map<string, Bucket>

/** The counter every isolate shares: the real bucket, in memory. */
const counter = async (request: PermitRequest) => {
  acquisitions.push(request)
  if (away) throw new Error('away')
  const { bucket, acquired } = acquirePermits(
    buckets.get(request.name),
    request.size,
    request.want,
    request.returned,
    request.now,
  )
  buckets.set(request.name, bucket)
  return acquired
}

function isolate(overrides: PolicyOverrides = {}, leases = createLeases()) {
  const background: Promise<unknown>[] = []
  const limiter = createRateLimiter({
    acquirePermits: counter,
    recordUnknownLogin: async () => ({ status: 'refused' }),
    overrides,
    now: () => now,
    waitUntil: (work) => void background.push(work),
    leases,
  })
  const settle = () => Promise.all(background.splice(0))
  return { ...limiter, settle }
}

const allowedOf = async (limiter: ReturnType<typeof isolate>, times: number, wait = 0) => {
  let allowed = 0
  for (let request = 0; request < times; request++) {
    if ((await limiter.take('token-client', 'app')).allowed) allowed++
    await limiter.settle()
    now += wait
  }
  return allowed
}

beforeEach(() => {
  now = 1_800_000_000_000
  away = false
  acquisitions = []
  buckets = new Map()
})

test('numbers that admins set go before the configured ones, policy by policy', async () => {
  const limiter = createRateLimiter({
    acquirePermits: counter,
    recordUnknownLogin: async () => ({ status: 'refused' }),
    overrides: {
      'login-ip': { capacity: 7, perSeconds: 70 },
      'password-user': { capacity: 8, perSeconds: 80 },
    },
    stored: { 'login-ip': { capacity: 3, perSeconds: 30 } },
    now: () => now,
    waitUntil: () => {},
  })
  expect(await limiter.take('login-ip', '192.0.2.1')).toMatchObject({ limit: 3, windowSeconds: 30 })
  expect(await limiter.take('password-user', 'ada')).toMatchObject({ limit: 8, windowSeconds: 80 })
})

describe('object policies', () => {
  describe('give back', () => {
    const take = (limiter: ReturnType<typeof isolate>) => limiter.take('login-ip', '192.0.2.1')

    test('a permit that was spent, so that a whole office signs in from one address', async () => {
      const limiter = isolate()
      for (let person = 0; person < 200; person++) {
        const decision = await take(limiter)
        expect(decision.allowed).toBe(true)
        await limiter.giveBack(decision)
      }
      expect((await take(limiter)).remaining).toBe(29)
    })

    test('each permit once', async () => {
      const limiter = isolate()
      const decisions = []
      for (let attempt = 0; attempt < 30; attempt++) decisions.push(await take(limiter))
      const [first] = decisions
      for (let again = 0; again < 5; again++) await limiter.giveBack(first as (typeof decisions)[number])
      expect((await take(limiter)).allowed).toBe(true)
      expect((await take(limiter)).allowed).toBe(false)
    })

    test('nothing for a refusal, a copied decision or another limiter’s', async () => {
      const limiter = isolate()
      const granted = []
      for (let attempt = 0; attempt < 30; attempt++) granted.push(await take(limiter))
      const refused = await take(limiter)
      await limiter.giveBack(refused)
      await limiter.giveBack({ ...(granted[0] as typeof refused) })
      await isolate().giveBack(granted[0] as typeof refused)
      expect((await take(limiter)).allowed).toBe(false)
    })

    test('no more than was spent: right passwords between guesses pay for none of them', async () => {
      const limiter = isolate()
      let guesses = 0
      for (let round = 0; round < 100; round++) {
        const own = await take(limiter)
        if (own.allowed) await limiter.giveBack(own)
        if ((await take(limiter)).allowed) guesses++
      }
      expect(guesses).toBe(30)
    })

    test('quietly nothing while the counter is away', async () => {
      const limiter = isolate()
      const decision = await take(limiter)
      away = true
      await expect(limiter.giveBack(decision)).resolves.toBeUndefined()
      away = false
      expect((await take(limiter)).remaining).toBe(28)
    })
  })

  test('ask the counter each time and refuse beyond the capacity', async () => {
    const limiter = isolate()
    const decisions = []
    for (let attempt = 0; attempt < 31; attempt++) decisions.push(await limiter.take('login-ip', '192.0.2.1'))
    expect(decisions.filter((decision) => decision.allowed)).toHaveLength(30)
    expect(acquisitions).toHaveLength(31)
    expect(decisions[30]).toEqual({
      policy: 'login-ip',
      allowed: false,
      limit: 30,
      windowSeconds: 300,
      remaining: 0,
      retryAfterSeconds: 10,
    })
  })

  test('the counter learns a hash, never the address', async () => {
    await isolate().take('login-ip', '192.0.2.1')
    expect(acquisitions[0]?.name).toMatch(/^login-ip:[A-Za-z0-9_-]{43}$/)
  })

  test('fail closed when the counter is away: guessing must not get easier by an outage', async () => {
    away = true
    expect(await isolate().take('login-ip', '192.0.2.1')).toMatchObject({
      allowed: false,
      retryAfterSeconds: 5,
    })
  })
})

describe('lease policies', () => {
  test('tell that a subject has nothing left without asking anybody', async () => {
    const limiter = isolate({ 'token-client': { capacity: 3, perSeconds: 60 } })
    expect(limiter.isSpent('token-client', 'app')).toBe(false)
    await allowedOf(limiter, 3)
    expect(await allowedOf(limiter, 1)).toBe(0)
    const asked = acquisitions.length
    expect(limiter.isSpent('token-client', 'app')).toBe(true)
    expect(limiter.isSpent('token-client', 'other')).toBe(false)
    now += 20_000
    expect(limiter.isSpent('token-client', 'app')).toBe(false)
    expect(acquisitions.length).toBe(asked)
  })

  test('hold the global bound over many isolates', async () => {
    const isolates = Array.from({ length: 7 }, () => isolate())
    let allowed = 0
    for (let request = 0; request < 9000; request++) {
      const limiter = isolates[request % isolates.length] as ReturnType<typeof isolate>
      if ((await limiter.take('token-client', 'app')).allowed) allowed++
      await limiter.settle()
    }
    expect(allowed).toBe(6000)
  })

  test('cost next to no calls at the permitted rate, and no waiting', async () => {
    const limiter = isolate()
    expect(await allowedOf(limiter, 6000, 10)).toBe(6000)
    expect(acquisitions.length).toBeLessThan(6000 / 100)
  })

  test('cost no calls while the bucket is known to be empty', async () => {
    const limiter = isolate({ 'token-client': { capacity: 100, perSeconds: 1000 } })
    expect(await allowedOf(limiter, 200)).toBe(100)
    const before = acquisitions.length
    expect(await allowedOf(limiter, 1000)).toBe(0)
    expect(acquisitions.length).toBe(before)
    expect(await limiter.take('token-client', 'app')).toMatchObject({ allowed: false, retryAfterSeconds: 10 })
    now += 10_001
    expect(await allowedOf(limiter, 2)).toBe(1)
  })

  test('idle isolates give back what they did not spend', async () => {
    const overrides = { 'token-client': { capacity: 1000, perSeconds: 1_000_000 } }
    const busy = isolate(overrides)
    const idle = Array.from({ length: 20 }, () => isolate(overrides))
    for (let round = 0; round < 5; round++) {
      for (const limiter of idle) await limiter.take('token-client', 'app')
      now += leaseMilliseconds
    }
    for (const limiter of idle) await limiter.take('token-client', 'app')
    const spent = 20 * 6
    const held = 20 * 9
    expect(await allowedOf(busy, 1100)).toBeGreaterThanOrEqual(1000 - spent - held)
  })

  test('a burst on a cold isolate does not drain the bucket into one lease', async () => {
    const limiter = isolate()
    await Promise.all(Array.from({ length: 50 }, () => limiter.take('token-client', 'app')))
    expect([...buckets.values()][0]?.permits).toBeGreaterThanOrEqual(6000 - 60 - 49)
  })

  test('fail open when the counter is away, but still count within the isolate', async () => {
    away = true
    const limiter = isolate({ 'token-client': { capacity: 500, perSeconds: 60 } })
    expect(await allowedOf(limiter, 800)).toBe(500)
    expect(acquisitions).toHaveLength(2)
    now += 5001
    expect(await allowedOf(limiter, 800)).toBe(500)
  })

  test('count in the counter again when it is back', async () => {
    away = true
    const limiter = isolate()
    await allowedOf(limiter, 10)
    away = false
    now += 5001
    await allowedOf(limiter, 10)
    expect([...buckets.values()][0]?.permits).toBe(6000 - 60)
  })

  test('hold memory for a bounded number of subjects', async () => {
    const leases = createLeases()
    const limiter = isolate({}, leases)
    for (let index = 0; index < 10_050; index++) await limiter.take('token-client', `app-${index}`)
    expect(leases.size).toBe(10_000)
  })
})
