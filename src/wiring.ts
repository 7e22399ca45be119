/** The only place where bindings become dependencies. Built per request: nothing here does I/O by itself. */
import { createAuthorizedDatabase, type DatabaseFor } from './access/authorized-database.store.ts'
import { deleteExpiredKeys } from './admin/idempotency.store.ts'
import { createAppendEvents } from './audit/audit-outbox.object.ts'
import type { Origin } from './audit/event.ts'
import { readOrigin } from './audit/read-origin.ts'
import { createRecordEvent } from './audit/record-event.ts'
import { createOpenAuditStream } from './audit/stream/audit-stream.object.ts'
import { loadClient } from './clients/clients.store.ts'
import { createFetchClientJwks } from './clients/fetch-client-jwks.ts'
import { createFindClient } from './clients/find-client.ts'
import { type Config, configOf } from './config.ts'
import type { FindConsent, SaveConsent } from './consents/consent.ts'
import { findConsent, saveConsent } from './consents/consents.store.ts'
import type { ScheduledNeeds } from './cron/scheduled.ts'
import { createDatabase, type Database } from './db/client.ts'
import { createBoundedBatch, createRunBatch } from './db/run-batch.ts'
import type { Dependencies, RequestEnv } from './dependencies.ts'
import type { EdgeCache } from './edge-cache/cached-lookup.ts'
import { createEdgeCache } from './edge-cache/edge-cache.ts'
import { createObjectReplica } from './edge-cache/edge-replica.object.ts'
import { createUpstashReplica } from './edge-cache/upstash-replica.ts'
import { createSealStore } from './evidence/evidence.store.ts'
import { createRetentionStore } from './evidence/retention.store.ts'
import { applyRetention } from './evidence/retention.ts'
import { sealTrail } from './evidence/seal-trail.ts'
import { createSignRecord } from './evidence/sign-record.ts'
import type { HealthProbes } from './health/check-health.ts'
import { askPostgres } from './health/health.store.ts'
import { createJobOf } from './jobs/job.object.ts'
import { createKeyring } from './keys/create-keyring.ts'
import type { Keyring } from './keys/keyring.ts'
import { rotationPolicyOf } from './keys/rotation-policy.ts'
import { createSignJwt } from './keys/sign-jwt.ts'
import {
  insertSigningKey,
  loadSigningKeys,
  promoteSigningKey,
  rebindSigningKey,
  removeSigningKey,
} from './keys/signing-keys.store.ts'
import { createVerifyJwt } from './keys/verify-jwt.ts'
import { systemClock } from './kit/clock.ts'
import { createRootSecret, type RootSecret } from './kit/root-secret.ts'
import { argon2Hasher } from './passwords/argon2.ts'
import { createHashSlots, type HashSlots } from './passwords/hash-slots.ts'
import { createPasswordStore } from './passwords/password.store.ts'
import { createRateLimiter } from './rate-limits/create-rate-limiter.ts'
import { createObjectPermits, createSettleUnknownLogin } from './rate-limits/rate-limit.object.ts'
import type { RateLimiter } from './rate-limits/rate-limiter.ts'
import { createUpstashPermits } from './rate-limits/upstash-permits.ts'
import { createLoadScopeCatalog } from './scopes/load-scope-catalog.ts'
import { loadScopeCatalog } from './scopes/scopes.store.ts'
import { createSpendOnce } from './sessions/single-use.object.ts'
import { createSessionsOf } from './sessions/user-sessions.object.ts'
import { loadSettings, loadStoredSettings } from './settings/settings.store.ts'
import { type ReadSettings, type StoredSettings, settingsCacheKey, toSettings } from './settings/settings.ts'
import { fillForms } from './users/fill-forms.store.ts'
import { createCompletePasswordSetup, createFindPasswordSetup } from './users/password-setup.store.ts'
import type { FindUser, FindUserForLogin } from './users/user.ts'
import { findUser, findUserForLogin } from './users/users.store.ts'

/** What an isolate derives from its environment once. */
interface Isolate {
  readonly config: Config
  readonly root: RootSecret
  readonly hashSlots: HashSlots
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
      hashSlots: createHashSlots({ now, pause }),
      upstash: config.upstash && {
        replica: createUpstashReplica(config.upstash),
        permits: createUpstashPermits(config.upstash),
      },
    }
    isolates.set(env, isolate)
  }
  return isolate
}

type Context = Pick<ExecutionContext, 'waitUntil'>

const now = systemClock

