/**
 * Request objects that clients publish, fetched through the outgoing-request guard. What was fetched is kept for a
 * moment in isolate memory, and a failure too: anyone can open a link with a registered `request_uri`, and must not
 * turn this server against the client's.
 */
import { BoundedMap } from '../kit/bounded-map.ts'
import type { Clock } from '../kit/clock.ts'
import { createGuardedFetch, type FetchRules } from '../kit/guarded-fetch.ts'
import { observedFetch } from '../telemetry/observed-fetch.ts'
import type { FetchRequestObject } from './published-request-object.ts'

interface FetchedObject {
  object: string | undefined
  /** When its last fetch started, and how many more started since then in parallel. */
  startedAt: number
  parallel: number
  finished: boolean
}

/** How long one answer is good for. */
export const requestObjectTtlSeconds = 10
/** A few requests that arrive during a fetch start their own: on Workers they cannot wait for the I/O of another. */
const maxParallelFetches = 8
const maxKept = 200
const maxBytes = 32 * 1024
const kept = new BoundedMap<string, FetchedObject>(maxKept)

const accept = { accept: 'application/oauth-authz-req+jwt, application/jwt, text/plain' }

/** Builds `FetchRequestObject`; `memory` is one per isolate unless given. */
export function createFetchRequestObject(needs: {
  readonly now: Clock
  readonly rules: FetchRules
  readonly memory?: Map<string, FetchedObject>
}): FetchRequestObject {
  const { now, memory = kept } = needs
  const guardedFetch = createGuardedFetch(
    needs.rules,
    observedFetch,
    { maxBytes, timeoutMilliseconds: 3000 },
    accept,
  )
  return async (requestUri) => {
    const uri = withoutFragment(requestUri)
    const at = now()
    const known = memory.get(uri)
    const isRecent = known !== undefined && at - known.startedAt < requestObjectTtlSeconds * 1000
    if (isRecent && (known.finished || known.parallel >= maxParallelFetches)) return known.object
    const entry = isRecent ? known : { object: undefined, startedAt: at, parallel: 0, finished: false }
    entry.parallel += 1
    memory.set(uri, entry)
    const answer = await guardedFetch(uri)
    entry.finished = true
    // Of several that were fetched in parallel, one that failed says nothing about the others.
    if (answer.ok) entry.object = answer.value.trim()
    return entry.object
  }
}

/** OpenID Connect Core §6.2: the fragment is a hash of the content, not part of the address. */
const withoutFragment = (uri: string): string => uri.split('#', 1)[0] as string
