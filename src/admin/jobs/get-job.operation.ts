import { err } from '../../kit/result.ts'
import { answer, defineOperation } from '../operation.ts'
import { notFound } from '../problems.ts'
import { type JobRow, jobParams, jobSchema, toJob } from './job.ts'
import { selectJob } from './select-job.store.ts'

export const getJob = defineOperation({
  id: 'getJob',
  method: 'get',
  path: '/admin/jobs/{job_id}',
  tag: 'Jobs',
  summary: 'Read a background job and its progress',
  permission: 'admin:jobs:read',
  params: jobParams,
  answers: { 200: { description: 'The job', schema: jobSchema } },
  async run({ db, deps, params: { job_id } }) {
    const [row] = await db.run<{ job: JobRow }>(selectJob(job_id))
    if (!row) return err(notFound)
    return answer(200, toJob(row.job, await deps.jobOf(job_id).progress()))
  },
})
