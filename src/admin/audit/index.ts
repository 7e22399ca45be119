/** Operations on the audit trail. */
import type { Operation } from '../operation.ts'
import { streamAuditEvents } from './stream-audit-events.operation.ts'
import { streamAuditEventsSocket } from './stream-audit-events-socket.operation.ts'

export const auditOperations: readonly Operation[] = [streamAuditEvents, streamAuditEventsSocket]
