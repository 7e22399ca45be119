import { describe, expect, test } from 'vitest'
import { givenUpAfterMs, hasAnswered, isGivenUp, retryAt } from '../../src/logout/decide-logout.ts'

describe('when a client is asked again', () => {
  test('after 5 s, then twice as long each time, an hour at most', () => {
    const pauses = [1, 2, 3, 10, 11, 40].map((failures) => retryAt(0, failures, 0.5) / 1000)
    expect(pauses).toEqual([5, 10, 20, 2560, 3600, 3600])
  })

  test('a quarter less or more, so that clients which were down are not called by everybody at once', () => {
    expect([0, 1].map((random) => retryAt(1000, 1, random))).toEqual([4750, 7250])
  })

  test('not after a day', () => {
    expect(isGivenUp({ ended_at: 5 }, 4 + givenUpAfterMs)).toBe(false)
    expect(isGivenUp({ ended_at: 5 }, 5 + givenUpAfterMs)).toBe(true)
  })
})

describe('what shows that a client is there', () => {
  test.each([
    [{ outcome: 'delivered' }, true],
    [{ outcome: 'refused', reason: 'http_400' }, true],
    [{ outcome: 'refused', reason: 'address_refused' }, false],
    [{ outcome: 'failed', reason: 'http_503' }, false],
    [{ outcome: 'unwanted' }, false],
    [{ outcome: 'given_up', reason: 'expired' }, false],
  ] as const)('%j: %s', (outcome, answered) => {
    expect(hasAnswered(outcome)).toBe(answered)
  })
})
