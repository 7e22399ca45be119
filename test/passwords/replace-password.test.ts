import { expect, test } from 'vitest'
import { type ReplacePasswordNeeds, replacePassword } from '../../src/passwords/replace-password.ts'
import { createLeases, createRateLimiter } from '../../src/rate-limits/create-rate-limiter.ts'
import { policies } from '../../src/rate-limits/policies.ts'
import { acquirePermits, type Bucket } from '../../src/rate-limits/token-bucket.ts'

const now = 1_800_000_000_000

/** Counts hashes; the limiter is the real one over buckets in memory. */
function setUp() {
  const buckets = new Map<string, Bucket>()
  let hashes = 0
  const needs = {
    now: () => now,
    rateLimiter: createRateLimiter({
      acquirePermits: async ({ name, size, want, returned, now: at }) => {
        const { bucket, acquired } = acquirePermits(buckets.get(name), size, want, returned, at)
        buckets.set(name, bucket)
        return acquired
      },
      recordUnknownLogin: async () => ({ status: 'refused' }),
      overrides: {},
      now: () => now,
      waitUntil: () => {},
      leases: createLeases(),
    }),
    hashSlots: { take: async () => () => {} },
    findCurrentPassword: async () => ({ hash: 'hash', identifiers: [], former: [] }),
    passwordHasher: {
      verify: async () => {
        hashes += 1
        return false
      },
    },
    recordEvent: () => {},
  } as unknown as ReplacePasswordNeeds
  const guess = (user_id: string, ip: string, session_id = 's') =>
    replacePassword(needs, {
      ...{ user_id, session_id, counted: session_id },
      complete: async () => {},
      proof: { current: 'a guess' },
      next: 'orbit kettle purple seven',
      origin: { ip, user_agent: undefined, request_id: 'r' },
    })
  return { guess, hashes: () => hashes }
}

test('a stolen session has a bounded number of guesses, from however many addresses (NIST SP 800-63B §3.2.2)', async () => {
  const { guess, hashes } = setUp()
  for (let address = 0; address < 50; address++) await guess('ada', `2001:db8:0:${address.toString(16)}::1`)
  expect(hashes()).toBe(policies['password-user'].capacity)
  expect(await guess('ada', '203.0.113.9')).toMatchObject({ ok: false, error: { reason: 'limited' } })
  expect(await guess('grace', '203.0.113.9')).toMatchObject({ ok: false, error: { reason: 'wrong_current' } })
})

test('guesses in a stolen session do not keep the owner from changing the password in another one', async () => {
  const { guess } = setUp()
  for (let index = 0; index < 50; index++) await guess('ada', '203.0.113.9', 'stolen')
  expect(await guess('ada', '203.0.113.9', 'stolen')).toMatchObject({ error: { reason: 'limited' } })
  expect(await guess('ada', '203.0.113.9', 'own')).toMatchObject({ error: { reason: 'wrong_current' } })
})
