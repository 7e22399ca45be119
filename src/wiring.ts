/** The only place where bindings become dependencies. Built per request: nothing here does I/O by itself. */
import { createAppendEvents } from './audit/audit-outbox.object.ts'
import type { Origin } from './audit/event.ts'
import { createRecordEvent } from './audit/record-event.ts'
import { loadClient } from './clients/clients.store.ts'
import { createFetchClientJwks } from './clients/fetch-client-jwks.ts'
import { createFindClient } from './clients/find-client.ts'
import { type Config, configOf } from './config.ts'
import { findConsent, saveConsent } from './consents/consents.store.ts'
import { createDatabase } from './db/client.ts'
import type { Dependencies, RequestEnv } from './dependencies.ts'
import type { EdgeCache } from './edge-cache/cached-lookup.ts'
import { createEdgeCache } from './edge-cache/edge-cache.ts'
import { createObjectReplica } from './edge-cache/edge-replica.object.ts'
import { createUpstashReplica } from './edge-cache/upstash-replica.ts'
import type { ScheduledNeeds } from './jobs/scheduled.ts'
import { createKeyring } from './keys/create-keyring.ts'
import { generateKey } from './keys/generate-key.ts'
import { createSignJwt } from './keys/sign-jwt.ts'
import {
  insertSigningKey,
  loadSigningKeys,
  promoteSigningKey,
  removeSigningKey,
} from './keys/signing-keys.store.ts'
import { createVerifyJwt } from './keys/verify-jwt.ts'
import { systemClock } from './kit/clock.ts'
import { createRootSecret, type RootSecret } from './kit/root-secret.ts'
import { argon2Hasher } from './passwords/argon2.ts'
import { createPasswordStore } from './passwords/password.store.ts'
import { createRateLimiter } from './rate-limits/create-rate-limiter.ts'
import { createObjectPermits, createSettleUnknownLogin } from './rate-limits/rate-limit.object.ts'
import { createUpstashPermits } from './rate-limits/upstash-permits.ts'
import { createLoadScopeCatalog } from './scopes/load-scope-catalog.ts'
import { loadScopeCatalog } from './scopes/scopes.store.ts'
import { createSpendOnce } from './sessions/single-use.object.ts'
import { createSessionsOf } from './sessions/user-sessions.object.ts'
import { findUser, findUserForLogin } from './users/users.store.ts'

/** What an isolate derives from its environment once. */
interface Isolate {
  readonly config: Config
  readonly root: RootSecret
  readonly upstash:
    | { replica: ReturnType<typeof createUpstashReplica>; permits: ReturnType<typeof createUpstashPermits> }
    | undefined
}

const isolates = new WeakMap<Env, Isolate>()

/** @throws ConfigurationError naming every wrong variable */
function isolateOf(env: Env): Isolate {
  let isolate = isolates.get(env)
  if (!isolate) {
    const config = configOf(env)
    isolate = {
      config,
      root: createRootSecret(config.rootSecret, config.previousRootSecrets),
      upstash: config.upstash && {
        replica: createUpstashReplica(config.upstash),
        permits: createUpstashPermits(config.upstash),
      },
    }
    isolates.set(env, isolate)
  }
  return isolate
}

type WaitUntil = (work: Promise<unknown>) => void

const now = systemClock

function createCache(env: Env, { config, upstash }: Isolate, waitUntil: WaitUntil): EdgeCache {
  const replica =
    config.cacheBackend === 'upstash' && upstash
      ? upstash.replica
      : createObjectReplica(env.EDGE_REPLICA, config)
  return createEdgeCache({ replica, now, waitUntil })
}

/** A Postgres that has not answered a request by then counts as away: the person gets an answer, not a spinner. */
const databasePatienceMilliseconds = 5000

