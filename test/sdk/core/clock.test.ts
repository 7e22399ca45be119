import { createClock } from '@authly-server/core'
import { describe, expect, it } from 'vitest'

const answer = (date: string | undefined) => ({ headers: new Headers(date === undefined ? {} : { date }) })
const ahead = (seconds: number) => answer(new Date(Date.now() + seconds * 1000).toUTCString())

describe('the clock of a server (RFC 9110 §6.6.1)', () => {
  it.each([3_600, -3_600])('is learnt from what it says: %i s', (seconds) => {
    const clock = createClock()
    expect(clock.learn(ahead(seconds), Date.now())).toBe(true)
    expect(Math.abs(clock.offsetSeconds() - seconds)).toBeLessThanOrEqual(2)
    expect(clock.learn(ahead(seconds), Date.now())).toBe(false)
  })

  it('is that of this machine when the difference could be the network’s', () => {
    const clock = createClock()
    expect(clock.learn(ahead(3), Date.now())).toBe(false)
    expect(clock.learn(answer(undefined), Date.now())).toBe(false)
    expect(clock.learn(answer('soon'), Date.now())).toBe(false)
    expect(clock.offsetSeconds()).toBe(0)
  })
})
