/**
 * Turns bindings into dependencies, per request; nothing here does I/O by itself. What a token request does not need is
 * loaded on demand (docs/decisions/0040).
 */

import type { DatabaseFor } from './access/authorized-database.store.ts'
import type { FindHeldPermissions } from './access/permissions.ts'
import type { OpenPersonalData } from './account/personal-data.ts'
import { createAppendEvents, createReadBacklogs, createReadOutboxes } from './audit/audit-outbox.object.ts'
import type { Origin, RecordEvent } from './audit/event.ts'
import { tryToNudgeWebhooks } from './audit/nudge-webhooks.object.ts'
import { readOrigin, readRequestId } from './audit/read-origin.ts'
import { type AppendEvents, createRecordEvent } from './audit/record-event.ts'
import { createOpenAuditStream } from './audit/stream/open-audit-stream.object.ts'
import { brandImageCacheKey, type LoadBrandImage } from './branding/brand-image.ts'
import type { FetchClientJwks } from './clients/client-jwks.ts'
import { encryptionOf, type PrepareEncryption } from './clients/encryption.ts'
import { clientCacheKey, createFindClient, type FindByDocument } from './clients/find-client.ts'
import type { FetchRequestObject } from './clients/published-request-object.ts'
import type { KeepDescribedClient, OpenRegistrations } from './clients/registrations.ts'
import { type Config, configOf } from './config.ts'
import type { FindConsent, SaveConsent } from './consents/consent.ts'
import type { Database } from './db/database.ts'
import { createDestinationOf } from './delivery/destination-client.object.ts'
import type { DestinationOf, QueueMessage } from './delivery/queue-message.ts'
import type { Dependencies, RequestEnv } from './dependencies.ts'
import type { EdgeCache } from './edge-cache/cached-lookup.ts'
import { createEdgeCache, type ReadArea } from './edge-cache/edge-cache.ts'
import { createObjectReplica } from './edge-cache/edge-replica.object.ts'
import type { Replica } from './edge-cache/replica.ts'
import type { HealthProbes, MessageState } from './health/check-health.ts'
import { createJobOf } from './jobs/job-client.object.ts'
import { createKeyring } from './keys/create-keyring.ts'
import type { DecryptJwe, Keyring } from './keys/keyring.ts'
import { createSignJwt } from './keys/sign-jwt.ts'
import { createVerifyJwt } from './keys/verify-jwt.ts'
import { systemClock } from './kit/clock.ts'
import { delay } from './kit/delay.ts'
import { lazily } from './kit/lazily.ts'
import { ok } from './kit/result.ts'
import { retryOnce } from './kit/retry-once.ts'
import { createRootSecret, type RootSecret } from './kit/root-secret.ts'
import { createSpanId, readTraceContext, type TraceContext } from './kit/trace-context.ts'
import type { MetricSources } from './metrics/metric-sources.ts'
import type { OpenOtpStore } from './one-time-passwords/otp-port.ts'
import type { PasskeyStore } from './passkeys/passkey.ts'
import type { ChangePassword, FindCurrentPassword, RenewPasswordHash } from './passwords/change-password.ts'
import type { CheckedPassword, CheckForBreach } from './passwords/check-for-breach.ts'
import { createHashSlots, type HashSlots } from './passwords/hash-slots.ts'
import type { PasswordHasher } from './passwords/password-hasher.ts'
import type { ReadPasswordRules } from './passwords/password-policy.ts'
import { needsRehash } from './passwords/phc-string.ts'
import type { AcquirePermits } from './rate-limits/acquire-permits.ts'
import { createRateLimiter } from './rate-limits/create-rate-limiter.ts'
import { createObjectPermits, createRecordUnknownLogin } from './rate-limits/rate-limit.object.ts'
import type { RateLimiter } from './rate-limits/rate-limiter.ts'
import type { OpenEmailChangeStore } from './recovery/email-change.ts'
import type { VoidPassword } from './recovery/not-me.ts'
import type { Notify } from './recovery/notices.ts'
import type { OpenRecoveryStore } from './recovery/waiting-period.ts'
import { createLoadScopeCatalog } from './scopes/load-scope-catalog.ts'
import { createSpendOnce, createWasSpent } from './sessions/single-use.object.ts'
import { createSessionsOf } from './sessions/user-sessions.object.ts'
import { type ReadSettings, type StoredSettings, settingsCacheKey, toSettings } from './settings/settings.ts'
import { isCounting } from './telemetry/count.ts'
import type { LogSettings } from './telemetry/log-request.ts'
import { createReadShards } from './telemetry/metrics-client.object.ts'
import type { OpenOwnAccount } from './users/own-account.ts'
import type { CompletePasswordSetup, FindPasswordSetup } from './users/password-setup.ts'
import type { RegisterAccount } from './users/register-account.ts'
import type { FindUser, FindUserForLogin, FindUserForStepUp, VerifyEmail } from './users/user.ts'
import { createWebhookOutboxOf } from './webhooks/webhook-client.object.ts'

