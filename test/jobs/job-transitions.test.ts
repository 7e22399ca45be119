import { describe, expect, test } from 'vitest'
import { authorize } from '../../src/access/authorize-actor.ts'
import type { Authorized } from '../../src/access/authorized.ts'
import type { JobState } from '../../src/jobs/job.table.ts'
import {
  backoffMs,
  endJob,
  maxFailures,
  postpone,
  progressOf,
  recordStep,
} from '../../src/jobs/job-transitions.ts'

const authorized = authorize(
  { type: 'user', id: 'u', clientId: 'c', scopes: ['admin:users:import'] },
  'admin:users:import',
) as Authorized
const state: JobState = {
  order: {
    ...{ job_id: 'j', kind: 'k', authorized, token: undefined, params: {}, created_at: 0 },
    origin: { ip: undefined, user_agent: undefined, request_id: 'r' },
  },
  ...{ phase: 'stepping', status: 'running', step: 3, cancelRequested: false, detail: null, revision: 7 },
  counts: { total: 1000, processed: 250, succeeded: 240, failed: 10 },
  ...{ failures: 2, started_at: 10_000, finished_at: null },
}
const result = { cursor: { at: 4 }, done: false, processed: 50, succeeded: 49, failed: 1 }

describe('a result step', () => {
  test('counts, moves on and forgets earlier failures', () => {
    expect(recordStep(state, result, false)).toMatchObject({
      ...{ phase: 'stepping', step: 4, cursor: { at: 4 }, failures: 0, revision: 8 },
      counts: { total: 1000, processed: 300, succeeded: 289, failed: 11 },
    })
  })

  test.each([
    ['the last one', { done: true }, false, { phase: 'publishing', status: 'running' }],
    ['cancelled meanwhile', {}, true, { phase: 'finishing', status: 'cancelled' }],
    ['the last one, cancelled too late', { done: true }, true, { phase: 'publishing', status: 'running' }],
    ['given up', { failure: 'enough' }, false, { phase: 'finishing', status: 'failed', detail: 'enough' }],
  ])('%s', (_, more, cancelled, expected) => {
    expect(recordStep(state, { ...result, ...more }, cancelled)).toMatchObject(expected)
  })
})

describe('an attempt that came to nothing', () => {
  test('waits longer each time, never more than a minute', () => {
    expect([0, 1, 2, 6, 7, 50].map(backoffMs)).toEqual([500, 1000, 2000, 32_000, 60_000, 60_000])
  })

  test('an outage is waited for; a race or a bug ends the job', () => {
    const many = { ...state, failures: maxFailures }
    expect(postpone(many, 'away')).toMatchObject({ phase: 'stepping', detail: 'away' })
    expect(postpone(many, 'stuck', maxFailures)).toMatchObject({
      phase: 'finishing',
      status: 'failed',
      detail: 'stuck',
    })
  })

  test('a job that has ended keeps why, while telling so waits', () => {
    const ended = endJob(state, 'failed', 'why')
    expect(postpone({ ...ended, failures: 9000 }, 'away')).toMatchObject({
      phase: 'finishing',
      detail: 'why',
    })
  })
})

test('progress tells how long it will take at the speed so far', () => {
  expect(progressOf(state, [], 15_000)).toMatchObject({ eta_seconds: 15, files_expire_at: null })
  expect(progressOf({ ...state, status: 'succeeded', finished_at: 20_000 }, [], 30_000)).toMatchObject({
    ...{ eta_seconds: null, files_expire_at: 20_000 + 7 * 86_400_000 },
  })
})
