/** The object of one background job, of any kind there is. */
import { jobKinds } from './job-kinds.ts'
import { JobObject } from './jobs/job.object.ts'

export class JobOfAnyKind extends JobObject {
  protected override readonly kinds = jobKinds
}