/** Everything a request can use. */
function createDependencies(env: Env, ctx: Pick<ExecutionContext, 'waitUntil'>): Dependencies {
  const isolate = isolateOf(env)
  const { config, root, upstash } = isolate
  const waitUntil: WaitUntil = (work) => ctx.waitUntil(work)
  const database = once(() =>
    createDatabase(config.databaseUrl, config.databaseGatewayUrl, {
      signal: AbortSignal.timeout(databasePatienceMilliseconds),
    }),
  )
  const cache = createCache(env, isolate, waitUntil)
  const keyring = createKeyring({
    cache,
    root,
    now,
    loadKeys: () => loadSigningKeys(database()),
    insertKey: (input) => insertSigningKey(database(), input),
  })
  const recordEvent = createRecordEvent({ waitUntil, append: createAppendEvents(env.AUDIT_OUTBOX, config) })
  const passwords = once(() => createPasswordStore(database()))
  return {
    config,
    root,
    now,
    keyring,
    signJwt: createSignJwt({ keyring }),
    verifyJwt: createVerifyJwt({ keyring, issuer: config.issuer, now }),
    findClient: createFindClient({ cache, loadClient: (clientId) => loadClient(database(), clientId) }),
    fetchClientJwks: createFetchClientJwks({ now, allowLoopback: config.allowLoopbackFetch }),
    loadScopeCatalog: createLoadScopeCatalog({ cache, loadScopeCatalog: () => loadScopeCatalog(database()) }),
    findUser: (userId) => findUser(database(), userId),
    findUserForLogin: (identifier) => findUserForLogin(database(), identifier),
    findConsent: (userId, clientId) => findConsent(database(), userId, clientId),
    saveConsent: (userId, clientId, consent) => saveConsent(database(), userId, clientId, consent),
    findCurrentPassword: (userId) => passwords().findCurrentPassword(userId),
    storePassword: (input) => passwords().storePassword(input),
    renewPasswordHash: (input) => passwords().renewPasswordHash(input),
    passwordHasher: argon2Hasher,
    sessionsOf: createSessionsOf(env.USER_SESSIONS, config, recordEvent),
    rateLimiter: createRateLimiter({
      drawPermits:
        config.rateLimitBackend === 'upstash' && upstash
          ? upstash.permits
          : createObjectPermits(env.RATE_LIMIT, config),
      settleUnknownLogin: createSettleUnknownLogin(env.RATE_LIMIT, config),
      overrides: config.rateLimitOverrides,
      now,
      waitUntil,
    }),
    spendOnce: createSpendOnce(env.SINGLE_USE, config),
    recordEvent,
  }
}

/** What the cron jobs use. */
export function createScheduledNeeds(env: Env, ctx: Pick<ExecutionContext, 'waitUntil'>): ScheduledNeeds {
  const isolate = isolateOf(env)
  const { config, root } = isolate
  const database = createDatabase(config.databaseUrl, config.databaseGatewayUrl)
  return {
    rotation: {
      cache: createCache(env, isolate, (work) => ctx.waitUntil(work)),
      now,
      loadKeys: () => loadSigningKeys(database),
      writes: {
        insert: (input) => insertSigningKey(database, input),
        promote: (input) => promoteSigningKey(database, input),
        remove: (input) => removeSigningKey(database, input),
      },
      generateKey: (alg) => generateKey(root, alg),
      policy: {
        rotationSeconds: config.keyRotationSeconds,
        prepublishSeconds: config.keyPrepublishSeconds,
        retentionSeconds: config.keyRetentionSeconds,
      },
    },
  }
}

/** What the routers get instead of bindings. Made when first asked for: discovery needs the configuration alone. */
export function createRequestEnv(
  request: Request,
  env: Env,
  ctx: Pick<ExecutionContext, 'waitUntil'>,
): RequestEnv {
  const deps = once(() => createDependencies(env, ctx))
  const origin = once(() => readOrigin(request))
  return {
    get config() {
      return isolateOf(env).config
    },
    get deps() {
      return deps()
    },
    get origin() {
      return origin()
    },
  }
}

/** The address Cloudflare saw; headers that a client can set are never looked at. */
const readOrigin = (request: Request): Origin => ({
  ip: request.headers.get('cf-connecting-ip') ?? undefined,
  user_agent: request.headers.get('user-agent')?.slice(0, 256),
  request_id: request.headers.get('cf-ray') ?? crypto.randomUUID(),
})

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
