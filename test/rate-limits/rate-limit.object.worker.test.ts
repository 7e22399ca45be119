import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { describe, expect, test, vi } from 'vitest'
import { createObjectPermits, createRecordUnknownLogin } from '../../src/rate-limits/rate-limit.object.ts'
import { decideLogin, failureMemorySeconds, type LoginAttempts } from '../../src/sessions/lock-out.ts'
import { permitsContract } from '../contracts/permits-contract.ts'

const placement = { jurisdiction: undefined, locationHint: undefined }
const acquirePermits = createObjectPermits(env.RATE_LIMIT, placement)
const size = { capacity: 10, perSeconds: 36_000 }
const freshName = () => `test:${crypto.randomUUID()}`
const request = (name: string, want: number, now = Date.now()) => ({ name, size, want, returned: 0, now })

describe('permits contract: the Durable Object', () => permitsContract(() => acquirePermits))

test('eviction does not refill an emptied bucket', async () => {
  const name = freshName()
  await acquirePermits(request(name, 10))
  await evictDurableObject(env.RATE_LIMIT.getByName(name))
  expect(await acquirePermits(request(name, 1))).toMatchObject({ granted: 0 })
})

test('a bucket that is full again within seconds is not written, and one that somebody empties is', async () => {
  const name = freshName()
  const fast = { capacity: 1200, perSeconds: 60 }
  const stub = env.RATE_LIMIT.getByName(name)
  const stored = () => runInDurableObject(stub, (_, { storage }) => storage.kv.get('bucket') !== undefined)
  const acquire = (want: number) => acquirePermits({ ...request(name, want), size: fast })
  expect(await acquire(12)).toMatchObject({ granted: 12, remaining: 1188 })
  expect(await stored()).toBe(false)
  expect(await runInDurableObject(stub, (_, { storage }) => storage.getAlarm())).toBeNull()
  expect(await acquire(1188)).toMatchObject({ granted: 1188 })
  expect(await stored()).toBe(true)
  await evictDurableObject(stub)
  expect((await acquire(1200)).granted).toBeLessThan(600)
})

test('takes unspent permits back', async () => {
  const name = freshName()
  await acquirePermits(request(name, 10))
  expect(await acquirePermits({ ...request(name, 1), returned: 5 })).toMatchObject({
    granted: 1,
    remaining: 4,
  })
})

test('keeps nothing once the bucket would be full again', async () => {
  const name = freshName()
  const longAgo = Date.now() - 40_000_000
  await acquirePermits(request(name, 10, longAgo))
  const stub = env.RATE_LIMIT.getByName(name)
  expect(await runDurableObjectAlarm(stub)).toBe(true)
  const kept = await runInDurableObject(stub, async (_, state) => [...(await state.storage.list()).keys()])
  expect(kept).toEqual([])
  expect(await acquirePermits(request(name, 10))).toMatchObject({ granted: 10 })
})

test('an alarm that comes too early leaves the bucket as it is and comes again', async () => {
  const name = freshName()
  await acquirePermits(request(name, 10))
  const stub = env.RATE_LIMIT.getByName(name)
  await runDurableObjectAlarm(stub)
  expect(await acquirePermits(request(name, 1))).toMatchObject({ granted: 0 })
  expect(await runInDurableObject(stub, (_, state) => state.storage.getAlarm())).toBeGreaterThan(Date.now())
})

describe('failed sign-ins of an identifier nobody owns', () => {
  const settle = createRecordUnknownLogin(env.RATE_LIMIT, placement)

  test('back off exactly like those of a real account', async () => {
    const identifier = crypto.randomUUID()
    let attempts: LoginAttempts | undefined
    let now = Date.now()
    for (let attempt = 0; attempt < 40; attempt++) {
      const expected = decideLogin(attempts, false, now)
      if (expected.status === 'refused') attempts = expected.attempts
      expect(await settle(identifier, now)).toEqual(
        expected.status === 'locked'
          ? { status: 'locked', retry_after_seconds: expected.retry_after_seconds }
          : { status: 'refused' },
      )
      now += 3000
    }
  })

  test('are written down when locked too: an answer that waits for no disk would tell that nobody is there', async () => {
    const identifier = crypto.randomUUID()
    const now = Date.now()
    for (let attempt = 0; attempt < 6; attempt++) await settle(identifier, now)
    const writes = await runInDurableObject(
      env.RATE_LIMIT.getByName(`unknown-login:${identifier}`),
      async (object, { storage }) => {
        const put = vi.spyOn(storage.kv, 'put')
        expect(await object.recordUnknownLogin(now)).toMatchObject({ status: 'locked' })
        return put.mock.calls.length
      },
    )
    expect(writes).toBe(1)
  })

  test('survive eviction, and are forgotten after a day', async () => {
    const identifier = crypto.randomUUID()
    const name = `unknown-login:${identifier}`
    const longAgo = Date.now() - failureMemorySeconds * 1000 - 1000
    for (let attempt = 0; attempt < 7; attempt++) {
      await settle(identifier, longAgo)
      await evictDurableObject(env.RATE_LIMIT.getByName(name))
    }
    expect(await settle(identifier, longAgo)).toMatchObject({ status: 'locked' })
    await runDurableObjectAlarm(env.RATE_LIMIT.getByName(name))
    const stub = env.RATE_LIMIT.getByName(name)
    const kept = await runInDurableObject(stub, async (_, state) => [...(await state.storage.list()).keys()])
    expect(kept).toEqual([])
  })
})
