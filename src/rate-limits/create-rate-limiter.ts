/**
 * The rate limiter over any counter: `object` policies call it each time; `lease` policies spend permits held by the
 * isolate and call it occasionally. When the counter is unavailable, the policy's `onFailure` decides; `open` still
 * counts within this isolate.
 */

import { BoundedMap } from '../kit/bounded-map.ts'
import type { Clock } from '../kit/clock.ts'
import { sha256 } from '../kit/hash.ts'
import { logError } from '../kit/log.ts'
import { withTimeout } from '../kit/with-timeout.ts'
import { count } from '../telemetry/count.ts'
import type { AcquirePermits } from './acquire-permits.ts'
import { endLease, extendLease, hasPermit, type Lease, newLease } from './lease.ts'
import { type Policy, type PolicyName, type PolicyOverrides, policies, policyInForce } from './policies.ts'
import type { RateLimitDecision, RateLimiter } from './rate-limiter.ts'
import { rateSubject } from './rate-subject.ts'
import type { AcquiredPermits } from './token-bucket.ts'

export type Leases = BoundedMap<string, Lease>

export interface RateLimiterNeeds {
  readonly acquirePermits: AcquirePermits
  readonly recordUnknownLogin: RateLimiter['recordUnknownLogin']
  /** Limits from the configuration. */
  readonly overrides: PolicyOverrides
  /** Limits set by administrators; they override the configuration. */
  readonly stored?: PolicyOverrides | undefined
  readonly now: Clock
  /** Keeps the request alive while a lease is renewed ahead of time. */
  readonly waitUntil: (work: Promise<unknown>) => void
  /** One per isolate unless given. */
  readonly leases?: Leases
}

const timeoutMilliseconds = 2000
/** How long a failed counter is not called, and the `Retry-After` of a refused caller. */
const failureBackoffSeconds = 5
/** Bounds memory under a flood of addresses; an evicted lease only loses its unspent permits. */
const maxLeases = 10_000
/** The leases of one isolate: never more than `maxLeases`. */
export const createLeases = (): Leases => new BoundedMap(maxLeases)

const sharedLeases = createLeases()
const noOverrides: PolicyOverrides = {}
/** Keyed by configured and stored limits: both are the same objects for many requests. */
const tables = new WeakMap<PolicyOverrides, WeakMap<PolicyOverrides, PolicyTable>>()
type PolicyTable = Record<PolicyName, Policy>

