/** The counter in Upstash Redis, for deployments whose regions share one limit: a token bucket per name. */
import { Ratelimit } from '@upstash/ratelimit'
import { Redis } from '@upstash/redis/cloudflare'
import type { AcquirePermits } from './acquire-permits.ts'
import type { BucketSize } from './token-bucket.ts'

interface UpstashBucket {
  readonly limiter: Ratelimit
  readonly stepMilliseconds: number
  readonly permitsPerStep: number
}

const prefix = 'authly:limit'

/**
 * Returns permits to the bucket of `@upstash/ratelimit`, whose own refund (a negative rate) would exceed the capacity.
 * A missing bucket is full.
 */
const giveBackScript = `#!lua flags=allow-key-locking
local tokens = redis.call('HGET', KEYS[1], 'tokens')
if tokens then
  redis.call('HSET', KEYS[1], 'tokens', math.min(tonumber(ARGV[1]), tonumber(tokens) + tonumber(ARGV[2])))
end
return 0`

/** Builds the counter over an Upstash REST endpoint. Uses the isolate's clock, as `@upstash/ratelimit` does. */
export function createUpstashPermits(upstash: {
  readonly url: string
  readonly token: string
}): AcquirePermits {
  // No automatic pipelining: it lets requests share a fetch, but on Workers none may await another's I/O.
  const options = { enableTelemetry: false, retry: false, enableAutoPipelining: false } as const
  const redis = new Redis({ ...upstash, ...options })
  const buckets = new Map<string, UpstashBucket>()

  return async ({ name, size, want, returned }) => {
    if (returned > 0) await redis.eval(giveBackScript, [`${prefix}:${name}`], [size.capacity, returned])
    if (want === 0) return { granted: 0, remaining: 0, retryAfterMilliseconds: 0 }
    const bucket = bucketOf(buckets, redis, size)
    const answer = await bucket.limiter.limit(name, { rate: want })
    if (answer.success) return { granted: want, remaining: answer.remaining, retryAfterMilliseconds: 0 }
    if (want > 1) {
      // It grants all or nothing: request what is left, or the one permit this request needs.
      const left = Math.max(1, Math.min(want - 1, await permitsLeft(bucket, name, size)))
      const second = await bucket.limiter.limit(name, { rate: left })
      if (second.success) return { granted: left, remaining: second.remaining, retryAfterMilliseconds: 0 }
    }
    return { granted: 0, remaining: 0, retryAfterMilliseconds: Math.max(1, answer.reset - Date.now()) }
  }
}

/** The current content of the bucket; Redis returns that of its last refill, one step before `reset`. */
async function permitsLeft(bucket: UpstashBucket, name: string, size: BucketSize): Promise<number> {
  const { remaining, reset } = await bucket.limiter.getRemaining(name)
  const steps = Math.max(0, Math.floor((Date.now() - reset) / bucket.stepMilliseconds) + 1)
  return Math.min(size.capacity, remaining + steps * bucket.permitsPerStep)
}

/** Refilled in the smallest steps with whole permits and whole milliseconds. */
function bucketOf(buckets: Map<string, UpstashBucket>, redis: Redis, size: BucketSize): UpstashBucket {
  const key = `${size.capacity}/${size.perSeconds}`
  let bucket = buckets.get(key)
  if (!bucket) {
    const stepMilliseconds = Math.max(1, Math.floor((size.perSeconds * 1000) / size.capacity))
    const permitsPerStep = Math.max(
      1,
      Math.floor((size.capacity * stepMilliseconds) / (size.perSeconds * 1000)),
    )
    const limiter = new Ratelimit({
      redis,
      limiter: Ratelimit.tokenBucket(permitsPerStep, `${stepMilliseconds} ms`, size.capacity),
      prefix,
      // Its own timeout allows the request; ours applies the policy.
      timeout: 0,
      ephemeralCache: false,
      analytics: false,
    })
    bucket = { limiter, stepMilliseconds, permitsPerStep }
    buckets.set(key, bucket)
  }
  return bucket
}
