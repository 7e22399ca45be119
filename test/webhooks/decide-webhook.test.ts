import { describe, expect, it } from 'vitest'
import {
  disabledAfterMs,
  givenUpAfterMs,
  isDead,
  isGivenUp,
  outcomeOfStatus,
  pausedUntil,
  retryAt,
} from '../../src/webhooks/decide-webhook.ts'

const now = Date.parse('2026-11-23T09:00:00Z')
const hour = 3_600_000

describe('an answer', () => {
  it('of 2xx is success, 410 the end, anything else a failure (Standard Webhooks)', () => {
    const kindOf = (status: number) => outcomeOfStatus(status, null, now).outcome
    expect([200, 201, 202, 204, 299].map(kindOf)).toEqual(Array(5).fill('delivered'))
    expect(kindOf(410)).toBe('gone')
    const others = [100, 400, 401, 404, 409, 429, 500, 502, 503, 504]
    expect(others.map(kindOf)).toEqual(Array(others.length).fill('failed'))
  })
})

// Attack: a receiver silences itself for ever, and what waits with it.
describe('Retry-After', () => {
  it.each([
    ['120', 120_000],
    [String(25 * 3600), 24 * hour],
    ['Fri, 31 Dec 9999 23:59:59 GMT', 24 * hour],
    ['soon', undefined],
    [null, undefined],
  ])('%j is honoured up to a day', (value, retryAfterMs) => {
    expect(outcomeOfStatus(503, value, now)).toMatchObject({ outcome: 'failed', retryAfterMs })
  })
})

it('pauses grow to six hours, a quarter less or more', () => {
  expect(retryAt(now, 1, 0.5) - now).toBe(5_000)
  expect(retryAt(now, 2, 0.5) - now).toBe(10_000)
  expect(retryAt(now, 40, 0) - now).toBe(4.5 * hour)
  expect(retryAt(now, 40, 1) - now).toBe(7.5 * hour)
})

it('an endpoint is asked every ten minutes, or as late as it asks for', () => {
  expect(pausedUntil(now, 40, undefined, 0.5) - now).toBe(600_000)
  expect(pausedUntil(now, 1, hour, 0.5) - now).toBe(hour)
  expect(pausedUntil(now, 40, 1_000, 0.5) - now).toBe(600_000)
})

it('an event is given up before its endpoint is disabled', () => {
  expect(givenUpAfterMs).toBeLessThan(disabledAfterMs)
  expect(isGivenUp({ queued_at: now - givenUpAfterMs }, now)).toBe(true)
  expect(isGivenUp({ queued_at: now - givenUpAfterMs + 1 }, now)).toBe(false)
  expect(isDead(now - disabledAfterMs, now)).toBe(true)
  expect(isDead(now - disabledAfterMs + 1, now)).toBe(false)
  expect(isDead(undefined, now)).toBe(false)
})
