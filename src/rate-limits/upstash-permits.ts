/** The counter in Upstash Redis, for deployments whose regions share one limit: a token bucket per name. */
import { Ratelimit } from '@upstash/ratelimit'
import { Redis } from '@upstash/redis/cloudflare'
import type { DrawPermits } from './draw-permits.ts'
import type { BucketSize } from './token-bucket.ts'

/**
 * Builds the counter over an Upstash REST endpoint. Unspent permits are not given back. Time is the
 * isolate's clock, as `@upstash/ratelimit` takes it.
 */
export function createUpstashPermits(upstash: { readonly url: string; readonly token: string }): DrawPermits {
  const redis = new Redis({ ...upstash, enableTelemetry: false, retry: false })
  const buckets = new Map<string, Ratelimit>()

  const bucketOf = (size: BucketSize): Ratelimit => {
    const key = `${size.capacity}/${size.perSeconds}`
    let bucket = buckets.get(key)
    if (!bucket) {
      bucket = new Ratelimit({
        redis,
        limiter: evenBucket(size),
        prefix: 'authly:limit',
        // Its own time-out answers "allowed"; ours asks the policy.
        timeout: 0,
        ephemeralCache: false,
        analytics: false,
      })
      buckets.set(key, bucket)
    }
    return bucket
  }

  return async ({ name, size, want }) => {
    const bucket = bucketOf(size)
    let asked = want
    let answer = await bucket.limit(name, { rate: asked })
    if (!answer.success && want > 1) {
      // All or nothing there: ask again for what is left, or for the one permit this request needs.
      const left = await bucket.getRemaining(name)
      asked = Math.max(1, Math.min(want, left.remaining))
      answer = await bucket.limit(name, { rate: asked })
    }
    return {
      granted: answer.success ? asked : 0,
      remaining: Math.max(0, answer.remaining),
      retryAfterMilliseconds: answer.success ? 0 : Math.max(1, answer.reset - Date.now()),
    }
  }
}

/** Refilled in the smallest steps that are whole permits and whole milliseconds. */
function evenBucket({ capacity, perSeconds }: BucketSize) {
  const stepMilliseconds = Math.max(1, Math.floor((perSeconds * 1000) / capacity))
  const permitsPerStep = Math.max(1, Math.floor((capacity * stepMilliseconds) / (perSeconds * 1000)))
  return Ratelimit.tokenBucket(permitsPerStep, `${stepMilliseconds} ms`, capacity)
}
