/** Slowing down before the server has to refuse (draft-ietf-httpapi-ratelimit-headers-10). */
import { beforeEach, describe, expect, it } from 'vitest'
import { createPacing, type Pacing } from '../../../sdk/js/management/src/pacing.ts'

let now: number
let waits: number[]
let pacing: Pacing

beforeEach(() => {
  now = 1_000_000
  waits = []
  pacing = createPacing({ now: () => now, sleep: async (milliseconds) => void waits.push(milliseconds) })
})

const answer = (left: number, { status = 200, quota = 3000, window = 60 } = {}) => ({
  status,
  headers: new Headers({
    'ratelimit-policy': `"admin-actor";q=${quota};w=${window}`,
    ratelimit: `"admin-actor";r=${left};t=${window}`,
  }),
})

describe('pacing', () => {
  it('waits for nothing before the server has said anything', async () => {
    await pacing.before()
    expect(waits).toEqual([])
  })

  it('spends what is left at once, then as fast as it comes back', async () => {
    pacing.learn(answer(2))
    for (let count = 0; count < 5; count++) await pacing.before()
    // 3000 in 60 s: one in 20 ms. Those that wait stand in line.
    expect(waits).toEqual([20, 40, 60])
  })

  it('counts what has come back meanwhile', async () => {
    pacing.learn(answer(0))
    now += 40
    for (let count = 0; count < 3; count++) await pacing.before()
    expect(waits).toEqual([20])
  })

  it('takes the smaller number: an answer may be older than what was sent since, and others spend too', async () => {
    pacing.learn(answer(1))
    await pacing.before()
    pacing.learn(answer(500))
    await pacing.before()
    expect(waits).toEqual([20])
  })

  it('never waits longer than ten seconds: the rest is for Retry-After', async () => {
    pacing.learn(answer(0, { quota: 1, window: 3600 }))
    await pacing.before()
    expect(waits).toEqual([10_000])
  })

  it('learns nothing from refused tokens, which are counted by address', async () => {
    pacing.learn(answer(0, { status: 401 }))
    pacing.learn(answer(0, { status: 403 }))
    await pacing.before()
    expect(waits).toEqual([])
  })

  it.each([
    ['"p";q=0;w=60', '"p";r=0;t=60'],
    ['"p";q=10;w=0', '"p";r=0;t=60'],
    ['"p";q=-1;w=60', '"p";r=0'],
    ['p', 'r=0'],
    ['"p";q=1e9;w=60', '"p";r=0;t=1'],
  ])('ignores %s with %s', async (policy, limit) => {
    pacing.learn({ status: 200, headers: new Headers({ 'ratelimit-policy': policy, ratelimit: limit }) })
    await pacing.before()
    expect(waits).toEqual([])
  })
})
