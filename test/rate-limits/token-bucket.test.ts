import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { policies } from '../../src/rate-limits/policies.ts'
import { rateLimitHeaders } from '../../src/rate-limits/rate-limit-headers.ts'
import { rateSubject } from '../../src/rate-limits/rate-subject.ts'
import { acquirePermits, type Bucket, fullAt } from '../../src/rate-limits/token-bucket.ts'

const size = { capacity: 10, perSeconds: 10 }
const start = 1_800_000_000_000

describe('acquirePermits', () => {
  test('a new bucket is full; an empty one says when the next permit is there', () => {
    const first = acquirePermits(undefined, size, 10, 0, start)
    expect(first.acquired).toEqual({ granted: 10, remaining: 0, retryAfterMilliseconds: 0 })
    const second = acquirePermits(first.bucket, size, 1, 0, start + 400)
    expect(second.acquired).toEqual({ granted: 0, remaining: 0, retryAfterMilliseconds: 600 })
    expect(acquirePermits(second.bucket, size, 1, 0, start + 1000).acquired.granted).toBe(1)
  })

  test('grants what is there when more is wanted', () => {
    const { bucket } = acquirePermits(undefined, size, 7, 0, start)
    expect(acquirePermits(bucket, size, 9, 0, start).acquired).toMatchObject({ granted: 3, remaining: 0 })
  })

  test('unspent permits come back, never beyond the capacity', () => {
    const { bucket } = acquirePermits(undefined, size, 6, 0, start)
    expect(acquirePermits(bucket, size, 1, 4, start).acquired).toMatchObject({ granted: 1, remaining: 7 })
    expect(acquirePermits(bucket, size, 1, 1000, start).acquired).toMatchObject({ granted: 1, remaining: 9 })
  })

  test('a clock that goes back gives no permits twice', () => {
    let { bucket } = acquirePermits(undefined, size, 10, 0, start)
    for (const at of [start + 1000, start - 5000, start + 1000, start - 5000, start + 1000]) {
      bucket = acquirePermits(bucket, size, 0, 0, at).bucket
    }
    expect(bucket.permits).toBeCloseTo(1)
  })

  test('is full again at fullAt, not before', () => {
    const { bucket } = acquirePermits(undefined, size, 4, 0, start)
    expect(fullAt(bucket, size)).toBe(start + 4000)
    expect(acquirePermits(bucket, size, 0, 0, start + 4000).bucket.permits).toBe(10)
  })

  test('over any time no more than capacity plus the refill is granted', () => {
    const acquire = fc.record({ wait: fc.nat(3000), want: fc.integer({ min: 1, max: 20 }) })
    fc.assert(
      fc.property(fc.array(acquire, { maxLength: 60 }), (acquisitions) => {
        let bucket: Bucket | undefined
        let now = start
        let granted = 0
        for (const { wait, want } of acquisitions) {
          now += wait
          const next = acquirePermits(bucket, size, want, 0, now)
          bucket = next.bucket
          granted += next.acquired.granted
        }
        expect(granted).toBeLessThanOrEqual(size.capacity + (now - start) / 1000 + 1e-6)
      }),
    )
  })

  test('who waits as told gets a permit', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 1, max: 3600 }),
        (capacity, perSeconds) => {
          const odd = { capacity, perSeconds }
          const { bucket } = acquirePermits(undefined, odd, capacity, 0, start)
          const { bucket: after, acquired } = acquirePermits(bucket, odd, 1, 0, start)
          expect(acquired.granted).toBe(0)
          const later = start + acquired.retryAfterMilliseconds + 1
          expect(acquirePermits(after, odd, 1, 0, later).acquired.granted).toBe(1)
        },
      ),
    )
  })
})

describe('rateSubject', () => {
  const byIp = policies['login-ip']
  test.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::1', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:0db8:0001:0002::', '2001:db8:1:2::/64'],
    ['::1', '0:0:0:0::/64'],
  ])('%s counts as %s: an IPv6 host owns its /64', (address, subject) => {
    expect(rateSubject(byIp, address)).toBe(subject)
  })

  test('client ids are left alone', () => {
    expect(rateSubject(policies['token-client'], 'https://a:b::c')).toBe('https://a:b::c')
  })
})

describe('rateLimitHeaders', () => {
  const decision = {
    policy: 'token-client',
    allowed: true,
    limit: 6000,
    windowSeconds: 60,
    remaining: 42,
    retryAfterSeconds: 0,
  } as const

  test('announces policy and what is left (draft-ietf-httpapi-ratelimit-headers-10 §3, §4)', () => {
    expect(rateLimitHeaders(decision)).toEqual({
      'RateLimit-Policy': '"token-client";q=6000;w=60',
      RateLimit: '"token-client";r=42;t=60',
    })
  })

  test('a refusal says when to come back (RFC 9110 §10.2.3)', () => {
    expect(rateLimitHeaders({ ...decision, allowed: false, remaining: 0, retryAfterSeconds: 7 })).toEqual({
      'RateLimit-Policy': '"token-client";q=6000;w=60',
      RateLimit: '"token-client";r=0;t=7',
      'Retry-After': '7',
    })
  })
})
