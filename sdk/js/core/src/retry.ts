/** What is known of an attempt that failed. */
export interface FailedAttempt {
  /** How many there were, this one included. */
  readonly attempts: number
  /** Whether a repetition does no harm: a safe or idempotent method, or an idempotency key. */
  readonly isRepeatable: boolean
  /** Undefined when no answer came. */
  readonly response?: Pick<Response, 'status' | 'headers'> | undefined
}

export interface RetryRules {
  /** Attempts in all. Default 4. */
  readonly maxAttempts?: number
  /** Longest wait in milliseconds; a server that asks for more is not asked again. Default 60,000. */
  readonly maxDelayMs?: number
  /** From 0 to 1. Default: `Math.random`. */
  readonly random?: () => number
  /** Milliseconds. Default: `Date.now`. */
  readonly now?: () => number
}

const transient = new Set([408, 429, 500, 502, 503, 504])

/**
 * Milliseconds to wait before the next attempt; undefined when there must be none. `Retry-After` (RFC 9110 §10.2.3)
 * counts before our own waits, which double from 250 ms and spread over their second half.
 */
export function retryDelay(attempt: FailedAttempt, rules: RetryRules = {}): number | undefined {
  const { maxAttempts = 4, maxDelayMs = 60_000, random = Math.random, now = Date.now } = rules
  const { attempts, isRepeatable, response } = attempt
  if (attempts >= maxAttempts) return undefined
  const asked =
    response && [429, 503].includes(response.status) ? retryAfter(response.headers, now()) : undefined
  // A 429 with Retry-After was refused before it did anything.
  if (!isRepeatable && !(response?.status === 429 && asked !== undefined)) return undefined
  if (response && !transient.has(response.status)) return undefined
  if (asked !== undefined) return asked <= maxDelayMs ? asked : undefined
  const full = Math.min(250 * 2 ** (attempts - 1), maxDelayMs)
  return Math.round(full / 2 + (full / 2) * random())
}

/** Milliseconds that `Retry-After` asks for: seconds, or a date (RFC 9110 §10.2.3). */
export function retryAfter(headers: Headers, now: number): number | undefined {
  const value = headers.get('retry-after')?.trim()
  if (!value) return undefined
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000
  // Every form of a date begins with a day (RFC 9110 §5.6.7); `Date.parse` also takes numbers for dates, such as -5.
  const at = /^[A-Z]/i.test(value) ? Date.parse(value) : Number.NaN
  return Number.isNaN(at) ? undefined : Math.max(0, at - now)
}
