/** A job that fails says which it is and which request ordered it, and nothing of the data that it was about. */
import { runDurableObjectAlarm } from 'cloudflare:test'
import { afterEach, expect, it } from 'vitest'
import { hearLog } from '../worker/hear-log.ts'
import { accept, jobStub, orderOf, runToEnd, streamOf } from './job-harness.ts'

const log = hearLog()
const original = globalThis.fetch
afterEach(() => {
  globalThis.fetch = original
})

it('a step that Postgres refuses', async () => {
  const order = await orderOf('users.import', { on_conflict: 'fail', dry_run: false, format: 'csv' })
  const upload = { body: streamOf('email\ns3cr3t@example.test\n'), format: 'csv' } as const
  await jobStub(order).offer(order, upload)
  await accept(order)
  globalThis.fetch = (input, init) => {
    const body = typeof init?.body === 'string' ? init.body : ''
    // The step arrives with an id that Postgres quotes when it refuses it.
    const isStep = body.includes('insert into job_chunks') && body.includes(order.job_id)
    return original(input, isStep ? { ...init, body: body.replaceAll(order.job_id, 's3cr3t-id') } : init)
  }
  for (let turn = 0; turn < 5 && log.texts.length === 0; turn++) await runDurableObjectAlarm(jobStub(order))
  globalThis.fetch = original
  expect(await runToEnd(order)).toMatchObject({ status: 'failed' })
  expect(log.lines).toMatchObject([
    {
      ...{ level: 'error', event: 'job_step_failed', region: 'local', job_id: order.job_id },
      ...{ request_id: order.origin.request_id, code: '22P02' },
      reason: expect.stringContaining('invalid input syntax for type uuid'),
    },
  ])
  expect(log.texts.join()).not.toContain('s3cr3t')
})