/** Builds the limiter of one request over the leases of the isolate. */
export function createRateLimiter(needs: RateLimiterNeeds): RateLimiter {
  const { overrides, now, waitUntil, leases = sharedLeases } = needs
  const table = tableOf(overrides, needs.stored ?? noOverrides)
  /** Permits that may be given back. Token requests take none, and garbage collection pays for each weak map. */
  let spent: WeakMap<RateLimitDecision, Permit> | undefined

  return {
    recordUnknownLogin: needs.recordUnknownLogin,
    take(name, subject) {
      const policy = table[name]
      const counted = rateSubject(policy, subject)
      return policy.mode === 'lease' ? takeLeased(name, policy, counted) : takeCounted(name, policy, counted)
    },
    async giveBack(decision) {
      const permit = spent?.get(decision)
      if (!permit) return
      spent?.delete(decision)
      const { name, policy, subject } = permit
      const work = acquire(name, policy, subject, 0, 1).then(
        () => undefined,
        (failure) => reportFailure(name, failure),
      )
      waitUntil(work)
      await work
    },
    isSpent(name, subject) {
      const lease = leases.get(`${name}:${rateSubject(table[name], subject)}`)
      const at = now()
      return lease !== undefined && !hasPermit(lease, at) && lease.emptyUntil > at
    },
  }

  async function takeCounted(name: PolicyName, policy: Policy, subject: string): Promise<RateLimitDecision> {
    try {
      const acquired = await acquire(name, policy, subject, 1, 0)
      const isGranted = acquired.granted > 0
      const decided = decision(name, policy, isGranted, acquired.remaining, acquired.retryAfterMilliseconds)
      if (isGranted) {
        spent ??= new WeakMap()
        spent.set(decided, { name, policy, subject })
      }
      return decided
    } catch (failure) {
      reportFailure(name, failure)
      const open = policy.onFailure === 'open'
      return decision(name, policy, open, open ? policy.capacity : 0, open ? 0 : failureBackoffSeconds * 1000)
    }
  }

  function takeLeased(name: PolicyName, policy: Policy, subject: string): Promise<RateLimitDecision> {
    const lease = leaseOf(leases, `${name}:${subject}`, policy)
    const at = now()
    if (hasPermit(lease, at)) {
      lease.permits--
      const low = lease.permits < lease.size / 4 && lease.size > 1
      if (low && lease.acquiringUntil <= at && lease.emptyUntil <= at) {
        waitUntil(renew(name, policy, subject, lease, lease.size, 0))
      }
      return Promise.resolve(decision(name, policy, true, lease.remaining + lease.permits, 0))
    }
    if (lease.emptyUntil > at) return Promise.resolve(refusedUntil(name, policy, lease.emptyUntil - at))
    return takeFromNewLease(name, policy, subject, lease)
  }

  async function takeFromNewLease(
    name: PolicyName,
    policy: Policy,
    subject: string,
    lease: Lease,
  ): Promise<RateLimitDecision> {
    const at = now()
    const returned = endLease(lease, policy, at)
    // Requests that arrive during an acquire take only their one permit, so that a burst does not drain the bucket.
    const want = lease.acquiringUntil > at ? 1 : lease.size
    await renew(name, policy, subject, lease, want, returned)
    if (lease.permits <= 0) return refusedUntil(name, policy, Math.max(1, lease.emptyUntil - now()))
    lease.permits--
    return decision(name, policy, true, lease.remaining + lease.permits, 0)
  }

  async function renew(
    name: PolicyName,
    policy: Policy,
    subject: string,
    lease: Lease,
    want: number,
    returned: number,
  ): Promise<void> {
    lease.acquiringUntil = now() + timeoutMilliseconds
    try {
      extendLease(lease, policy, await acquire(name, policy, subject, want, returned), now())
    } catch (failure) {
      reportFailure(name, failure)
      surviveFailure(lease, policy, now())
    }
  }

  async function acquire(
    name: PolicyName,
    policy: Policy,
    subject: string,
    want: number,
    returned: number,
  ): Promise<AcquiredPermits> {
    // Hashed: object names and Redis keys must not reveal who signs in from where.
    const bucket = `${name}:${await sha256(subject)}`
    const request = { name: bucket, size: policy, want, returned, now: now() }
    return withTimeout(needs.acquirePermits(request), timeoutMilliseconds, 'the rate-limit counter')
  }
}

/** One permit acquired from the counter, and its subject. */
interface Permit {
  readonly name: PolicyName
  readonly policy: Policy
  readonly subject: string
}

/** `closed` refuses for a while. `open` lets this isolate spend one bucket of its own meanwhile. */
function surviveFailure(lease: Lease, policy: Policy, now: number): void {
  const until = now + failureBackoffSeconds * 1000
  if (lease.permits > 0) {
    lease.acquiringUntil = until
  } else if (policy.onFailure === 'closed') {
    lease.emptyUntil = until
  } else if (lease.borrowed && now < lease.endsAt) {
    lease.emptyUntil = lease.endsAt
  } else {
    lease.permits = policy.capacity
    lease.endsAt = until
    lease.acquiringUntil = until
    lease.borrowed = true
  }
}

function leaseOf(leases: Leases, key: string, policy: Policy): Lease {
  let lease = leases.get(key)
  if (!lease) {
    lease = newLease(policy)
    leases.set(key, lease)
  }
  return lease
}

function tableOf(configured: PolicyOverrides, stored: PolicyOverrides): PolicyTable {
  let byStored = tables.get(configured)
  if (!byStored) {
    byStored = new WeakMap()
    tables.set(configured, byStored)
  }
  let table = byStored.get(stored)
  if (!table) {
    const names = Object.keys(policies) as PolicyName[]
    const overrides = { ...configured, ...stored }
    table = Object.fromEntries(names.map((name) => [name, policyInForce(name, overrides)])) as PolicyTable
    byStored.set(stored, table)
  }
  return table
}

const refusedUntil = (name: PolicyName, policy: Policy, milliseconds: number): RateLimitDecision =>
  decision(name, policy, false, 0, milliseconds)

function decision(
  policy: PolicyName,
  { capacity, perSeconds }: Policy,
  allowed: boolean,
  remaining: number,
  retryAfterMilliseconds: number,
): RateLimitDecision {
  if (!allowed) count('authly_rate_limited_total', 1, policy)
  return {
    policy,
    allowed,
    limit: capacity,
    windowSeconds: perSeconds,
    remaining,
    retryAfterSeconds: Math.ceil(retryAfterMilliseconds / 1000),
  }
}

const reportFailure = (policy: PolicyName, failure: unknown): void =>
  logError('rate_limit_counter_failed', { subject: policy, reason: (failure as Error).name })
