/** Operations on background jobs. What begins one stands with what it is about. */
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
