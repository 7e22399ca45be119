import { expect, test } from 'vitest'
import { deleteExpiredKeys } from '../../src/admin/idempotency.store.ts'
import { runScheduledJobs } from '../../src/cron/cron-jobs.ts'
import { createRunBatch } from '../../src/db/run-batch.ts'
import { idempotencyKeys } from '../../src/db/schema.ts'
import { standingAlgs } from '../../src/keys/algorithms.ts'
import { createSigningKeyWrites, loadSigningKeys } from '../../src/keys/signing-keys.store.ts'
import { computeMissingForms } from '../../src/users/compute-missing-forms.store.ts'
import { trailUnderTest } from '../audit/trail-under-test.ts'
import { cacheUnderTest } from '../fakes/edge-cache.ts'

const trail = await trailUnderTest()
const { database, root } = trail

const needs = (loadKeys = () => loadSigningKeys(database)) => ({
  forgetIdempotencyKeys: () => deleteExpiredKeys(createRunBatch(database)),
  computeMissingForms: () => computeMissingForms(createRunBatch(database)),
  deleteDueAccounts: async () => undefined,
  sealTrail: () => trail.seal(),
  expireRegistrations: async () => undefined,
  applyRetention: () => trail.retain({}),
  tidyWebhooks: async () => undefined,
  rotation: {
    cache: cacheUnderTest({ now: Date.now }).cache,
    loadKeys,
    writes: createSigningKeyWrites(database),
    root,
    policy: { rotationSeconds: 90 * 86_400, prepublishSeconds: 86_400, retentionSeconds: 7 * 86_400 },
    now: Date.now,
  },
})

test('the cron run gives a fresh deployment its keys, and running it again changes nothing', async () => {
  await runScheduledJobs(needs())
  const first = await loadSigningKeys(database)
  expect(first.value.map((key) => key.alg).sort()).toEqual([...standingAlgs].sort())
  await runScheduledJobs(needs())
  expect((await loadSigningKeys(database)).value).toEqual(first.value)
})

test('a failing job fails the run, so that the platform shows it', async () => {
  const away = () => Promise.reject(new Error('connection refused'))
  await expect(runScheduledJobs(needs(away))).rejects.toThrow('scheduled jobs failed')
})

test('idempotency keys are forgotten when their time is over, and not before', async () => {
  const row = (key: string, hours: number) => ({
    ...{ actor_id: 'a', key, fingerprint: 'f', answer_sealed: 's' },
    expires_at: new Date(Date.now() + hours * 3_600_000),
  })
  await database.insert(idempotencyKeys).values([row('old', -1), row('young', 1)])
  await runScheduledJobs(needs())
  const left = await database.select({ key: idempotencyKeys.key }).from(idempotencyKeys)
  expect(left).toEqual([{ key: 'young' }])
})
