/** State that must be free of races: sessions, rate limits, what may be used only once. */
import { createRateLimiter } from '../rate-limits/create-rate-limiter.ts'
import { createSpendOnce, createWasSpent } from '../sessions/single-use.object.ts'
import { createSessionsOf } from '../sessions/user-sessions.object.ts'
import { recallRateLimits } from './run-time-settings.ts'
import type { Makers } from './wired-request.ts'

export const sessions = {
  sessionsOf: (request) => createSessionsOf(request.env.USER_SESSIONS, request.config, request.recordEvent),

  rateLimiter(request) {
    const { acquirePermits, recordUnknownLogin } = request.isolate
    request.madeRateLimiter ??= createRateLimiter({
      ...{ acquirePermits, recordUnknownLogin, now: request.now, waitUntil: request.waitUntil },
      overrides: request.config.rateLimitOverrides,
      stored: recallRateLimits(request),
    })
    return request.madeRateLimiter
  },

  spendOnce: (request) => createSpendOnce(request.env.SINGLE_USE, request.config),

  wasSpent: (request) => createWasSpent(request.env.SINGLE_USE, request.config),
} satisfies Partial<Makers>
