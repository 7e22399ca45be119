/** What every counter behind the rate limiter must do: run against the object and Redis. */
import { expect, test } from 'vitest'
import type { AcquirePermits } from '../../src/rate-limits/acquire-permits.ts'

/** A bucket that does not refill while a test runs. */
const size = { capacity: 10, perSeconds: 36_000 }

/** @param acquirePermits the adapter under test; names are fresh per test */
export function permitsContract(acquirePermits: () => AcquirePermits): void {
  const request = (name: string, want: number) => ({ name, size, want, returned: 0, now: Date.now() })
  const freshName = () => `contract:${crypto.randomUUID()}`

  test('grants the capacity and then nothing, saying how long', async () => {
    const name = freshName()
    expect(await acquirePermits()(request(name, 4))).toEqual({
      granted: 4,
      remaining: 6,
      retryAfterMilliseconds: 0,
    })
    expect(await acquirePermits()(request(name, 6))).toMatchObject({ granted: 6, remaining: 0 })
    const refused = await acquirePermits()(request(name, 1))
    expect(refused).toMatchObject({ granted: 0, remaining: 0 })
    expect(refused.retryAfterMilliseconds).toBeGreaterThan(0)
    expect(refused.retryAfterMilliseconds).toBeLessThanOrEqual(3600_000)
  })

  test('grants what is left when a lease asks for more', async () => {
    const name = freshName()
    await acquirePermits()(request(name, 7))
    expect(await acquirePermits()(request(name, 5))).toMatchObject({ granted: 3, remaining: 0 })
    expect(await acquirePermits()(request(name, 5))).toMatchObject({ granted: 0 })
  })

  test('parallel requests never get more than the capacity', async () => {
    const name = freshName()
    const answers = await Promise.all(Array.from({ length: 30 }, () => acquirePermits()(request(name, 1))))
    expect(answers.filter((answer) => answer.granted === 1)).toHaveLength(10)
  })

  test('what goes back is there again, before anything is granted', async () => {
    const name = freshName()
    await acquirePermits()(request(name, 10))
    expect(await acquirePermits()({ ...request(name, 0), returned: 1 })).toMatchObject({ granted: 0 })
    expect(await acquirePermits()(request(name, 1))).toMatchObject({ granted: 1, remaining: 0 })
    expect(await acquirePermits()({ ...request(name, 1), returned: 1 })).toMatchObject({ granted: 1 })
    expect(await acquirePermits()(request(name, 1))).toMatchObject({ granted: 0 })
  })

  test.each([0, 9])('a bucket with %i permits drawn never holds more than its capacity', async (drawn) => {
    const name = freshName()
    await acquirePermits()(request(name, drawn))
    await acquirePermits()({ ...request(name, 0), returned: 1000 })
    expect(await acquirePermits()(request(name, 20))).toMatchObject({ granted: 10, remaining: 0 })
    expect(await acquirePermits()(request(name, 1))).toMatchObject({ granted: 0 })
  })

  test('draws and returns in parallel add up', async () => {
    const name = freshName()
    await acquirePermits()(request(name, 10))
    const back = Array.from({ length: 7 }, () => acquirePermits()({ ...request(name, 0), returned: 1 }))
    await Promise.all(back)
    const answers = await Promise.all(Array.from({ length: 20 }, () => acquirePermits()(request(name, 1))))
    expect(answers.filter((answer) => answer.granted === 1)).toHaveLength(7)
  })

  test('one name says nothing about another', async () => {
    const name = freshName()
    await acquirePermits()(request(name, 10))
    expect(await acquirePermits()(request(freshName(), 1))).toMatchObject({ granted: 1 })
  })
}
