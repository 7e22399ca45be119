/**
 * The token bucket, pure: `capacity` permits, refilled evenly over `perSeconds`. It allows bursts and limits the rate
 * over longer periods; its whole state is two numbers.
 */

export interface BucketSize {
  /** Permits in a full bucket. */
  readonly capacity: number
  /** Seconds in which an empty bucket fills. */
  readonly perSeconds: number
}

export interface Bucket {
  /** Permits left at `at`; a fraction is a permit being refilled. */
  readonly permits: number
  /** Milliseconds since the Unix epoch. */
  readonly at: number
}

export interface AcquiredPermits {
  /** How many of the requested permits were granted. */
  readonly granted: number
  /** Whole permits left after this. */
  readonly remaining: number
  /** 0 unless nothing was granted. */
  readonly retryAfterMilliseconds: number
}

/**
 * Returns `returned` unspent permits, then takes up to `want`.
 * @param bucket the stored state; undefined means full
 * @param now milliseconds; if the clock went back it counts as stopped, so that no refill is counted twice
 */
export function acquirePermits(
  bucket: Bucket | undefined,
  size: BucketSize,
  want: number,
  returned: number,
  now: number,
): { readonly bucket: Bucket; readonly acquired: AcquiredPermits } {
  const { capacity } = size
  const at = bucket ? Math.max(bucket.at, now) : now
  const grown = bucket ? (at - bucket.at) * permitsPerMillisecond(size) : capacity
  const available = Math.min(capacity, (bucket?.permits ?? 0) + grown + returned)
  const granted = Math.min(want, Math.floor(available))
  const permits = available - granted
  const missing = Math.max(0, 1 - permits)
  return {
    bucket: { permits, at },
    acquired: {
      granted,
      remaining: Math.floor(permits),
      retryAfterMilliseconds: granted > 0 ? 0 : Math.ceil(missing / permitsPerMillisecond(size)),
    },
  }
}

/** When the bucket is full again and can be forgotten (milliseconds since the Unix epoch). */
export const fullAt = (bucket: Bucket, size: BucketSize): number =>
  bucket.at + Math.ceil(Math.max(0, size.capacity - bucket.permits) / permitsPerMillisecond(size))

const permitsPerMillisecond = (size: BucketSize): number => size.capacity / (size.perSeconds * 1000)
