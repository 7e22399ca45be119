/** Entry points of the Worker; everything else is reached from here. */
import { app } from './app.ts'
import { runScheduledJobs } from './jobs/scheduled.ts'
import { createDependencies } from './wiring.ts'

export { AuditOutbox } from './audit/audit-outbox.object.ts'
export { EdgeReplica } from './edge-cache/edge-replica.object.ts'
export { RateLimit } from './rate-limits/rate-limit.object.ts'
export { SingleUse } from './sessions/single-use.object.ts'
export { UserSessions } from './sessions/user-sessions.object.ts'

export default {
  fetch: app.fetch,

  async scheduled(_controller, env, ctx) {
    await runScheduledJobs(createDependencies(env, ctx))
  },
} satisfies ExportedHandler<Env>
