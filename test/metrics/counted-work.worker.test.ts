import { runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createEvent } from '../../src/audit/create-event.ts'
import { encodeEvents } from '../../src/audit/outbox.ts'
import { runScheduledJobs, type ScheduledNeeds } from '../../src/cron/cron-jobs.ts'
import { decoyContent } from '../../src/delivery/codes/code-port.ts'
import type { Asker } from '../../src/delivery/codes/decide-code.ts'
import type { QueuedMessage } from '../../src/delivery/message.ts'
import { startCounting } from '../../src/telemetry/count.ts'
import type { CounterName, HistogramName } from '../../src/telemetry/metric-catalogue.ts'
import { metricObserver } from '../../src/telemetry/metric-observer.ts'
import { createMetricRegistry } from '../../src/telemetry/metric-registry.ts'
import { addObserver } from '../../src/telemetry/observe.ts'
import { queuedMessage } from '../delivery/message-provider.ts'
import { accept, jobStub, orderOf, runToEnd, streamOf } from '../jobs/job-harness.ts'
import { openBrowser, signIn } from '../login/browser.ts'
import { addPerson, goodPassword } from '../login/people.ts'

let registry: ReturnType<typeof createMetricRegistry>
let stops: (() => void)[]
beforeEach(() => {
  registry = createMetricRegistry()
  const schedule = { promise: () => undefined, ensure: () => undefined, now: async () => undefined }
  stops = [startCounting({ registry, schedule }), addObserver(metricObserver)]
})
afterEach(() => {
  for (const stop of stops.reverse()) stop()
})

/** The series of metrics, by their labels; of histograms the count. */
function counted(...names: (CounterName | HistogramName | 'authly_cron_last_success_timestamp_seconds')[]) {
  const families = registry.take().filter(({ name }) => (names as string[]).includes(name))
  return Object.fromEntries(
    families.flatMap(({ series, bounds }) =>
      series.map(([labels, values]) => [
        labels.join(' '),
        bounds.length === 0 ? values[0] : values.slice(0, -1).reduce((sum, value) => sum + value, 0),
      ]),
    ),
  )
}

test('steps of jobs, and rows of uploads by their result', async () => {
  const order = await orderOf('users.import', { on_conflict: 'fail', dry_run: false, format: 'csv' })
  const mark = crypto.randomUUID().slice(0, 8)
  const text = `username,email\r\na-${mark},a@${mark}.test\r\nb-${mark},not-an-address\r\nc-${mark},c@${mark}.test\r\n`
  await jobStub(order).offer(order, { body: streamOf(text), format: 'csv' })
  await accept(order)
  await runToEnd(order)
  const work = counted('authly_job_steps_total', 'authly_import_rows_total')
  expect(work).toMatchObject({ 'users.import succeeded': 2, 'users.import failed': 1 })
  expect(work['users.import success']).toBeGreaterThanOrEqual(1)
})

test('deliveries of the outbox, and their round trips to Postgres', async () => {
  const outbox = env.AUDIT_OUTBOX.getByName(`test:${crypto.randomUUID()}`)
  const event = () =>
    createEvent('job.created', Date.now(), undefined, { outcome: 'success', actor_type: 'system', data: {} })
  await outbox.append(encodeEvents([event(), event()]), 2)
  expect(await outbox.waiting()).toMatchObject({ events: 2 })
  await runDurableObjectAlarm(outbox)
  expect(await outbox.waiting()).toBeUndefined()
  expect(
    counted(
      'authly_outbox_deliveries_total',
      'authly_audit_events_total',
      'authly_postgres_round_trip_duration_seconds',
    ),
  ).toEqual({ success: 1, 'system success': 2, 'batch success': 1 })
})

test('codes that are sent to people, apart from notices and from what is sent to nobody', async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  const destination = env.DESTINATION.getByName(crypto.randomUUID())
  const now = Date.now()
  const issue = async (asker: Asker, changes: Partial<QueuedMessage> = {}) => {
    const message = await queuedMessage({ channel: 'sms', ...changes })
    const { status } = await destination.issueCode({
      ...{ now, asker, replaces: undefined, code_id: message.message_id, code_mac: 'mac', resume: undefined },
      ...{ expires_at: now + 600_000, account_mark: 'mark', message },
    })
    return status
  }
  await destination.enqueue(await queuedMessage({ channel: 'sms', kind: 'recovery_waiting_sms' }))
  expect(await issue('elsewhere')).toBe('issued')
  expect(await issue('elsewhere')).toBe('too_soon')
  expect(await issue('known_device', { sealed: decoyContent })).toBe('issued')
  expect(counted('authly_codes_issued_total')).toEqual({ sms: 1 })
})

test('runs of cron jobs; one that failed has no new time', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const done = async () => undefined
  const needs: ScheduledNeeds = {
    deleteDueAccounts: async () => undefined,
    ...{ forgetIdempotencyKeys: done, computeMissingForms: done, sealTrail: done, expireRegistrations: done },
    tidyWebhooks: async () => undefined,
    applyRetention: () => Promise.reject(new Error('away')),
    rotation: { loadKeys: () => Promise.reject(new Error('away')) } as unknown as ScheduledNeeds['rotation'],
  }
  const before = Date.now() / 1000
  await expect(runScheduledJobs(needs)).rejects.toThrow()
  const runs = counted('authly_cron_runs_total', 'authly_cron_last_success_timestamp_seconds')
  expect(runs).toMatchObject({
    'seal-audit-trail success': 1,
    'apply-audit-retention failed': 1,
    'rotate-keys failed': 1,
  })
  expect(runs['seal-audit-trail']).toBeGreaterThanOrEqual(before)
  expect(runs).not.toHaveProperty('apply-audit-retention')
})

test('sign-ins by outcome, and the requests they took by route', async () => {
  const { username } = await addPerson()
  await signIn(openBrowser(), username, 'wrong')
  await signIn(openBrowser(), username, goodPassword)
  const counts = counted('authly_sign_ins_total', 'authly_http_request_duration_seconds')
  expect(counts).toMatchObject({
    ...{ 'password refused': 1, 'password success': 1 },
    ...{ '/login POST refused': 1, '/login POST success': 1 },
  })
})
