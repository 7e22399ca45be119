/** The port of rate limiting: one question per request and policy, whatever counts behind it. */
import type { PolicyName } from './policies.ts'

export interface RateLimitDecision {
  readonly policy: PolicyName
  readonly allowed: boolean
  /** Permits per window. */
  readonly limit: number
  readonly windowSeconds: number
  readonly remaining: number
  /** Seconds until permits are available again (0 while some remain). */
  readonly retryAfterSeconds: number
}

export interface RateLimiter {
  /**
   * Takes one permit of `policy` for `subject` (an IP, a client id …; hashed before it becomes a name).
   * Never throws: when the backend fails, the policy's `onFailure` decides.
   */
  take(policy: PolicyName, subject: string): Promise<RateLimitDecision>
  /**
   * Puts back the permit that `decision` of this limiter spent, once: a right password costs an address nothing.
   * Nothing else goes back, so a success never pays for a failure. Never throws; one call, kept alive by itself.
   */
  giveBack(decision: RateLimitDecision): Promise<void>
  /** Whether this isolate already knows that `subject` has nothing left of a `lease` policy. Takes nothing, does no I/O. */
  isSpent(policy: PolicyName, subject: string): boolean
  /**
   * Counts a failed login for an identifier that belongs to nobody, with the same exponential backoff that a
   * real account has, so that both look alike from outside. One call.
   */
  recordUnknownLogin(
    identifierHash: string,
    now: number,
  ): Promise<
    { readonly status: 'refused' } | { readonly status: 'locked'; readonly retry_after_seconds: number }
  >
}
