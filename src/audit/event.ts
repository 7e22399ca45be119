/**
 * The audit event, one closed shape. Column names of `audit_events`; secrets, tokens and passwords never
 * appear in any field.
 */
import type { AuditEventType } from './event-types.ts'

export { type AuditEventType, auditEventTypes } from './event-types.ts'

export interface AuditEvent {
  /** UUIDv7 generated where the event happens: the idempotency key of its delivery. */
  readonly id: string
  readonly type: AuditEventType
  /** Milliseconds since the Unix epoch. */
  readonly occurred_at: number
  readonly outcome: 'success' | 'failure'
  readonly actor_type: 'user' | 'client' | 'system' | 'anonymous'
  readonly actor_id?: string | undefined
  readonly user_id?: string | undefined
  readonly client_id?: string | undefined
  readonly session_id?: string | undefined
  /** The entity changed: `user`, `client`, `role` … and its id. */
  readonly entity_type?: string | undefined
  readonly entity_id?: string | undefined
  readonly ip?: string | undefined
  readonly user_agent?: string | undefined
  readonly request_id?: string | undefined
  readonly data?: Readonly<Record<string, unknown>> | undefined
}

/** The actor, as an event records it. */
export type EventActor = Pick<AuditEvent, 'actor_type' | 'actor_id'>

/** The origin of a request, as the audit trail records it. */
export interface Origin {
  /** According to `AUTHLY_CLIENT_ADDRESS`; never from a header that the caller can set. */
  readonly ip: string | undefined
  /** Cut to 256 characters. */
  readonly user_agent: string | undefined
  readonly request_id: string
}

/**
 * Records events that belong to no user object (client_credentials, unknown accounts, keys). Never throws, never waits.
 */
export type RecordEvent = (event: AuditEvent) => void
