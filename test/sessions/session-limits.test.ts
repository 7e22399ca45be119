import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { startSession } from '../../src/sessions/decide-session.ts'
import { sessionsInTheWay } from '../../src/sessions/limit-sessions.ts'
import { lifetimeOf, longestLifetime, shortened } from '../../src/sessions/session-lifetime.ts'
import { createFakeUserSessions } from '../fakes/fake-user-sessions.ts'
import { newSession, start, userId } from './examples.ts'
import { describeSessionLimits } from './session-limits-contract.ts'

describeSessionLimits('rules over maps', () => {
  const { sessions, events } = createFakeUserSessions()
  return { sessions, events: async () => events }
})

const session = (id: string, last_seen_at = start, more = {}) => ({
  ...startSession(userId, newSession(id, more), start, { ip: undefined, user_agent: undefined }),
  last_seen_at,
})

describe('sessionsInTheWay', () => {
  it('leaves room for exactly one more, and ends only those unused the longest', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1000), { maxLength: 30 }), fc.integer({ min: 1, max: 40 }), (uses, max) => {
        const live = uses.map((use, index) => session(`s${index}`, start + use))
        const ended = new Set(sessionsInTheWay(live, max))
        const kept = live.filter((each) => !ended.has(each))
        expect(kept.length).toBe(Math.min(live.length, max - 1))
        for (const gone of ended)
          for (const stays of kept) expect(gone.last_seen_at).toBeLessThanOrEqual(stays.last_seen_at)
      }),
    )
  })
})

describe('lifetimes', () => {
  const config = { sessionIdleTtlSeconds: 1000, sessionAbsoluteTtlSeconds: 5000 }
  const set = (idle: number | null, absolute: number | null) => ({
    'sessions.idle_seconds': idle,
    'sessions.absolute_seconds': absolute,
  })

  it.each([
    ['as configured', set(null, null), 1000, 5000],
    ['by setting', set(60, 600), 60, 600],
    ['never idle for longer than it lasts', set(null, 600), 600, 600],
  ])('%s', (_what, settings, idle_ttl_seconds, absolute_ttl_seconds) => {
    expect(lifetimeOf(settings, config)).toEqual({ idle_ttl_seconds, absolute_ttl_seconds })
  })

  it('without a setting living sessions keep what they have', () => {
    expect(longestLifetime(set(null, null))).toBeUndefined()
    const living = session('s')
    expect(shortened(living, { idle_ttl_seconds: Infinity, absolute_ttl_seconds: Infinity })).toBe(living)
  })

  it('never lengthens a session', () => {
    const seconds = fc.integer({ min: 60, max: 1e7 })
    fc.assert(
      fc.property(seconds, seconds, seconds, seconds, (idle, absolute, longestIdle, longestAbsolute) => {
        const living = session('s', start, { idle_ttl_seconds: idle, absolute_ttl_seconds: absolute })
        const now = shortened(living, {
          idle_ttl_seconds: longestIdle,
          absolute_ttl_seconds: longestAbsolute,
        })
        expect(now.idle_ttl_seconds).toBe(Math.min(idle, longestIdle))
        expect(now.absolute_expires_at).toBe(start + Math.min(absolute, longestAbsolute) * 1000)
      }),
    )
  })
})
