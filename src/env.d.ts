import type { AuditOutbox } from './audit/audit-outbox.object.ts'
import type { EdgeReplica } from './edge-cache/edge-replica.object.ts'
import type {
  AuditStream,
  Destination,
  Job,
  LogoutOutbox,
  Metrics,
  WebhookDispatcher,
  WebhookOutbox,
} from './lazy-objects.ts'
import type { RateLimit } from './rate-limits/rate-limit.object.ts'
import type { SingleUse } from './sessions/single-use.object.ts'
import type { UserSessions } from './sessions/user-sessions.object.ts'

declare global {
  /** Bindings of wrangler.toml. The text variables are in `config.ts`, which alone reads them. */
  interface Env {
    USER_SESSIONS: DurableObjectNamespace<UserSessions>
    RATE_LIMIT: DurableObjectNamespace<RateLimit>
    EDGE_REPLICA: DurableObjectNamespace<EdgeReplica>
    AUDIT_OUTBOX: DurableObjectNamespace<AuditOutbox>
    SINGLE_USE: DurableObjectNamespace<SingleUse>
    AUDIT_STREAM: DurableObjectNamespace<AuditStream>
    JOB: DurableObjectNamespace<Job>
    METRICS: DurableObjectNamespace<Metrics>
    DESTINATION: DurableObjectNamespace<Destination>
    LOGOUT_OUTBOX: DurableObjectNamespace<LogoutOutbox>
    WEBHOOK_DISPATCHER: DurableObjectNamespace<WebhookDispatcher>
    WEBHOOK_OUTBOX: DurableObjectNamespace<WebhookOutbox>
    /** Cloudflare’s e-mail service, where `AUTHLY_EMAIL_PROVIDER` is `cloudflare`. */
    EMAIL?: SendEmail
    /** Where exports go that are asked to go to R2. Local runs and small deployments have none. */
    FILES?: R2Bucket
  }
  namespace Cloudflare {
    interface Env extends globalThis.Env {}
  }
}
