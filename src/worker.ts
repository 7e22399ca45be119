/** Entry points of the Worker; everything else is reached from here. */
import { env as bindings, waitUntil } from 'cloudflare:workers'
import { app } from './app.ts'
import { AuditOutbox } from './audit/audit-outbox.object.ts'
import { EdgeReplica } from './edge-cache/edge-replica.object.ts'
import { runForRequest } from './kit/request-context.ts'
import {
  AuditStream,
  Destination,
  Job,
  LogoutOutbox,
  Metrics,
  WebhookDispatcher,
  WebhookOutbox,
} from './lazy-objects.ts'
import { RateLimit } from './rate-limits/rate-limit.object.ts'
import { SingleUse } from './sessions/single-use.object.ts'
import { UserSessions } from './sessions/user-sessions.object.ts'
import { startMetrics } from './start-metrics.ts'
import { startTelemetry } from './start-telemetry.ts'
import { promiseHandOver } from './telemetry/count.ts'
import { finishResponse } from './telemetry/finish-response.ts'
import { traceObjects } from './telemetry/traced-objects.ts'
import { traceInvocation, traceRequest } from './telemetry/tracer.ts'
import { createRequestEnv } from './wiring.ts'

export {
  AuditOutbox,
  AuditStream,
  Destination,
  EdgeReplica,
  Job,
  LogoutOutbox,
  Metrics,
  RateLimit,
  SingleUse,
  UserSessions,
  WebhookDispatcher,
  WebhookOutbox,
}

traceObjects(
  {
    AuditOutbox,
    AuditStream,
    Destination,
    EdgeReplica,
    Job,
    LogoutOutbox,
    RateLimit,
    SingleUse,
    UserSessions,
    WebhookDispatcher,
    WebhookOutbox,
  },
  startTelemetry,
)

startMetrics(bindings, waitUntil)

export default {
  async fetch(request: Request, env: Env, ctx: ExecutionContext) {
    promiseHandOver()
    const starting = startTelemetry(env)
    if (starting !== undefined) await starting
    const requestEnv = createRequestEnv(request, env, ctx)
    const answer = async () => {
      const response = await app.fetch(request, requestEnv, ctx)
      return finishResponse(request, response, requestEnv)
    }
    return runForRequest(requestEnv, () => traceRequest(request, requestEnv, ctx, answer))
  },

  async scheduled(_controller, env, ctx) {
    await startTelemetry(env)
    const { runScheduled } = await import('./cron-entry.ts')
    await traceInvocation({ name: 'cron', trigger: 'timer', lifetime: ctx }, () => runScheduled(env, ctx))
  },
} satisfies ExportedHandler<Env>
