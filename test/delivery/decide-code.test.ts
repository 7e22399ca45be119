import { describe, expect, it } from 'vitest'
import {
  codeLifetimeSeconds,
  countsEnd,
  decideCheck,
  decideIssue,
  maxCodeFailures,
  type StoredCode,
} from '../../src/delivery/codes/decide-code.ts'
import { newCode } from '../../src/delivery/codes/one-time-code.ts'
import type { LoginAttempts } from '../../src/sessions/lock-out.ts'

const now = 1_800_000_000_000
const code: StoredCode = {
  ...{ code_id: 'c', code_mac: 'right', account_mark: 'account', resume: undefined, failures: 0 },
  expires_at: now + codeLifetimeSeconds * 1000,
}
const right = { code_mac: 'right', account_mark: 'account' }
const wrong = { ...right, code_mac: 'wrong' }

describe('decideIssue', () => {
  it.each([
    ['the first', [], 'issued'],
    ['another 29 seconds later', [now - 29_000], 'too_soon'],
    ['another 30 seconds later', [now - 30_000], 'issued'],
    ['the fifth within an hour', [1, 2, 3, 4].map((m) => now - m * 600_000).toReversed(), 'issued'],
    ['the sixth', [1, 2, 3, 4, 5].map((m) => now - m * 600_000).toReversed(), 'limited'],
    ['one when the oldest is an hour old', [6, 5, 4, 3, 2].map((m) => now - m * 600_000), 'issued'],
  ] as const)('%s', (_what, sent, status) => {
    expect(decideIssue({ sent }, now).status).toBe(status)
  })

  it('says when, and forgets what is older than an hour', () => {
    expect(decideIssue({ sent: [now - 29_000] }, now)).toEqual({ status: 'too_soon', retry_after_seconds: 1 })
    expect(decideIssue({ sent: [now - 3_600_000, now - 60_000] }, now)).toEqual({
      status: 'issued',
      sent: [now - 60_000, now],
    })
  })
})

describe('decideCheck', () => {
  it.each([
    ['the right one', code, right, 'right'],
    ['a wrong one', code, wrong, 'wrong'],
    ['none', undefined, right, 'over'],
    ['one that expires now', { ...code, expires_at: now }, right, 'over'],
    ['the right one, for an account that has changed', code, { ...right, account_mark: 'other' }, 'over'],
    ['the last wrong one', { ...code, failures: maxCodeFailures - 1 }, wrong, 'over'],
  ] as const)('%s', (_what, stored, presented, status) => {
    expect(decideCheck(stored, undefined, presented, now).status).toBe(status)
  })

  it('pauses after failures, also over several codes, and then the right one is refused too', () => {
    let attempts: LoginAttempts | undefined
    for (let guess = 0; guess < 6; guess++) {
      const decision = decideCheck(code, attempts, wrong, now)
      if ('attempts' in decision) attempts = decision.attempts
    }
    expect(attempts?.failures).toBe(6)
    expect(decideCheck(code, attempts, right, now)).toMatchObject({ status: 'locked' })
    expect(decideCheck(code, attempts, right, now + 2_000)).toEqual({ status: 'right' })
  })

  it('a guesser is right once in decades', () => {
    // As fast as the pauses of decideLogin allow, 15 minutes each in the end, on new codes again and again.
    const guessesADay = 20 + 86_400 / 900
    expect(1_000_000 / guessesADay / 365).toBeGreaterThan(20)
  })
})

it('counts are kept as long as they count', () => {
  expect(countsEnd({ sent: [now], attempts: undefined })).toBe(now + 3_600_000)
  const attempts = { failures: 1, last_failure_at: now, locked_until: 0 }
  expect(countsEnd({ sent: [], attempts })).toBe(now + 86_400_000)
})

it('codes are six digits, each as likely as any other', () => {
  const firsts = new Array(10).fill(0)
  for (let round = 0; round < 20_000; round++) {
    const made = newCode()
    expect(made).toMatch(/^\d{6}$/)
    firsts[Number(made[0])] += 1
  }
  for (const times of firsts) expect(Math.abs(times - 2000)).toBeLessThan(250)
})
