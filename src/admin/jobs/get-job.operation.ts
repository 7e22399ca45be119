import { firstRow } from '../../db/json-row.ts'
import { err } from '../../kit/result.ts'
import { answer, defineOperation } from '../operation.ts'
import { notFound } from '../problems.ts'
import { jobParams, jobSchema, toJob } from './job-view.ts'
import { jobRow, selectJob } from './select-job.store.ts'

export const getJob = defineOperation({
  id: 'getJob',
  method: 'get',
  path: '/admin/jobs/{job_id}',
  tag: 'Jobs',
  summary: 'Read a background job and its progress',
  description: 'Progress as of its last step; `files` names what can be downloaded.',
  permission: 'admin:jobs:read',
  params: jobParams,
  answers: { 200: { description: 'The job', schema: jobSchema } },
  async run({ db, deps, params: { job_id } }) {
    const job = firstRow(jobRow, await db.run(selectJob(job_id)))
    if (!job) return err(notFound)
    return answer(200, toJob(job, await deps.jobOf(job_id).progress()))
  },
})
