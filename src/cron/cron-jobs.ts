/** The jobs of the cron trigger. A job that fails does not stop the others. */

import { type RotateKeysNeeds, rotateKeys } from '../keys/rotate-keys.ts'
import { describeError } from '../kit/describe-error.ts'
import { logError } from '../kit/log.ts'
import { count, mark } from '../telemetry/count.ts'

export interface ScheduledNeeds {
  readonly rotation: RotateKeysNeeds
  readonly forgetIdempotencyKeys: () => Promise<void>
  readonly computeMissingForms: () => Promise<void>
  readonly deleteDueAccounts: () => Promise<void>
  readonly expireRegistrations: () => Promise<unknown>
  readonly sealTrail: () => Promise<unknown>
  readonly applyRetention: () => Promise<unknown>
  readonly tidyWebhooks: () => Promise<void>
}

const jobs: readonly { readonly name: string; run(needs: ScheduledNeeds): Promise<unknown> }[] = [
  { name: 'rotate-keys', run: (needs) => rotateKeys(needs.rotation) },
  { name: 'forget-idempotency-keys', run: (needs) => needs.forgetIdempotencyKeys() },
  { name: 'fill-normal-forms', run: (needs) => needs.computeMissingForms() },
  { name: 'delete-due-accounts', run: (needs) => needs.deleteDueAccounts() },
  { name: 'expire-registrations', run: (needs) => needs.expireRegistrations() },
  { name: 'seal-audit-trail', run: (needs) => needs.sealTrail() },
  { name: 'apply-audit-retention', run: (needs) => needs.applyRetention() },
  { name: 'tidy-webhooks', run: (needs) => needs.tidyWebhooks() },
]

/**
 * Runs every job once. Each is safe to repeat or run concurrently.
 * @throws AggregateError of the failures after all jobs have run, so that the platform reports the run as failed
 */
export async function runScheduledJobs(needs: ScheduledNeeds): Promise<void> {
  const failures: unknown[] = []
  for (const job of jobs) {
    try {
      await job.run(needs)
      count('authly_cron_runs_total', 1, job.name, 'success')
      mark('authly_cron_last_success_timestamp_seconds', Date.now(), job.name)
    } catch (failure) {
      count('authly_cron_runs_total', 1, job.name, 'failed')
      logError('job_failed', { subject: job.name, reason: describeError(failure) })
      failures.push(failure)
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, 'scheduled jobs failed')
}
