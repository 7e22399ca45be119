/** Makes audit events: id and origin are filled in one place. */
import { uuidv7 } from '../kit/ids.ts'
import type { AuditEvent, AuditEventType, Origin } from './event.ts'

type Details = Omit<AuditEvent, 'id' | 'type' | 'occurred_at' | 'ip' | 'user_agent' | 'request_id'>

/**
 * Creates an event of `type` at `now` (milliseconds since the Unix epoch). Its id is generated here, once, and
 * identifies every delivery of the event. Never pass a secret, a token or a password.
 */
export const createEvent = (
  type: AuditEventType,
  now: number,
  origin: Origin | undefined,
  details: Details,
): AuditEvent => ({
  id: uuidv7(now),
  type,
  occurred_at: now,
  ...details,
  ip: origin?.ip,
  user_agent: origin?.user_agent,
  request_id: origin?.request_id,
})
