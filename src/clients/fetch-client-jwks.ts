/**
 * A client's public keys: registered inline, or fetched from its `jwks_uri` through the outgoing-request guard and
 * kept in isolate memory. Fetches are rate-limited per URL, so that assertions with made-up `kid`s cannot turn
 * this server against the client's. The region's replica has a copy for isolates that start while the URL is
 * unreachable.
 */
import type { JSONWebKeySet } from 'jose'
import { z } from 'zod'
import type { Replica } from '../edge-cache/replica.ts'
import { BoundedMap } from '../kit/bounded-map.ts'
import type { Clock } from '../kit/clock.ts'
import { createGuardedFetch, type FetchRules, type GuardedFetch } from '../kit/guarded-fetch.ts'
import { sha256 } from '../kit/hash.ts'
import { withTimeout } from '../kit/with-timeout.ts'
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
/**
 * How long the last keys are used while the URL is unreachable, whether they come from memory or from the replica.
 * Attack: a key is stolen, and whoever it belongs to takes the server down; the thief must not go on for a day.
 */
export const clientJwksStaleSeconds = 3600
const replicaTimeoutMilliseconds = 2000
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
  readonly replica: Replica
  /** Keeps the request alive while the copy is stored. */
  readonly waitUntil: (work: Promise<unknown>) => void
  readonly memory?: Map<string, CachedKeys>
}): FetchClientJwks {
  const { now, replica, waitUntil, memory = cachedKeys } = needs
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
      waitUntil(storeCopy(replica, uri, fetched, at).catch(() => undefined))
    }
    if (!fetched && !usable(entry, at)) await takeCopy(replica, uri, entry)
    return usable(entry, at)
  }
}

/** Hashed, so that the key has the length of others. */
const copyKey = async (uri: string): Promise<string> => `client-jwks:${await sha256(uri)}`

const storeCopy = async (replica: Replica, uri: string, jwks: JSONWebKeySet, at: number): Promise<void> =>
  replica.put(await copyKey(uri), { value: JSON.stringify(jwks), version: 1, loadedAt: at })

/** What another isolate of the region fetched; nothing when the replica does not answer either. */
async function takeCopy(replica: Replica, uri: string, entry: CachedKeys): Promise<void> {
  const asked = replica.get(await copyKey(uri))
  const copy = await withTimeout(asked, replicaTimeoutMilliseconds, 'the replica').catch(() => undefined)
  const jwks = copy && parseKeySet(copy.value)
  if (!jwks || copy.loadedAt <= entry.fetchedAt) return
  entry.jwks = jwks
  entry.fetchedAt = copy.loadedAt
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
  at - entry.fetchedAt < clientJwksStaleSeconds * 1000 ? entry.jwks : undefined

async function fetchKeySet(guardedFetch: GuardedFetch, uri: string): Promise<JSONWebKeySet | undefined> {
  const answer = await guardedFetch(uri)
  return answer.ok ? parseKeySet(answer.value) : undefined
}

function parseKeySet(text: string): JSONWebKeySet | undefined {
  try {
    const parsed = keySet.safeParse(JSON.parse(text))
    return parsed.success ? (parsed.data as unknown as JSONWebKeySet) : undefined
  } catch {
    return undefined
  }
}
