import { describe, expect, it } from 'vitest'
import { endOf, isExpired, putOff, retryAt } from '../../src/delivery/decide-delivery.ts'
import { failed, refused } from '../../src/delivery/message.ts'

describe('when a message is tried again', () => {
  it('after 5 s, then twice as long each time, up to two minutes', () => {
    const pauses = [1, 2, 3, 4, 5, 6, 7, 50].map((attempts) => retryAt(0, attempts, 0.5) / 1000)
    expect(pauses).toEqual([5, 10, 20, 40, 80, 120, 120, 120])
  })

  it('a quarter earlier or later, so that destinations do not return together', () => {
    expect(retryAt(1000, 1, 0)).toBe(1000 + 3750)
    expect(retryAt(1000, 1, 1)).toBe(1000 + 6250)
  })

  it('later if the provider asks for it, but within an hour', () => {
    expect(putOff(5_000, 0)).toBe(5_000)
    expect(putOff(5_000, 0, 3_000)).toBe(5_000)
    expect(putOff(5_000, 0, 60_000)).toBe(60_000)
    expect(putOff(5_000, 0, 86_400_000)).toBe(3_600_000)
  })
})

it('a message expires at its time, not after it', () => {
  expect(isExpired({ expires_at: 1000 }, 999)).toBe(false)
  expect(isExpired({ expires_at: 1000 }, 1000)).toBe(true)
})

it('a message ends when it is taken or refused, not when the provider fails', () => {
  expect(endOf({ outcome: 'sent' })).toEqual({ end: 'sent' })
  expect(endOf(refused('smtp_550'))).toEqual({ end: 'refused', reason: 'smtp_550' })
  expect(endOf(failed('timeout'))).toBeUndefined()
})
