/** The cron jobs with their dependencies. Loaded only by an isolate that a cron trigger wakes. */
import { deleteExpiredKeys } from './admin/idempotency.store.ts'
import type { Origin } from './audit/event.ts'
import { nudgeWebhooks } from './audit/nudge-webhooks.object.ts'
import { createRecordEvent } from './audit/record-event.ts'
import { expireRegistrations } from './clients/expire-registrations.store.ts'
import { runScheduledJobs, type ScheduledNeeds } from './cron/cron-jobs.ts'
import { createDatabase } from './db/database.ts'
import { createRunBatch } from './db/run-batch.ts'
import { createSealStore } from './evidence/evidence.store.ts'
import { createRetentionStore } from './evidence/retention.store.ts'
import { applyRetention } from './evidence/retention.ts'
import { sealTrail } from './evidence/seal-trail.ts'
import { createSignRecord } from './evidence/sign-record.ts'
import { createKeyring } from './keys/create-keyring.ts'
import { rotationPolicyOf } from './keys/rotation-policy.ts'
import { createSignJwt } from './keys/sign-jwt.ts'
import { createSigningKeyWrites, insertSigningKey, loadSigningKeys } from './keys/signing-keys.store.ts'
import { systemClock as now } from './kit/clock.ts'
import { retryOnce } from './kit/retry-once.ts'
import { createSessionsOf } from './sessions/user-sessions.object.ts'
import { loadSettings } from './settings/settings.store.ts'
import { handOverNow } from './telemetry/count.ts'
import { computeMissingForms } from './users/compute-missing-forms.store.ts'
import { deleteDueAccounts } from './users/delete-due-accounts.ts'
import { createDueAccounts } from './users/due-accounts.store.ts'
import { tidyWebhooks } from './webhooks/tidy-webhooks.store.ts'
import { createCache, isolateOf } from './wiring.ts'

export async function runScheduled(env: Env, ctx: ExecutionContext): Promise<void> {
  try {
    await runScheduledJobs(createScheduledNeeds(env, ctx))
  } finally {
    // The isolate may end with this run.
    await handOverNow()
  }
}

/** The dependencies of the cron jobs. */
export function createScheduledNeeds(env: Env, ctx: Pick<ExecutionContext, 'waitUntil'>): ScheduledNeeds {
  const isolate = isolateOf(env)
  const { config, root } = isolate
  const database = createDatabase(config.databaseUrl, config.databaseGatewayUrl)
  const cache = createCache(isolate, (work) => ctx.waitUntil(work), 'background')
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
    deleteDueAccounts: () =>
      deleteDueAccounts({
        now,
        root,
        due: createDueAccounts(runBatch),
        forgetPerson: createForgetPerson(env, ctx),
      }),
    expireRegistrations: async () => {
      const { value } = await loadSettings(database)
      return expireRegistrations(runBatch, value['client_registration.unused_days'], now())
    },
    tidyWebhooks: () =>
      tidyWebhooks({
        runBatch,
        days: async () => (await loadSettings(database)).value['webhooks.delivery_log_days'],
        nudge: () => nudgeWebhooks(env.WEBHOOK_DISPATCHER, config),
      }),
    forgetIdempotencyKeys: () => deleteExpiredKeys(runBatch),
    computeMissingForms: () => computeMissingForms(runBatch),
    rotation: {
      cache,
      now,
      loadKeys: () => loadSigningKeys(database),
      writes: createSigningKeyWrites(database),
      root,
      policy: rotationPolicyOf(config),
    },
  }
}

/** Everything that a person's object stores about an account that is deleted. */
function createForgetPerson(
  env: Env,
  ctx: Pick<ExecutionContext, 'waitUntil'>,
): (userId: string) => Promise<void> {
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
