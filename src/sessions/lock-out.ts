/**
 * Exponential backoff on failed sign-ins, per identifier: pure, so that a known account (its UserSessions object) and
 * an unknown identifier (a RateLimit object) follow the same rule and look alike. Against online guessing (NIST SP
 * 800-63B-4 §3.2.2); the short maximum keeps an attacker from locking users out for long.
 */

/** The stored failures of one identifier. */
export interface LoginAttempts {
  readonly failures: number
  /** Milliseconds since the Unix epoch. */
  readonly last_failure_at: number
  /** Milliseconds since the Unix epoch; 0 during the free failures. */
  readonly locked_until: number
}

export type LoginDecision =
  /** Sign in and delete the failures. */
  | { readonly status: 'accepted' }
  /** Wrong password: store `attempts`. */
  | { readonly status: 'refused'; readonly attempts: LoginAttempts }
  /** Too early, whatever the password was. Nothing is stored: waiting users must not be locked out longer. */
  | { readonly status: 'locked'; readonly retry_after_seconds: number }

export const freeFailures = 5
export const maxLockSeconds = 15 * 60
/** After this long without a failure, counting starts again. */
export const failureMemorySeconds = 24 * 3600

/**
 * Decides one attempt. The password must already have been checked, so that parallel guesses are decided one after the
 * other and those during a lock-out learn nothing.
 * @param attempts the stored failures, if any
 * @param now milliseconds since the Unix epoch
 */
export function decideLogin(
  attempts: LoginAttempts | undefined,
  passwordOk: boolean,
  now: number,
): LoginDecision {
  const remembered = attempts && !attemptsForgotten(attempts, now) ? attempts : undefined
  if (remembered && now < remembered.locked_until) {
    return { status: 'locked', retry_after_seconds: Math.ceil((remembered.locked_until - now) / 1000) }
  }
  if (passwordOk) return { status: 'accepted' }
  const failures = (remembered?.failures ?? 0) + 1
  const locked_until = failures > freeFailures ? now + lockSeconds(failures) * 1000 : 0
  return { status: 'refused', attempts: { failures, last_failure_at: now, locked_until } }
}

/** Whether stored attempts no longer count and can be deleted. */
export const attemptsForgotten = (attempts: LoginAttempts, now: number): boolean =>
  now - attempts.last_failure_at >= failureMemorySeconds * 1000

/** 2 s after the first failure beyond the free ones, then doubling up to the maximum. */
const lockSeconds = (failures: number): number => Math.min(2 ** (failures - freeFailures), maxLockSeconds)
