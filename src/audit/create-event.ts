/** Makes audit events: id and origin are filled in one place. */
import { uuidv7 } from '../kit/ids.ts'
import { count } from '../telemetry/count.ts'
import type { AuditEvent, AuditEventType, Origin } from './event.ts'
import { eventDefinitions } from './event-types.ts'

type Details = Omit<AuditEvent, 'id' | 'type' | 'occurred_at' | 'ip' | 'user_agent' | 'request_id'>

/**
 * Creates an event of `type` at `now` (milliseconds since the Unix epoch). Its id is generated here, once, and
 * identifies every delivery of the event. Never pass a secret, a token or a password.
 */
export function createEvent(
  type: AuditEventType,
  now: number,
  origin: Origin | undefined,
  details: Details,
): AuditEvent {
  count('authly_audit_events_total', 1, eventDefinitions[type].class, details.outcome)
  return {
    id: uuidv7(now),
    type,
    occurred_at: now,
    ...details,
    ip: origin?.ip,
    user_agent: origin?.user_agent,
    request_id: origin?.request_id,
  }
}
