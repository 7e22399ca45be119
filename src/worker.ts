/** Entry points of the Worker; everything else is reached from here. */
import { app } from './app.ts'
import { runScheduledJobs } from './cron/scheduled.ts'
import { jobKinds } from './job-kinds.ts'
import { JobObject } from './jobs/job.object.ts'
import { finishResponse } from './kit/finish-response.ts'
import { createRequestEnv, createScheduledNeeds } from './wiring.ts'

export { AuditOutbox } from './audit/audit-outbox.object.ts'
export { AuditStream } from './audit/stream/audit-stream.object.ts'
export { EdgeReplica } from './edge-cache/edge-replica.object.ts'
export { RateLimit } from './rate-limits/rate-limit.object.ts'
export { SingleUse } from './sessions/single-use.object.ts'
export { UserSessions } from './sessions/user-sessions.object.ts'

/** The object of one background job, of any kind there is. */
export class Job extends JobObject {
  protected override readonly kinds = jobKinds
}

export default {
  async fetch(request: Request, env: Env, ctx: ExecutionContext) {
    const requestEnv = createRequestEnv(request, env, ctx)
    const response = await app.fetch(request, requestEnv, ctx)
    return finishResponse(request, response, requestEnv.origin.request_id)
  },

  async scheduled(_controller, env, ctx) {
    await runScheduledJobs(createScheduledNeeds(env, ctx))
  },
} satisfies ExportedHandler<Env>
