/**
 * A lease: permits one isolate has acquired and spends by itself, so that a request on a busy route costs no I/O. The
 * limit holds globally, because leased permits count as spent; unspent ones are returned with the next acquire.
 */
import type { AcquiredPermits, BucketSize } from './token-bucket.ts'

export interface Lease {
  permits: number
  /** Milliseconds since the Unix epoch, like the others. */
  endsAt: number
  /** How many permits the next acquire asks for. */
  size: number
  /** An acquire is in progress until then. */
  acquiringUntil: number
  /** The bucket is known to be empty until then. */
  emptyUntil: number
  /** Permits left in the bucket at the last acquire. */
  remaining: number
  /** Created locally because the counter was unavailable: none of it is returned. */
  borrowed: boolean
}

/** An idle isolate must not hold permits that others need. */
export const leaseMilliseconds = 10_000
/** Leases grow from 1% to 5% of the bucket while they are used up before they expire. */
const firstShare = 0.01
const largestShare = 0.05

export const newLease = (size: BucketSize): Lease => ({
  permits: 0,
  endsAt: 0,
  size: shareOf(size, firstShare),
  acquiringUntil: 0,
  emptyUntil: 0,
  remaining: size.capacity,
  borrowed: false,
})

export const hasPermit = (lease: Lease, now: number): boolean => lease.permits > 0 && now < lease.endsAt

/** Unspent permits of an expired lease, to be returned to the bucket; the next lease starts small again. */
export function endLease(lease: Lease, size: BucketSize, now: number): number {
  if (now < lease.endsAt) return 0
  const unspent = lease.borrowed ? 0 : lease.permits
  if (lease.permits > 0) lease.size = shareOf(size, firstShare)
  lease.permits = 0
  lease.borrowed = false
  return unspent
}

/** Adds acquired permits; a lease that was used up grows. */
export function extendLease(lease: Lease, size: BucketSize, acquired: AcquiredPermits, now: number): void {
  lease.acquiringUntil = 0
  lease.remaining = acquired.remaining
  if (acquired.granted === 0) {
    lease.emptyUntil = now + acquired.retryAfterMilliseconds
    return
  }
  lease.permits += acquired.granted
  lease.endsAt = now + leaseMilliseconds
  lease.size = Math.min(lease.size * 2, shareOf(size, largestShare))
}

const shareOf = (size: BucketSize, share: number): number => Math.max(1, Math.floor(size.capacity * share))
