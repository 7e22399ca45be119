/** What an isolate derives from its environment once, for all its requests. */

import { createAppendEvents } from '../audit/audit-outbox.object.ts'
import type { AppendEvents } from '../audit/record-event.ts'
import { type Config, configOf } from '../config.ts'
import type { EdgeCache } from '../edge-cache/cached-lookup.ts'
import { createEdgeCache, type ReadArea } from '../edge-cache/edge-cache.ts'
import { createObjectReplica } from '../edge-cache/edge-replica.object.ts'
import type { Replica } from '../edge-cache/replica.ts'
import { systemClock as now } from '../kit/clock.ts'
import { delay } from '../kit/delay.ts'
import { lazily } from '../kit/lazily.ts'
import { createRootSecret, type RootSecret } from '../kit/root-secret.ts'
import { createHashSlots, type HashSlots } from '../passwords/hash-slots.ts'
import type { AcquirePermits } from '../rate-limits/acquire-permits.ts'
import { createObjectPermits, createRecordUnknownLogin } from '../rate-limits/rate-limit.object.ts'
import type { RateLimiter } from '../rate-limits/rate-limiter.ts'

export interface Isolate {
  readonly config: Config
  readonly root: RootSecret
  readonly hashSlots: HashSlots
  /** Clients for objects and Redis. They hold no connection, so requests may share them. */
  readonly replica: Replica
  readonly acquirePermits: AcquirePermits
  readonly recordUnknownLogin: RateLimiter['recordUnknownLogin']
  readonly appendEvents: AppendEvents
}

const isolates = new WeakMap<Env, Isolate>()

/** @throws ConfigurationError naming every wrong variable */
export function isolateOf(env: Env): Isolate {
  let isolate = isolates.get(env)
  if (!isolate) {
    const config = configOf(env)
    const upstash = config.upstash && createUpstash(config.upstash)
    isolate = {
      config,
      root: createRootSecret(config.rootSecret, config.previousRootSecrets),
      hashSlots: createHashSlots({ now, pause: delay }),
      replica:
        config.cacheBackend === 'upstash' && upstash
          ? upstash.replica
          : createObjectReplica(env.EDGE_REPLICA, config),
      acquirePermits:
        config.rateLimitBackend === 'upstash' && upstash
          ? upstash.acquirePermits
          : createObjectPermits(env.RATE_LIMIT, config),
      recordUnknownLogin: createRecordUnknownLogin(env.RATE_LIMIT, config),
      appendEvents: createAppendEvents(env.AUDIT_OUTBOX, config),
    }
    isolates.set(env, isolate)
  }
  return isolate
}

/** The configuration, if it is valid: what is said about a wrong one needs an answer too. */
export function findConfig(env: Env): Config | undefined {
  try {
    return isolateOf(env).config
  } catch {
    return undefined
  }
}

/** Upstash for both of its uses; its libraries are loaded only where it is configured. */
function createUpstash(target: NonNullable<Config['upstash']>): Pick<Isolate, 'replica' | 'acquirePermits'> {
  const replica = lazily(async () =>
    (await import('../edge-cache/upstash-replica.ts')).createUpstashReplica(target),
  )
  const permits = lazily(async () =>
    (await import('../rate-limits/upstash-permits.ts')).createUpstashPermits(target),
  )
  return {
    replica: {
      get: async (key) => (await replica()).get(key),
      put: async (key, entry) => (await replica()).put(key, entry),
    },
    acquirePermits: async (request) => (await permits())(request),
  }
}

/** The cache as one request, alarm or run of the cron reads it. */
export const createCache = (
  { replica }: Isolate,
  waitUntil: (work: Promise<unknown>) => void,
  area: ReadArea,
): EdgeCache => createEdgeCache({ replica, now, waitUntil, area })
