/** The port of the counter behind the rate limiter: an object or Redis. One contract suite runs against both. */
import type { AcquiredPermits, BucketSize } from './token-bucket.ts'

export interface PermitRequest {
  /** `policy:hash(subject)`: one bucket each. */
  readonly name: string
  readonly size: BucketSize
  /** At most this many; fewer may be granted. */
  readonly want: number
  /** Permits to return before any are granted. A full bucket ignores them. */
  readonly returned: number
  /** Milliseconds since the Unix epoch. */
  readonly now: number
}

/** @throws when the counter cannot be reached */
export type AcquirePermits = (request: PermitRequest) => Promise<AcquiredPermits>
