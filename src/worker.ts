/** Entry points of the Worker; everything else is reached from here. */
import { app } from './app.ts'
import { runForRequest } from './kit/request-context.ts'
import { finishResponse } from './telemetry/finish-response.ts'
import { createRequestEnv } from './wiring.ts'

export { AuditOutbox } from './audit/audit-outbox.object.ts'
export { EdgeReplica } from './edge-cache/edge-replica.object.ts'
export { AuditStream, Job } from './lazy-objects.ts'
export { RateLimit } from './rate-limits/rate-limit.object.ts'
export { SingleUse } from './sessions/single-use.object.ts'
export { UserSessions } from './sessions/user-sessions.object.ts'

export default {
  async fetch(request: Request, env: Env, ctx: ExecutionContext) {
    const requestEnv = createRequestEnv(request, env, ctx)
    return runForRequest(requestEnv, async () => {
      const response = await app.fetch(request, requestEnv, ctx)
      return finishResponse(request, response, requestEnv)
    })
  },

  async scheduled(_controller, env, ctx) {
    const { runScheduled } = await import('./cron-entry.ts')
    await runScheduled(env, ctx)
  },
} satisfies ExportedHandler<Env>