function createCache(env: Env, { config, upstash }: Isolate, ctx: Context): EdgeCache {
  const replica =
    config.cacheBackend === 'upstash' && upstash
      ? upstash.replica
      : createObjectReplica(env.EDGE_REPLICA, config)
  return createEdgeCache({ replica, now, waitUntil: (work) => ctx.waitUntil(work) })
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds))

const noSettings: StoredSettings = {}

/** A Postgres that has not answered a request by then counts as away: the person gets an answer, not a spinner. */
const databasePatienceMilliseconds = 5000
/** The same for each page of an answer that takes as long as its reader. */
const pageTimeoutMilliseconds = 20_000

/**
 * Everything a request can use, each made when first asked for: a token request pays for four of these, not
 * for twenty. A class, because getters on a prototype cost a request nothing (docs/decisions/0013).
 */
class RequestDependencies implements Dependencies {
  readonly now = now
  readonly passwordHasher = argon2Hasher
  readonly #env: Env
  readonly #ctx: Context
  readonly #isolate: Isolate
  #openDatabase: Database | undefined
  #builtCache: EdgeCache | undefined
  #builtKeyring: Keyring | undefined
  #builtRateLimiter: RateLimiter | undefined

  constructor(env: Env, ctx: Context) {
    this.#env = env
    this.#ctx = ctx
    this.#isolate = isolateOf(env)
  }

  get config() {
    return this.#isolate.config
  }

  get root() {
    return this.#isolate.root
  }

  get hashSlots() {
    return this.#isolate.hashSlots
  }

