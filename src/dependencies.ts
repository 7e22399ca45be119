/** What a request can use. Types only: `wiring.ts` builds it, routes hand the narrow parts to use cases. */
import type { DatabaseFor } from './access/authorized-database.store.ts'
import type { FindHeldPermissions } from './access/permissions.ts'
import type { OpenPersonalData } from './account/personal-data.ts'
import type { Origin, RecordEvent } from './audit/event.ts'
import type { OpenAuditStream } from './audit/stream/subscription.ts'
import type { LoadBrandImage } from './branding/brand-image.ts'
import type { FindClient } from './clients/client.ts'
import type { FetchClientJwks } from './clients/client-jwks.ts'
import type { PrepareEncryption } from './clients/encryption.ts'
import type { FetchRequestObject } from './clients/published-request-object.ts'
import type { KeepDescribedClient, OpenRegistrations } from './clients/registrations.ts'
import type { Config } from './config.ts'
import type { FindConsent, SaveConsent } from './consents/consent.ts'
import type { DestinationOf, QueueMessage } from './delivery/queue-message.ts'
import type { EdgeCache } from './edge-cache/cached-lookup.ts'
import type { HealthProbes } from './health/check-health.ts'
import type { JobOf } from './jobs/job.ts'
import type { DecryptJwe, Keyring, SignJwt } from './keys/keyring.ts'
import type { VerifyJwt } from './keys/verify-jwt.ts'
import type { Clock } from './kit/clock.ts'
import type { RootSecret } from './kit/root-secret.ts'
import type { MetricSources } from './metrics/metric-sources.ts'
import type { OpenOtpStore } from './one-time-passwords/otp-port.ts'
import type { PasskeyStore } from './passkeys/passkey.ts'
import type { ChangePassword, FindCurrentPassword, RenewPasswordHash } from './passwords/change-password.ts'
import type { CheckForBreach } from './passwords/check-for-breach.ts'
import type { HashSlots } from './passwords/hash-slots.ts'
import type { PasswordHasher } from './passwords/password-hasher.ts'
import type { ReadPasswordRules } from './passwords/password-policy.ts'
import type { RateLimiter } from './rate-limits/rate-limiter.ts'
import type { OpenEmailChangeStore } from './recovery/email-change.ts'
import type { VoidPassword } from './recovery/not-me.ts'
import type { Notify } from './recovery/notices.ts'
import type { OpenRecoveryStore } from './recovery/waiting-period.ts'
import type { LoadScopeCatalog } from './scopes/scope.ts'
import type { SessionsOf } from './sessions/rules.ts'
import type { SpendOnce, WasSpent } from './sessions/single-use.ts'
import type { ReadSettings } from './settings/settings.ts'
import type { LoggedRequest } from './telemetry/log-request.ts'
import type { OpenOwnAccount } from './users/own-account.ts'
import type { CompletePasswordSetup, FindPasswordSetup } from './users/password-setup.ts'
import type { RegisterAccount } from './users/register-account.ts'
import type { FindUser, FindUserForLogin, FindUserForStepUp, VerifyEmail } from './users/user.ts'
import type { WebhookOutboxOf } from './webhooks/outbox-port.ts'

export interface Dependencies {
  readonly config: Config
  readonly root: RootSecret
  readonly now: Clock
  readonly keyring: Keyring
  readonly signJwt: SignJwt
  readonly verifyJwt: VerifyJwt
  readonly decryptJwe: DecryptJwe
  readonly findClient: FindClient
  readonly openRegistrations: OpenRegistrations
  readonly keepDescribedClient: KeepDescribedClient
  readonly fetchClientJwks: FetchClientJwks
  readonly fetchRequestObject: FetchRequestObject
  readonly prepareEncryption: PrepareEncryption
  readonly loadScopeCatalog: LoadScopeCatalog
  readonly findUser: FindUser
  readonly passkeyStore: PasskeyStore
  readonly findUserForLogin: FindUserForLogin
  readonly findUserForStepUp: FindUserForStepUp
  readonly verifyEmail: VerifyEmail
  readonly registerAccount: RegisterAccount
  readonly openOwnAccount: OpenOwnAccount
  readonly openPersonalData: OpenPersonalData
  readonly findConsent: FindConsent
  readonly saveConsent: SaveConsent
  readonly findHeldPermissions: FindHeldPermissions
  readonly findCurrentPassword: FindCurrentPassword
  readonly storePassword: ChangePassword
  readonly renewPasswordHash: RenewPasswordHash
  readonly openOtpStore: OpenOtpStore
  readonly openRecoveryStore: OpenRecoveryStore
  readonly notify: Notify
  readonly voidPassword: VoidPassword
  readonly openEmailChangeStore: OpenEmailChangeStore
  readonly passwordHasher: PasswordHasher
  readonly hashSlots: HashSlots
  readonly readPasswordRules: ReadPasswordRules
  readonly checkForBreach: CheckForBreach
  readonly findPasswordSetup: FindPasswordSetup
  readonly completePasswordSetup: CompletePasswordSetup
  readonly sessionsOf: SessionsOf
  readonly rateLimiter: RateLimiter
  readonly spendOnce: SpendOnce
  readonly wasSpent: WasSpent
  readonly recordEvent: RecordEvent
  readonly openAuditStream: OpenAuditStream
  readonly jobOf: JobOf
  readonly webhookOutboxOf: WebhookOutboxOf
  /** The trail has new events, or there is a new endpoint. After the response; without it they are found later. */
  readonly nudgeWebhooks: () => void
  readonly queueMessage: QueueMessage
  readonly destinationOf: DestinationOf
  readonly readSettings: ReadSettings
  readonly loadBrandImage: LoadBrandImage
  readonly healthProbes: HealthProbes
  readonly metricSources: MetricSources
  /** Postgres for who is authorized: the admin API has no other way to it. */
  readonly databaseFor: DatabaseFor
  /** The same for an answer that takes as long as its reader. */
  readonly lastingDatabaseFor: DatabaseFor
  /** For the admin API, which renews what it changed. */
  readonly edgeCache: EdgeCache
}

/** What routers see as their environment: not the Worker's bindings, but what `wiring.ts` makes of them. */
export interface RequestEnv extends LoggedRequest {
  readonly config: Config
  readonly deps: Dependencies
  readonly origin: Origin
}

/** Hono's type parameters for every router. */
export interface AppEnv {
  Bindings: RequestEnv
}