/** What an isolate derives from its environment once. */
interface Isolate {
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

/** All Postgres stores with their drivers: not needed while clients and keys are cached. */
const loadStores = lazily(() => import('./stores.ts'))
type Stores = Awaited<ReturnType<typeof loadStores>>

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

/** Upstash for both of its uses; its libraries are loaded only where it is configured. */
function createUpstash(target: NonNullable<Config['upstash']>): Pick<Isolate, 'replica' | 'acquirePermits'> {
  const replica = lazily(async () =>
    (await import('./edge-cache/upstash-replica.ts')).createUpstashReplica(target),
  )
  const permits = lazily(async () =>
    (await import('./rate-limits/upstash-permits.ts')).createUpstashPermits(target),
  )
  return {
    replica: {
      get: async (key) => (await replica()).get(key),
      put: async (key, entry) => (await replica()).put(key, entry),
    },
    acquirePermits: async (request) => (await permits())(request),
  }
}

const loadHasher = lazily(async () => (await import('./passwords/argon2.ts')).argon2Hasher)

const passwordHasher: PasswordHasher = {
  hash: async (password) => (await loadHasher()).hash(password),
  verify: async (password, phc) => (await loadHasher()).verify(password, phc),
  needsRehash,
}

type Context = Pick<ExecutionContext, 'waitUntil'>

const now = systemClock

export const createCache = (
  { replica }: Isolate,
  waitUntil: Context['waitUntil'],
  area: ReadArea,
): EdgeCache => createEdgeCache({ replica, now, waitUntil, area })

/** For background work: everything that a person's object stores about an account that is deleted. */
export function createForgetPerson(env: Env, ctx: Context): (userId: string) => Promise<void> {
  const { appendEvents, config } = isolateOf(env)
  const recordEvent = createRecordEvent({ waitUntil: (work) => ctx.waitUntil(work), append: appendEvents })
  const sessionsOf = createSessionsOf(env.USER_SESSIONS, config, recordEvent)
  const origin: Origin = { ip: undefined, user_agent: undefined, request_id: 'cron' }
  return (userId) =>
    retryOnce(() =>
      sessionsOf(userId).endAllSessions({
        ...{ now: now(), origin, by: { actor_type: 'system' } },
        ...{ reason: 'account_deleted', forget: 'everything' },
      }),
    )
}

const noSettings: StoredSettings = {}

/** After this time without an answer Postgres counts as unavailable: the user gets an answer, not a spinner. */
const databaseTimeoutMilliseconds = 5000
/** The same for each page of a streamed answer, which takes as long as its reader. */
const pageTimeoutMilliseconds = 20_000

/**
 * All dependencies of a request, each created on first use: a token request pays for four of these, not twenty. A
 * class, because getters on a prototype cost a request nothing (docs/decisions/0013).
 */
class RequestDependencies implements Dependencies {
  readonly now = now
  readonly passwordHasher = passwordHasher
  readonly #env: Env
  readonly #ctx: Context
  readonly #isolate: Isolate
  readonly #area: ReadArea
  /** Whoever sends the request: what is fetched on their behalf is charged to them. */
  readonly #address: () => string | undefined
  #openDatabase: Database | undefined
  #builtCache: EdgeCache | undefined
  #builtKeyring: Keyring | undefined
  #builtRateLimiter: RateLimiter | undefined
  #builtRecordEvent: RecordEvent | undefined

