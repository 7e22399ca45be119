/**
 * Isolate memory -> regional replica -> Postgres, so that hot paths never wait for Postgres and a cold isolate
 * works while it is down. Requests never share a promise: on Workers one request must not await the I/O of
 * another, so a renewal in flight is marked by a timestamp and other requests use the value they have.
 */
import type { Clock } from '../kit/clock.ts'
import { withTimeout } from '../kit/with-timeout.ts'
import { count, isCounting } from '../telemetry/count.ts'
import type { EdgeCache, Loaded } from './cached-lookup.ts'
import { createMemoryTier, type MemoryTier } from './memory-tier.ts'
import { absentValue, type Replica, type ReplicaEntry, supersedes } from './replica.ts'

/** How long memory is used alone after a lower tier confirmed the value. */
export const freshSeconds = 30
/** Up to this age memory is still used immediately, while one request renews the value in the background. */
export const staleWhileRevalidateSeconds = 60
/** How long an absence is cached. */
export const absentSeconds = 5
/** A replica entry older than this is checked against Postgres. */
export const replicaTrustedSeconds = 60
/** While Postgres is unavailable, values up to this age are served. */
export const staleIfErrorSeconds = 24 * 3600
/**
 * The documented bound while Postgres is reachable: a change made directly in the database is visible everywhere
 * after this; a change made through the server (`refresh`) after `staleWhileRevalidateSeconds` in its own region.
 */
export const stalenessBoundSeconds = staleWhileRevalidateSeconds + replicaTrustedSeconds

/** A lower tier that has not answered by then counts as unavailable. */
const tierTimeoutMilliseconds = 2000
/** How long after a failure Postgres is not queried again if there is a stale copy. */
const retryMilliseconds = 5000
/** How long after a failed renewal requests do not wait for the next one, which runs in the background. */
const failingMilliseconds = 60_000
const sharedMemory = createMemoryTier()

export type ReadArea = 'admin' | 'public' | 'background'

export interface EdgeCacheNeeds {
  readonly replica: Replica
  readonly now: Clock
  /** Keeps the request alive for a background renewal. */
  readonly waitUntil: (work: Promise<unknown>) => void
  /** One per isolate unless given. */
  readonly memory?: MemoryTier
  /** Whom it reads for, as the metric of reads has it. */
  readonly area?: ReadArea
}