  get #database() {
    this.#openDatabase ??= createDatabase(this.config.databaseUrl, this.config.databaseGatewayUrl, {
      signal: AbortSignal.timeout(databasePatienceMilliseconds),
    })
    return this.#openDatabase
  }

  get #cache() {
    this.#builtCache ??= createCache(this.#env, this.#isolate, this.#ctx)
    return this.#builtCache
  }

  get edgeCache() {
    return this.#cache
  }

  get databaseFor(): DatabaseFor {
    return (authorized) => createAuthorizedDatabase(createRunBatch(this.#database), authorized)
  }

  get lastingDatabaseFor(): DatabaseFor {
    return (authorized) =>
      createAuthorizedDatabase(createBoundedBatch(this.config, pageTimeoutMilliseconds), authorized)
  }

  get readSettings(): ReadSettings {
    return async () =>
      toSettings(
        (await this.#cache.read(settingsCacheKey, () => loadStoredSettings(this.#database))) ?? noSettings,
      )
  }

  get keyring() {
    this.#builtKeyring ??= createKeyring({
      cache: this.#cache,
      root: this.root,
      now,
      loadKeys: () => loadSigningKeys(this.#database),
      insertKey: (input) => insertSigningKey(this.#database, input),
    })
    return this.#builtKeyring
  }

  get signJwt() {
    return createSignJwt({ keyring: this.keyring })
  }

  get verifyJwt() {
    return createVerifyJwt({ keyring: this.keyring, issuer: this.config.issuer, now })
  }

  get findClient() {
    return createFindClient({ cache: this.#cache, loadClient: (id) => loadClient(this.#database, id) })
  }

  get fetchClientJwks() {
    return createFetchClientJwks({ now, rules: this.config })
  }

  get loadScopeCatalog() {
    return createLoadScopeCatalog({
      cache: this.#cache,
      loadScopeCatalog: () => loadScopeCatalog(this.#database),
    })
  }

  get findUser(): FindUser {
    return (userId) => findUser(this.#database, userId)
  }

  get findUserForLogin(): FindUserForLogin {
    return (typed) => findUserForLogin(this.#database, typed)
  }

  get findConsent(): FindConsent {
    return (userId, clientId) => findConsent(this.#database, userId, clientId)
  }

  get saveConsent(): SaveConsent {
    return (userId, clientId, consent) => saveConsent(this.#database, userId, clientId, consent)
  }

  get #passwords() {
    return createPasswordStore(this.#database)
  }

  get findCurrentPassword() {
    return this.#passwords.findCurrentPassword
  }

  get storePassword() {
    return this.#passwords.storePassword
  }

  get renewPasswordHash() {
    return this.#passwords.renewPasswordHash
  }

  get findPasswordSetup() {
    return createFindPasswordSetup(this.#database)
  }

  get completePasswordSetup() {
    return createCompletePasswordSetup(this.#database)
  }

  get sessionsOf() {
    return createSessionsOf(this.#env.USER_SESSIONS, this.config, this.recordEvent)
  }

  /** From memory alone: a hot request waits for nobody, and without settings the configured numbers count. */
  get #storedRateLimits() {
    const stored = this.#cache.recall(settingsCacheKey, () => loadStoredSettings(this.#database))
    return stored && toSettings(stored).rate_limits
  }

  get rateLimiter() {
    const { config, upstash } = this.#isolate
    this.#builtRateLimiter ??= createRateLimiter({
      drawPermits:
        config.rateLimitBackend === 'upstash' && upstash
          ? upstash.permits
          : createObjectPermits(this.#env.RATE_LIMIT, config),
      settleUnknownLogin: createSettleUnknownLogin(this.#env.RATE_LIMIT, config),
      overrides: config.rateLimitOverrides,
      stored: this.#storedRateLimits,
      now,
      waitUntil: (work) => this.#ctx.waitUntil(work),
    })
    return this.#builtRateLimiter
  }

  get healthProbes(): HealthProbes {
    return {
      postgres: () => askPostgres(createRunBatch(this.#database)),
      // Its own object: nothing but this question is ever asked of it.
      objects: () =>
        createObjectReplica(this.#env.EDGE_REPLICA, { ...this.config, region: 'health' }).get('health'),
      keys: () => this.keyring.signingKey('ES256'),
    }
  }

  get spendOnce() {
    return createSpendOnce(this.#env.SINGLE_USE, this.config)
  }

  get jobOf() {
    return createJobOf(this.#env.JOB, this.config)
  }

  get openAuditStream() {
    return createOpenAuditStream(this.#env.AUDIT_STREAM, this.config)
  }

  get recordEvent() {
    return createRecordEvent({
      waitUntil: (work) => this.#ctx.waitUntil(work),
      append: createAppendEvents(this.#env.AUDIT_OUTBOX, this.config),
    })
  }
}

/** What the routers get instead of bindings. Discovery needs the configuration alone. */
class LazyRequestEnv implements RequestEnv {
  readonly #request: Request
  readonly #env: Env
  readonly #ctx: Context
  #builtDeps: Dependencies | undefined
  #readOrigin: Origin | undefined

  constructor(request: Request, env: Env, ctx: Context) {
    this.#request = request
    this.#env = env
    this.#ctx = ctx
  }

  get config() {
    return isolateOf(this.#env).config
  }

  get deps() {
    this.#builtDeps ??= new RequestDependencies(this.#env, this.#ctx)
    return this.#builtDeps
  }

  get origin() {
    this.#readOrigin ??= readOrigin(this.#request, clientAddressOf(this.#env))
    return this.#readOrigin
  }
}

/** The environment of one request. Nothing here does I/O by itself. */
export const createRequestEnv = (request: Request, env: Env, ctx: Context): RequestEnv =>
  new LazyRequestEnv(request, env, ctx)

/** Also of a worker that is not configured: its refusals carry a request id, too. */
function clientAddressOf(env: Env): Config['clientAddress'] {
  try {
    return isolateOf(env).config.clientAddress
  } catch {
    return 'unknown'
  }
}

/** What the cron jobs use. */
export function createScheduledNeeds(env: Env, ctx: Context): ScheduledNeeds {
  const isolate = isolateOf(env)
  const { config, root } = isolate
  const database = createDatabase(config.databaseUrl, config.databaseGatewayUrl)
  const cache = createCache(env, isolate, ctx)
  const runBatch = createRunBatch(database)
  const keyring = createKeyring({
    cache,
    root,
    now,
    loadKeys: () => loadSigningKeys(database),
    insertKey: (input) => insertSigningKey(database, input),
  })
  const sign = createSignRecord({ signJwt: createSignJwt({ keyring }), keyring, issuer: config.issuer, now })
  return {
    sealTrail: () => sealTrail({ ...createSealStore(runBatch), sign, keyring, root }),
    applyRetention: () =>
      applyRetention({
        ...createRetentionStore(runBatch),
        days: async () => (await loadSettings(database)).value['audit.retention'],
        sign,
        now,
      }),
    forgetIdempotencyKeys: () => deleteExpiredKeys(runBatch),
    fillForms: () => fillForms(runBatch),
    rotation: {
      cache,
      now,
      loadKeys: () => loadSigningKeys(database),
      writes: {
        insert: (input) => insertSigningKey(database, input),
        promote: (input) => promoteSigningKey(database, input),
        remove: (input) => removeSigningKey(database, input),
        rebind: (input) => rebindSigningKey(database, input),
      },
      root,
      policy: rotationPolicyOf(config),
    },
  }
}