  constructor(env: Env, ctx: Context, area: ReadArea, address: () => string | undefined) {
    this.#address = address
    this.#env = env
    this.#ctx = ctx
    this.#isolate = isolateOf(env)
    this.#area = area
  }

  readonly #waitUntil = (work: Promise<unknown>): void => this.#ctx.waitUntil(work)

  get config() {
    return this.#isolate.config
  }

  get root() {
    return this.#isolate.root
  }

  get hashSlots() {
    return this.#isolate.hashSlots
  }

  async #ask<T>(question: (stores: Stores, database: Database) => T | Promise<T>): Promise<T> {
    const stores = await loadStores()
    const { databaseUrl, databaseGatewayUrl } = this.config
    const limits = stores.limitEach(databaseTimeoutMilliseconds)
    this.#openDatabase ??= stores.createDatabase(databaseUrl, databaseGatewayUrl, limits)
    return question(stores, this.#openDatabase)
  }

  get #cache() {
    this.#builtCache ??= createCache(this.#isolate, this.#waitUntil, this.#area)
    return this.#builtCache
  }

  get edgeCache() {
    return this.#cache
  }

  get databaseFor(): DatabaseFor {
    return (authorized) =>
      this.#ask((stores, database) =>
        stores.createAuthorizedDatabase(stores.createRunBatch(database), authorized),
      )
  }

  get lastingDatabaseFor(): DatabaseFor {
    return async (authorized) => {
      const { createAuthorizedDatabase, createBoundedBatch } = await loadStores()
      return createAuthorizedDatabase(createBoundedBatch(this.config, pageTimeoutMilliseconds), authorized)
    }
  }

  readonly #loadStoredSettings = () => this.#ask((stores, database) => stores.loadStoredSettings(database))

  get readSettings(): ReadSettings {
    return async () =>
      toSettings((await this.#cache.read(settingsCacheKey, this.#loadStoredSettings)) ?? noSettings)
  }

  get loadBrandImage(): LoadBrandImage {
    return async (digest) => {
      const load = () => this.#ask((stores, database) => stores.loadBrandImage(database, digest))
      // An array, because an entry of the cache is an object or an array.
      const [content] = (await this.#cache.read(brandImageCacheKey(digest), load)) ?? []
      return content
    }
  }

  get readPasswordRules(): ReadPasswordRules {
    return async () => {
      const { passwordRulesOf } = await import('./passwords/password-policy.ts')
      return passwordRulesOf(await this.readSettings(), this.config.issuer)
    }
  }

  get keyring() {
    this.#builtKeyring ??= createKeyring({
      cache: this.#cache,
      root: this.root,
      now,
      loadKeys: () => this.#ask((stores, database) => stores.loadSigningKeys(database)),
      insertKey: (input) => this.#ask((stores, database) => stores.insertSigningKey(database, input)),
    })
    return this.#builtKeyring
  }

  get signJwt() {
    return createSignJwt({ keyring: this.keyring })
  }

  get verifyJwt() {
    return createVerifyJwt({ keyring: this.keyring, issuer: this.config.issuer, now })
  }

  get decryptJwe(): DecryptJwe {
    return async (jwe) => {
      const { createDecryptJwe } = await import('./keys/decrypt-jwe.ts')
      return createDecryptJwe({ keyring: this.keyring })(jwe)
    }
  }

  readonly #loadClient = (id: string) => this.#ask((stores, database) => stores.loadClient(database, id))

  async #findByDocument(...asked: Parameters<FindByDocument>): ReturnType<FindByDocument> {
    const { createFindByDocument } = await import('./client-registration/find-by-document.ts')
    const { config, readSettings, loadScopeCatalog, rateLimiter } = this
    const findByDocument = createFindByDocument({
      ...{ config, now, readSettings, loadScopeCatalog, rateLimiter, address: this.#address },
      ...{ replica: this.#isolate.replica, waitUntil: this.#waitUntil },
      findStored: (id) => this.#cache.read(clientCacheKey(id), () => this.#loadClient(id)),
    })
    return findByDocument(...asked)
  }

  get findClient() {
    return createFindClient({
      cache: this.#cache,
      profile: this.config.profile,
      loadClient: this.#loadClient,
      loadScopeCatalog: this.loadScopeCatalog,
      findByDocument: (address, options) => this.#findByDocument(address, options),
    })
  }

  get openRegistrations(): OpenRegistrations {
    return () =>
      this.#ask((stores, database) => stores.createRegistrationStore(stores.createRunBatch(database)))
  }

  get keepDescribedClient(): KeepDescribedClient {
    return async (...described) => {
      const { createKeepDescribedClient } = await import('./client-registration/keep-described-client.ts')
      const { openRegistrations, edgeCache } = this
      return createKeepDescribedClient({ now, openRegistrations, edgeCache })(...described)
    }
  }

  get fetchClientJwks(): FetchClientJwks {
    return async (client, options) => {
      const { createFetchClientJwks } = await import('./clients/fetch-client-jwks.ts')
      const { replica } = this.#isolate
      const needs = { now, rules: this.config, replica, waitUntil: this.#waitUntil }
      return createFetchClientJwks(needs)(client, options)
    }
  }

  get prepareEncryption(): PrepareEncryption {
    return async (client, response) => {
      if (!encryptionOf(client, response)) return ok(undefined)
      const { createPrepareEncryption } = await import('./clients/prepare-encryption.ts')
      return createPrepareEncryption({ fetchClientJwks: this.fetchClientJwks })(client, response)
    }
  }

  get fetchRequestObject(): FetchRequestObject {
    return async (uri) => {
      const { createFetchRequestObject } = await import('./clients/fetch-request-object.ts')
      return createFetchRequestObject({ now, rules: this.config })(uri)
    }
  }

  get loadScopeCatalog() {
    return createLoadScopeCatalog({
      cache: this.#cache,
      loadScopeCatalog: () => this.#ask((stores, database) => stores.loadScopeCatalog(database)),
    })
  }

  get findUser(): FindUser {
    return (userId) => this.#ask((stores, database) => stores.findUser(database, userId))
  }

  get passkeyStore(): PasskeyStore {
    const ask = <T>(question: (store: PasskeyStore) => Promise<T>) =>
      this.#ask((stores, database) => question(stores.createPasskeyStore(database)))
    return {
      list: (userId) => ask((store) => store.list(userId)),
      insert: (passkey, judged, event) => ask((store) => store.insert(passkey, judged, event)),
      rename: (userId, id, name, event) => ask((store) => store.rename(userId, id, name, event)),
      delete: (userId, id, event) => ask((store) => store.delete(userId, id, event)),
    }
  }

  get findUserForStepUp(): FindUserForStepUp {
    return (userId) => this.#ask((stores, database) => stores.findUserForStepUp(database, userId))
  }

  get findUserForLogin(): FindUserForLogin {
    return (typed) => this.#ask((stores, database) => stores.findUserForLogin(database, typed))
  }

  get verifyEmail(): VerifyEmail {
    return (proven) => this.#ask((stores, database) => stores.createVerifyEmail(database)(proven))
  }

  get registerAccount(): RegisterAccount {
    return (account) => this.#ask((stores, database) => stores.createRegisterAccount(database)(account))
  }

  get findHeldPermissions(): FindHeldPermissions {
    return (userId, scopes) =>
      this.#ask((stores, database) => stores.findHeldPermissions(database, userId, scopes))
  }

  get findConsent(): FindConsent {
    return (userId, clientId) =>
      this.#ask((stores, database) => stores.findConsent(database, userId, clientId))
  }

  get saveConsent(): SaveConsent {
    return (userId, clientId, consent) =>
      this.#ask((stores, database) => stores.saveConsent(database, userId, clientId, consent))
  }

  get findCurrentPassword(): FindCurrentPassword {
    return (userId) =>
      this.#ask((stores, database) => stores.createPasswordStore(database).findCurrentPassword(userId))
  }

  get storePassword(): ChangePassword {
    return (change) =>
      this.#ask((stores, database) => stores.createPasswordStore(database).storePassword(change))
  }

  get renewPasswordHash(): RenewPasswordHash {
    return (renewal) =>
      this.#ask((stores, database) => stores.createPasswordStore(database).renewPasswordHash(renewal))
  }

  get checkForBreach(): CheckForBreach {
    const url = this.config.breachedPasswordsUrl
    if (url === undefined) return () => undefined
    return (checked) => this.#waitUntil(this.#lookUp(url, checked))
  }

  async #lookUp(url: string, checked: CheckedPassword): Promise<void> {
    const [{ checkForBreach }, { createFindBreach }, marks] = await Promise.all([
      import('./passwords/check-for-breach.ts'),
      import('./passwords/find-breach.ts'),
      this.#ask((stores, database) => stores.createBreachMarks(database)),
    ])
    const findBreach = createFindBreach(url, this.config)
    await checkForBreach({ now, readSettings: this.readSettings, marks, findBreach }, checked)
  }

  get openOtpStore(): OpenOtpStore {
    return () => this.#ask((stores, database) => stores.createOtpStore(database))
  }

  get notify(): Notify {
    return (kind, userId, origin) => this.#waitUntil(this.#notify(kind, userId, origin))
  }

  async #notify(...[kind, userId, origin]: Parameters<Notify>): Promise<void> {
    if (this.config.delivery.email === undefined) return
    const { sendNotice } = await import('./recovery/notices.ts')
    const { root, config, readSettings, findUser, queueMessage } = this
    await sendNotice({ root, now, config, readSettings, findUser, queueMessage }, kind, userId, origin)
  }

  get voidPassword(): VoidPassword {
    return (input) => this.#ask((stores, database) => stores.createVoidPassword(database)(input))
  }

  get openOwnAccount(): OpenOwnAccount {
    return () =>
      this.#ask((stores, database) => stores.createOwnAccountStore(stores.createRunBatch(database)))
  }

  get openPersonalData(): OpenPersonalData {
    return () =>
      this.#ask((stores, database) =>
        stores.createPersonalDataStore(
          stores.createRunBatch(database),
          stores.createBoundedBatch(this.config, pageTimeoutMilliseconds),
        ),
      )
  }

  get openEmailChangeStore(): OpenEmailChangeStore {
    return () => this.#ask(async (stores, database) => stores.createEmailChangeStore(database))
  }

  get openRecoveryStore(): OpenRecoveryStore {
    return () => this.#ask(async (stores, database) => stores.createRecoveryStore(database))
  }

  get findPasswordSetup(): FindPasswordSetup {
    return (userId, secretHash) =>
      this.#ask((stores, database) => stores.createFindPasswordSetup(database)(userId, secretHash))
  }

  get completePasswordSetup(): CompletePasswordSetup {
    return (setup) => this.#ask((stores, database) => stores.createCompletePasswordSetup(database)(setup))
  }

  get sessionsOf() {
    return createSessionsOf(this.#env.USER_SESSIONS, this.config, this.recordEvent)
  }

  /** From memory only: a hot request must not wait, and without stored settings the configured limits apply. */
  get #storedRateLimits() {
    const stored = this.#cache.recall(settingsCacheKey, this.#loadStoredSettings)
    return stored && toSettings(stored).rate_limits
  }

  get rateLimiter() {
    const { config, acquirePermits, recordUnknownLogin } = this.#isolate
    this.#builtRateLimiter ??= createRateLimiter({
      ...{ acquirePermits, recordUnknownLogin, now, waitUntil: this.#waitUntil },
      overrides: config.rateLimitOverrides,
      stored: this.#storedRateLimits,
    })
    return this.#builtRateLimiter
  }

  get healthProbes(): HealthProbes {
    return {
      postgres: () => this.#ask((stores, database) => stores.askPostgres(stores.createRunBatch(database))),
      // A separate object that serves only this check.
      objects: () =>
        createObjectReplica(this.#env.EDGE_REPLICA, { ...this.config, region: 'health' }).get('health'),
      keys: () => this.keyring.signingKey('ES256'),
      outboxes: createReadBacklogs(this.#env.AUDIT_OUTBOX, this.config),
      messages: () => messageState(this.#env, this.config),
    }
  }

  get metricSources(): MetricSources {
    const { config } = this.#isolate
    return {
      readShards: createReadShards(this.#env.METRICS, config),
      readOutboxes: createReadOutboxes(this.#env.AUDIT_OUTBOX, config),
      readGauges: () => this.#ask((stores, database) => stores.readGauges(stores.createRunBatch(database))),
      maySeeClients: async (authorized) => {
        const { maySeeClients } = await loadStores()
        return maySeeClients(await this.databaseFor(authorized), authorized)
      },
    }
  }

  get spendOnce() {
    return createSpendOnce(this.#env.SINGLE_USE, this.config)
  }

  get wasSpent() {
    return createWasSpent(this.#env.SINGLE_USE, this.config)
  }

  get jobOf() {
    return createJobOf(this.#env.JOB, this.config)
  }

  get webhookOutboxOf() {
    return createWebhookOutboxOf(this.#env.WEBHOOK_OUTBOX, this.config)
  }

  get nudgeWebhooks() {
    return () => this.#waitUntil(tryToNudgeWebhooks(this.#env.WEBHOOK_DISPATCHER, this.config))
  }

  get destinationOf(): DestinationOf {
    return createDestinationOf(this.#env.DESTINATION, this.config)
  }

  get queueMessage(): QueueMessage {
    return async (outgoing) => {
      const { createQueueMessage } = await import('./delivery/queue-message.ts')
      const { root, config, readSettings, destinationOf } = this
      return createQueueMessage({ root, now, config, readSettings, destinationOf })(outgoing)
    }
  }

  get openAuditStream() {
    return createOpenAuditStream(this.#env.AUDIT_STREAM, this.config)
  }

  get recordEvent() {
    this.#builtRecordEvent ??= createRecordEvent({
      waitUntil: this.#waitUntil,
      append: this.#isolate.appendEvents,
    })
    return this.#builtRecordEvent
  }
}

function messageState({ EMAIL }: Env, { delivery: { email, sms } }: Config): MessageState {
  if (email?.provider.kind === 'cloudflare' && EMAIL === undefined) return 'no_binding'
  return email === undefined && sms === undefined ? 'not_configured' : 'configured'
}

/** Only the metric of cache reads wants to know. */
function areaOf({ url }: Request): ReadArea {
  if (!isCounting()) return 'public'
  return url.startsWith('/admin/', url.indexOf('/', 'https://'.length)) ? 'admin' : 'public'
}

/** What the routers get instead of bindings. Discovery needs only the configuration. */
class LazyRequestEnv implements RequestEnv {
  readonly startedAt = now()
  route: string | undefined
  readonly #request: Request
  readonly #env: Env
  readonly #ctx: Context
  #builtDeps: Dependencies | undefined
  #builtOrigin: Origin | undefined
  #builtRequestId: string | undefined
  #builtTrace: TraceContext | undefined
  #builtSpanId: string | undefined

  constructor(request: Request, env: Env, ctx: Context) {
    this.#request = request
    this.#env = env
    this.#ctx = ctx
  }

  get config() {
    return isolateOf(this.#env).config
  }

  get deps() {
    this.#builtDeps ??= new RequestDependencies(
      this.#env,
      this.#ctx,
      areaOf(this.#request),
      () => this.origin.ip,
    )
    return this.#builtDeps
  }

  get origin() {
    this.#builtOrigin ??= readOrigin(this.#request, clientAddressOf(this.#env), this.requestId)
    return this.#builtOrigin
  }

  get requestId() {
    this.#builtRequestId ??= readRequestId(this.#request, clientAddressOf(this.#env))
    return this.#builtRequestId
  }

  get trace() {
    this.#builtTrace ??= readTraceContext(this.#request.headers.get('traceparent'), this.requestId)
    return this.#builtTrace
  }

  get spanId() {
    this.#builtSpanId ??= createSpanId()
    return this.#builtSpanId
  }

  get logSettings() {
    return findConfig(this.#env)?.log ?? unconfiguredLog
  }

  get address() {
    return this.origin.ip
  }
}

/** Refusals for want of a configuration are logged too. */
const unconfiguredLog: LogSettings = { accessSample: undefined, addresses: 'none' }

/** The environment of one request. Nothing here does I/O by itself. */
export const createRequestEnv = (request: Request, env: Env, ctx: Context): RequestEnv =>
  new LazyRequestEnv(request, env, ctx)

/** Also works without a valid configuration, so that those refusals carry a request id too. */
const clientAddressOf = (env: Env): Config['clientAddress'] => findConfig(env)?.clientAddress ?? 'unknown'

function findConfig(env: Env): Config | undefined {
  try {
    return isolateOf(env).config
  } catch {
    return undefined
  }
}
