/** Operations on the audit trail. */
import type { Operation } from '../operation.ts'
import { exportAuditTrail } from './export-audit-trail.operation.ts'
import { getAuditEvent } from './get-audit-event.operation.ts'
import { listAdminAuditEvents } from './list-admin-audit-events.operation.ts'
import { listAuditEvents } from './list-audit-events.operation.ts'
import { listAuditCheckpoints } from './list-checkpoints.operation.ts'
import { listUserAuditEvents } from './list-user-audit-events.operation.ts'
import { searchAuditEvents } from './search-audit-events.operation.ts'
import { streamAuditEvents } from './stream-audit-events.operation.ts'
import { streamAuditEventsSocket } from './stream-audit-events-socket.operation.ts'
import { verifyAuditTrail } from './verify-audit-trail.operation.ts'

export const auditOperations: readonly Operation[] = [
  listAuditEvents,
  getAuditEvent,
  listUserAuditEvents,
  listAdminAuditEvents,
  searchAuditEvents,
  listAuditCheckpoints,
  verifyAuditTrail,
  exportAuditTrail,
  streamAuditEvents,
  streamAuditEventsSocket,
]
