/**
 * `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10, structured fields) and
 * `Retry-After` (RFC 9110 §10.2.3), so that a client can slow down before it is refused.
 */
import type { RateLimitDecision } from './rate-limiter.ts'

/** Header values for a response that `decision` applies to; `Retry-After` only for a refusal. */
export function rateLimitHeaders(decision: RateLimitDecision): Record<string, string> {
  const { policy, limit, windowSeconds, remaining, retryAfterSeconds, allowed } = decision
  const headers: Record<string, string> = {
    'RateLimit-Policy': `"${policy}";q=${limit};w=${windowSeconds}`,
    RateLimit: `"${policy}";r=${Math.max(0, Math.floor(remaining))};t=${allowed ? windowSeconds : retryAfterSeconds}`,
  }
  if (!allowed) headers['Retry-After'] = String(Math.max(1, retryAfterSeconds))
  return headers
}
