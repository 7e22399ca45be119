/** Operations on background jobs. Operations that start one are in the folder of their resource. */
import type { Operation } from '../operation.ts'
import { cancelJob } from './cancel-job.operation.ts'
import { getJob } from './get-job.operation.ts'
import { getJobResults } from './get-job-results.operation.ts'
import { listJobs } from './list-jobs.operation.ts'
import { streamJob } from './stream-job.operation.ts'
import { streamJobSocket } from './stream-job-socket.operation.ts'

export const jobOperations: readonly Operation[] = [
  listJobs,
  getJob,
  cancelJob,
  getJobResults,
  streamJob,
  streamJobSocket,
]
