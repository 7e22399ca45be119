/** The port of rate limiting: one call per request and policy, whatever the counter. */
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
   * Returns the permit that `decision` of this limiter spent, once: a correct password costs an address nothing. Only
   * that permit is returned, so a success never pays for a failure. Never throws; one call, kept alive by the limiter
   * itself.
   */
  giveBack(decision: RateLimitDecision): Promise<void>
  /** Whether this isolate already knows that `subject` has exhausted a `lease` policy. Takes nothing, does no I/O. */
  isSpent(policy: PolicyName, subject: string): boolean
  /**
   * Counts a failed login for an unknown identifier with the same exponential backoff as a real account, so that both
   * look alike from outside. One call.
   */
  recordUnknownLogin(
    identifierHash: string,
    now: number,
  ): Promise<
    { readonly status: 'refused' } | { readonly status: 'locked'; readonly retry_after_seconds: number }
  >
}
