/**
 * A client's public keys: registered inline, or fetched from its `jwks_uri` through the outgoing-request guard and
 * kept in isolate memory. Fetches are rate-limited per URL, so that assertions with made-up `kid`s cannot turn
 * this server against the client's.
 */
import type { JSONWebKeySet } from 'jose'
import { z } from 'zod'
import { BoundedMap } from '../kit/bounded-map.ts'
import type { Clock } from '../kit/clock.ts'
import { createGuardedFetch, type FetchRules, type GuardedFetch } from '../kit/guarded-fetch.ts'
import { observedFetch } from '../telemetry/observed-fetch.ts'
import type { FetchClientJwks } from './client-jwks.ts'

interface CachedKeys {
  jwks: JSONWebKeySet | undefined
  /** When the fetch of `jwks` started; milliseconds since the Unix epoch, like the others. */
  fetchedAt: number
  /**
   * When the last fetch started, how many more started since then in parallel, and when one last completed or
   * failed.
   */
  startedAt: number
  parallel: number
  finishedAt: number
}

/** Keys are used this long without a new fetch. */
export const clientJwksTtlSeconds = 300
/** Minimum time between two fetches of one URL: after a failure, or for an unknown `kid`. */
export const clientJwksRetrySeconds = 30
/** How long the last keys are used while the URL is unreachable: limited, because removing a key must revoke it. */
const staleIfErrorSeconds = 3600
/** How many requests may fetch in parallel to the first; a slow server must not be flooded. */
const maxParallelFetches = 8
const maxCached = 1000
const maxKeys = 50
const cachedKeys = new BoundedMap<string, CachedKeys>(maxCached)

const keySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).max(maxKeys) })

/** Builds `FetchClientJwks`; `memory` is one per isolate unless given. */
export function createFetchClientJwks(needs: {
  readonly now: Clock
  /** Which URLs are allowed as `jwks_uri`. */
  readonly rules: FetchRules
  readonly memory?: Map<string, CachedKeys>
}): FetchClientJwks {
  const { now, memory = cachedKeys } = needs
  const guardedFetch = createGuardedFetch(needs.rules, observedFetch)
  return async (client, options) => {
    if (client.jwks) return client.jwks as unknown as JSONWebKeySet
    const uri = client.jwks_uri
    if (uri === undefined) return undefined
    const at = now()
    const known = memory.get(uri)
    if (known && !mayFetch(known, options?.stale ?? false, at)) return usable(known, at)
    const entry = known ?? { jwks: undefined, fetchedAt: 0, startedAt: 0, parallel: 0, finishedAt: 0 }
    if (at - entry.startedAt >= clientJwksRetrySeconds * 1000) {
      entry.startedAt = at
      entry.parallel = 0
    } else {
      entry.parallel += 1
    }
    memory.set(uri, entry)
    const fetched = await fetchKeySet(guardedFetch, uri)
    entry.finishedAt = now()
    if (fetched && at >= entry.fetchedAt) {
      entry.jwks = fetched
      entry.fetchedAt = at
    }
    return usable(entry, at)
  }
}

/**
 * Whether to fetch now. A few requests that arrive during a fetch start their own: on Workers one request cannot
 * wait for the I/O of another, and without the keys they would fail.
 */
function mayFetch(entry: CachedKeys, stale: boolean, at: number): boolean {
  const ttlSeconds = stale ? clientJwksRetrySeconds : clientJwksTtlSeconds
  if (entry.jwks && at - entry.fetchedAt < ttlSeconds * 1000) return false
  const isFetching = entry.finishedAt < entry.startedAt
  return (
    (isFetching && entry.parallel < maxParallelFetches) ||
    at - entry.startedAt >= clientJwksRetrySeconds * 1000
  )
}

const usable = (entry: CachedKeys, at: number): JSONWebKeySet | undefined =>
  at - entry.fetchedAt < staleIfErrorSeconds * 1000 ? entry.jwks : undefined

async function fetchKeySet(guardedFetch: GuardedFetch, uri: string): Promise<JSONWebKeySet | undefined> {
  const answer = await guardedFetch(uri)
  if (!answer.ok) return undefined
  try {
    const parsed = keySet.safeParse(JSON.parse(answer.value))
    return parsed.success ? (parsed.data as unknown as JSONWebKeySet) : undefined
  } catch {
    return undefined
  }
}
