/** Entry points of the Worker; everything else is reached from here. */
import { app } from './app.ts'
import { runScheduledJobs } from './jobs/scheduled.ts'
import { createRequestEnv, createScheduledNeeds } from './wiring.ts'

export { AuditOutbox } from './audit/audit-outbox.object.ts'
export { AuditStream } from './audit/stream/audit-stream.object.ts'
export { EdgeReplica } from './edge-cache/edge-replica.object.ts'
export { Job } from './jobs/job.object.ts'
export { RateLimit } from './rate-limits/rate-limit.object.ts'
export { SingleUse } from './sessions/single-use.object.ts'
export { UserSessions } from './sessions/user-sessions.object.ts'

export default {
  fetch: (request: Request, env: Env, ctx: ExecutionContext) =>
    app.fetch(request, createRequestEnv(request, env, ctx), ctx),

  async scheduled(_controller, env, ctx) {
    await runScheduledJobs(createScheduledNeeds(env, ctx))
  },
} satisfies ExportedHandler<Env>
