/**
 * A client's public keys: registered inline, or fetched from its `jwks_uri` through the outgoing-request
 * guard and kept in isolate memory. Fetches are bounded per address, so that assertions with made-up `kid`s
 * cannot turn this server into a hammer against the client's.
 */
import type { JSONWebKeySet } from 'jose'
import { z } from 'zod'
import { BoundedMap } from '../kit/bounded-map.ts'
import type { Clock } from '../kit/clock.ts'
import { createGuardedFetch, type FetchRules, type GuardedFetch } from '../kit/guarded-fetch.ts'
import type { FetchClientJwks } from './client-jwks.ts'

interface CachedKeys {
  jwks: JSONWebKeySet | undefined
  /** When `jwks` was asked for; milliseconds since the Unix epoch, like the others. */
  fetchedAt: number
  /** When the last fetch began, how many began since then beside it, and when one was answered, well or badly. */
  startedAt: number
  beside: number
  answeredAt: number
}

/** Keys are used this long without a new fetch. */
export const clientJwksTtlSeconds = 300
/** Between two fetches of one address at least this long: after a failure, or for an unknown `kid`. */
export const clientJwksRetrySeconds = 30
/** While the address does not answer, the last keys count this long: rotation by revocation must end them. */
const staleIfErrorSeconds = 3600
/** So many requests may fetch while the first one's answer is awaited; a slow address must not be flooded. */
const maxBeside = 8
const maxCached = 1000
const maxKeys = 50
const cachedKeys = new BoundedMap<string, CachedKeys>(maxCached)

const keySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).max(maxKeys) })

/** Builds `FetchClientJwks`; `memory` is one per isolate unless given. */
export function createFetchClientJwks(needs: {
  readonly now: Clock
  /** Which addresses a `jwks_uri` may be. */
  readonly rules: FetchRules
  readonly memory?: Map<string, CachedKeys>
}): FetchClientJwks {
  const { now, memory = cachedKeys } = needs
  const guardedFetch = createGuardedFetch(needs.rules)
  return async (client, options) => {
    if (client.jwks) return client.jwks as unknown as JSONWebKeySet
    const uri = client.jwks_uri
    if (uri === undefined) return undefined
    const at = now()
    const known = memory.get(uri)
    if (known && !mayFetch(known, options?.stale ?? false, at)) return usable(known, at)
    const entry = known ?? { jwks: undefined, fetchedAt: 0, startedAt: 0, beside: 0, answeredAt: 0 }
    if (at - entry.startedAt >= clientJwksRetrySeconds * 1000) {
      entry.startedAt = at
      entry.beside = 0
    } else {
      entry.beside += 1
    }
    memory.set(uri, entry)
    const fetched = await fetchKeySet(guardedFetch, uri)
    entry.answeredAt = now()
    if (fetched && at >= entry.fetchedAt) {
      entry.jwks = fetched
      entry.fetchedAt = at
    }
    return usable(entry, at)
  }
}

/**
 * Whether to ask the address now. A few requests that arrive while a fetch is under way fetch too: on Workers
 * one request cannot wait for the I/O of another, and without the keys they would fail.
 */
function mayFetch(entry: CachedKeys, stale: boolean, at: number): boolean {
  const ttlSeconds = stale ? clientJwksRetrySeconds : clientJwksTtlSeconds
  if (entry.jwks && at - entry.fetchedAt < ttlSeconds * 1000) return false
  const underWay = entry.answeredAt < entry.startedAt
  return (underWay && entry.beside < maxBeside) || at - entry.startedAt >= clientJwksRetrySeconds * 1000
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
