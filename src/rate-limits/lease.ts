/**
 * A lease: permits one isolate has acquired and spends by itself, so that a request on a busy route costs no
 * I/O. The bound holds globally, because leased permits are counted as spent; what is left when a lease ends
 * goes back with the next acquire.
 */
import type { AcquiredPermits, BucketSize } from './token-bucket.ts'

export interface Lease {
  permits: number
  /** Milliseconds since the Unix epoch, like the others. */
  endsAt: number
  /** How many permits the next acquire asks for. */
  size: number
  /** Until then a acquire is under way. */
  acquiringUntil: number
  /** Until then the bucket is known to be empty. */
  emptyUntil: number
  /** Left in the bucket when last heard of. */
  remaining: number
  /** Made up because the counter was away: nothing of it goes back. */
  borrowed: boolean
}

/** An idle isolate must not sit on permits that others need. */
export const leaseMilliseconds = 10_000
/** Leases grow from 1% to 5% of the bucket while they are used up before they end. */
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

/** Permits of an ended lease that go back to the bucket; the next lease starts small again. */
export function endLease(lease: Lease, size: BucketSize, now: number): number {
  if (now < lease.endsAt) return 0
  const unspent = lease.borrowed ? 0 : lease.permits
  if (lease.permits > 0) lease.size = shareOf(size, firstShare)
  lease.permits = 0
  lease.borrowed = false
  return unspent
}

/** Adds what was acquired; a lease that was used up grows. */
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
