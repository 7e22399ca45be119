/**
 * One rate-limit bucket, or the failed sign-ins of one unknown identifier, per object. The state is written, so that
 * eviction does not refill a bucket that an attacker has emptied; an alarm deletes it once it equals the defaults.
 */
import { DurableObject } from 'cloudflare:workers'
import type { Placement } from '../kit/place-objects.ts'
import {
  attemptsForgotten,
  decideLogin,
  failureMemorySeconds,
  type LoginAttempts,
} from '../sessions/lock-out.ts'
import { observedObjects } from '../telemetry/observed-objects.ts'
import type { AcquirePermits } from './acquire-permits.ts'
import type { RateLimiter } from './rate-limiter.ts'
import { type AcquiredPermits, acquirePermits, type Bucket, type BucketSize, fullAt } from './token-bucket.ts'

type UnknownLogin = Awaited<ReturnType<RateLimiter['recordUnknownLogin']>>

interface StoredBucket {
  readonly bucket: Bucket
  readonly size: BucketSize
}

/**
 * A bucket that is full again so soon is kept in memory alone, because each write is billed. An idle object stays for
 * longer; one that is ended (a deployment) forgets the few permits of this time.
 */
const forgettableMilliseconds = 5000

/** `acquirePermits` and `decideLogin` decide; SQLite stores. */
export class RateLimit extends DurableObject<Env> {
  private stored: StoredBucket | undefined
  private alarmSet: boolean | undefined

  async acquire(size: BucketSize, want: number, returned: number, now: number): Promise<AcquiredPermits> {
    this.stored ??= this.ctx.storage.kv.get<StoredBucket>('bucket')
    const { bucket, acquired } = acquirePermits(this.stored?.bucket, size, want, returned, now)
    this.stored = { bucket, size }
    const full = fullAt(bucket, size)
    if (full - now <= forgettableMilliseconds) return acquired
    this.ctx.storage.kv.put('bucket', this.stored)
    await this.wakeAt(full)
    return acquired
  }

  async recordUnknownLogin(now: number): Promise<UnknownLogin> {
    const attempts = this.ctx.storage.kv.get<LoginAttempts>('attempts')
    const decision = decideLogin(attempts, false, now)
    // Also when locked: a real account's object then writes its audit event, and the response waits for the disk.
    // Without a write here, a faster response would reveal an unknown identifier.
    this.ctx.storage.kv.put('attempts', decision.status === 'refused' ? decision.attempts : attempts)
    if (decision.status === 'locked') return decision
    await this.wakeAt(now + failureMemorySeconds * 1000)
    return { status: 'refused' }
  }

  override async alarm(): Promise<void> {
    this.alarmSet = false
    const now = Date.now()
    const stored = this.ctx.storage.kv.get<StoredBucket>('bucket')
    const attempts = this.ctx.storage.kv.get<LoginAttempts>('attempts')
    const ends = [
      stored ? fullAt(stored.bucket, stored.size) : 0,
      attempts && !attemptsForgotten(attempts, now)
        ? attempts.last_failure_at + failureMemorySeconds * 1000
        : 0,
    ]
    const end = Math.max(...ends)
    if (end > now) return this.wakeAt(end)
    await this.ctx.storage.deleteAll()
    this.stored = undefined
  }

  /** Sets the alarm unless one is pending; a pending one checks by itself whether it fired too early. */
  private async wakeAt(at: number): Promise<void> {
    this.alarmSet ??= (await this.ctx.storage.getAlarm()) !== null
    if (this.alarmSet) return
    this.alarmSet = true
    await this.ctx.storage.setAlarm(at)
  }
}

/** The counter in Durable Objects: one object per bucket, never a global one. */
export function createObjectPermits(
  namespace: DurableObjectNamespace<RateLimit>,
  placement: Placement,
): AcquirePermits {
  const place = observedObjects('RateLimit', namespace, placement)
  return async ({ name, size, want, returned, now }) => {
    const acquired = await place(name).acquire(size, want, returned, now)
    const { granted, remaining, retryAfterMilliseconds } = acquired
    return { granted, remaining, retryAfterMilliseconds }
  }
}

/**
 * `RateLimiter['recordUnknownLogin']`. Always an object, whatever backend counts the rest: a real account's failures
 * are recorded by an object too, and response times must not distinguish the two.
 */
export function createRecordUnknownLogin(
  namespace: DurableObjectNamespace<RateLimit>,
  placement: Placement,
): RateLimiter['recordUnknownLogin'] {
  const place = observedObjects('RateLimit', namespace, placement)
  return async (identifierHash, now) => {
    const recorded = await place(`unknown-login:${identifierHash}`).recordUnknownLogin(now)
    return recorded.status === 'locked'
      ? { status: 'locked', retry_after_seconds: recorded.retry_after_seconds }
      : { status: 'refused' }
  }
}