/** Builds the cache of one request over the memory of the isolate. */
export function createEdgeCache(needs: EdgeCacheNeeds): EdgeCache {
  const { replica, now, waitUntil, memory = sharedMemory, area = 'public' } = needs
  const countRead = (key: string, tier: 'memory' | 'replica' | 'postgres', result: ReadResult): void => {
    if (isCounting()) count('authly_cache_reads_total', 1, cacheOf(key), tier, result, area)
  }

  return {
    read<T>(key: string, load: () => Promise<Loaded<T> | undefined>): Promise<T | undefined> {
      const entry = memory.get(key)
      if (!entry) return readBelow(key, load)
      const at = now()
      const age = at - entry.checkedAt
      const absent = entry.value === undefined
      if (age < (absent ? absentSeconds : freshSeconds) * 1000) {
        countRead(key, 'memory', 'hit')
        return Promise.resolve(entry.value as T | undefined)
      }
      const answerable = age < staleWhileRevalidateSeconds * 1000 || entry.failingUntil > at
      if (absent || !answerable) return readBelow(key, load)
      countRead(key, 'memory', 'stale')
      if (entry.renewingUntil <= at) {
        entry.renewingUntil = at + tierTimeoutMilliseconds * 2
        waitUntil(fetchThrough(key, load).catch(() => undefined))
      }
      return Promise.resolve(entry.value as T | undefined)
    },

    recall<T>(key: string, load: () => Promise<Loaded<T> | undefined>): T | undefined {
      const entry = memory.get(key)
      const at = now()
      if (entry && at - entry.checkedAt < freshSeconds * 1000) return entry.value as T | undefined
      const renewingUntil = entry ? entry.renewingUntil : (memory.recallingUntil.get(key) ?? 0)
      if (renewingUntil <= at) {
        const until = at + tierTimeoutMilliseconds * 2
        if (entry) entry.renewingUntil = until
        else memory.recallingUntil.set(key, until)
        waitUntil(fetchThrough(key, load).catch(() => undefined))
      }
      return entry?.value as T | undefined
    },

    knows: (key) => memory.get(key)?.value !== undefined,

    async refresh<T>(key: string, loaded: Loaded<T> | undefined): Promise<void> {
      const fresh = toReplicaEntry(loaded, now())
      remember(key, loaded?.value, fresh)
      await replica.put(key, fresh)
    },
  }

  function readBelow<T>(key: string, load: () => Promise<Loaded<T> | undefined>): Promise<T | undefined> {
    countRead(key, 'memory', 'miss')
    return fetchThrough(key, load)
  }

  async function fetchThrough<T>(
    key: string,
    load: () => Promise<Loaded<T> | undefined>,
  ): Promise<T | undefined> {
    let isAway = false
    const copy = await bounded(replica.get(key)).catch(() => {
      isAway = true
      return undefined
    })
    const startedAt = now()
    const copyAge = copy ? startedAt - copy.loadedAt : Number.POSITIVE_INFINITY
    const isTrusted = copy !== undefined && copyAge < trustedMilliseconds(copy)
    countRead(key, 'replica', isTrusted ? 'hit' : copy ? 'stale' : isAway ? 'error' : 'miss')
    if (isTrusted) return remember(key, parse<T>(copy), copy)
    const usable = copy !== undefined && copyAge < staleIfErrorSeconds * 1000
    if (usable && memory.originAwayUntil > startedAt) return rememberStale(key, copy, startedAt)
    try {
      const loaded = await bounded(load())
      countRead(key, 'postgres', loaded ? 'hit' : 'miss')
      const fresh = toReplicaEntry(loaded, startedAt)
      // An absence only overwrites an entry, never creates one: made-up ids must not fill the replica.
      if (loaded || copy) waitUntil(bounded(replica.put(key, fresh)).catch(() => undefined))
      return remember(key, loaded?.value, fresh)
    } catch (failure) {
      countRead(key, 'postgres', 'error')
      memory.originAwayUntil = startedAt + retryMilliseconds
      const known = memory.get(key)
      const knownUsable = known !== undefined && startedAt - known.loadedAt < staleIfErrorSeconds * 1000
      if (!usable && !knownUsable) throw failure
      return rememberStale(key, usable ? copy : undefined, startedAt)
    }
  }

  /** Stores what was read unless memory holds something newer; returns what memory holds then. */
  function remember<T>(key: string, value: T | undefined, stamp: Omit<ReplicaEntry, 'value'>): T | undefined {
    const existing = memory.get(key)
    const checkedAt = now()
    if (existing && !supersedes(stamp, existing)) {
      existing.checkedAt = checkedAt
      existing.renewingUntil = 0
      return existing.value as T | undefined
    }
    const { version, loadedAt } = stamp
    memory.set(key, { value, version, loadedAt, checkedAt, renewingUntil: 0, failingUntil: 0 })
    return value
  }

  /** Stale-if-error: returns the newer of memory and `copy`; renewals continue in the background. */
  function rememberStale<T>(key: string, copy: ReplicaEntry | undefined, at: number): T | undefined {
    if (copy) remember(key, parse<T>(copy), copy)
    const known = memory.get(key)
    if (!known) throw new Error('a stale copy must be there')
    known.checkedAt = at - freshSeconds * 1000
    known.failingUntil = at + failingMilliseconds
    known.renewingUntil = at + retryMilliseconds
    return known.value as T | undefined
  }
}

type ReadResult = 'hit' | 'stale' | 'miss' | 'error'

/** The cache that a key belongs to: what stands before the id. */
function cacheOf(key: string): string {
  const end = key.indexOf(':')
  return end < 0 ? key : key.slice(0, end)
}

const trustedMilliseconds = (entry: ReplicaEntry): number =>
  (entry.value === absentValue ? absentSeconds : replicaTrustedSeconds) * 1000

const toReplicaEntry = (loaded: Loaded<unknown> | undefined, loadedAt: number): ReplicaEntry =>
  loaded
    ? { value: JSON.stringify(loaded.value), version: loaded.version, loadedAt }
    : { value: absentValue, version: 0, loadedAt }

const parse = <T>(entry: ReplicaEntry): T | undefined =>
  entry.value === absentValue ? undefined : (JSON.parse(entry.value) as T)

const bounded = <T>(work: Promise<T>): Promise<T> =>
  withTimeout(work, tierTimeoutMilliseconds, 'a cache tier')
