import { describe, expect, it } from 'vitest'
import { readRetryAfter } from '../../src/kit/retry-after.ts'

const now = Date.parse('2026-11-23T09:00:00Z')

describe('Retry-After (RFC 9110 §10.2.3)', () => {
  it.each([
    [null, undefined],
    ['', undefined],
    ['120', 120_000],
    [' 5 ', 5_000],
    ['0', 0],
    ['9999999999', 9_999_999_999_000],
    ['Mon, 23 Nov 2026 10:00:00 GMT', 3_600_000],
    // In the past: now.
    ['Mon, 23 Nov 2026 08:00:00 GMT', 0],
    ['-5', undefined],
    ['soon', undefined],
    ['1e9', undefined],
    ['99999999999', undefined],
    ['2026-11-23T10:00:00Z', undefined],
    ['never GMT', undefined],
  ])('%j', (value, milliseconds) => {
    expect(readRetryAfter(value, now)).toBe(milliseconds)
  })
})
