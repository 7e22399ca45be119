import { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import { insertEvents } from '../../audit/insert-events.store.ts'
import { answer, defineOperation } from '../operation.ts'
import { jobParams } from './job-view.ts'

export const cancelJob = defineOperation({
  id: 'cancelJob',
  method: 'post',
  path: '/admin/jobs/{job_id}/cancel',
  tag: 'Jobs',
  summary: 'Cancel a background job',
  description:
    'The step under way, of at most 500 rows, is finished; what was done stays done, and the results say what that is.',
  permission: 'admin:jobs:write',
  params: jobParams,
  answers: {
    202: {
      description: 'It will stop',
      schema: z.object({ id: z.string(), cancel_requested: z.boolean() }).openapi('JobCancellation'),
    },
  },
  problems: { 409: 'The job has ended' },
  conflicts: { job_has_ended: { title: 'The job has ended' } },
  async run({ params: { job_id }, event, writeOnce }) {
    const asked = answer(202, { id: job_id, cancel_requested: true })
    await writeOnce(asked.value, [
      sql`select authly_refuse('AU404', 'unknown_job') where not exists (select from jobs where id = ${job_id}::uuid)`,
      sql`select authly_refuse('AU409', 'job_has_ended') from jobs
          where id = ${job_id}::uuid and finished_at is not null`,
      sql`update jobs set cancel_requested_at = coalesce(cancel_requested_at, now()), version = version + 1
          where id = ${job_id}::uuid`,
      insertEvents([event('job.cancelled', { entity_type: 'job', entity_id: job_id })]),
    ])
    return asked
  },
  afterwards: ({ params: { job_id }, deps }) => deps.jobOf(job_id).nudge(),
})
