/** Taking a factor away from a person: the row and its event are one statement. */
import { type SQL, sql } from 'drizzle-orm'
import type { AuditEvent } from '../../../audit/event.ts'

/**
 * One row if the trail knows that the factor of this event was removed within the last hour. A first attempt may have
 * failed after that, before its sessions ended: repeating it must end them.
 */
export const selectRemoval = ({ type, user_id, entity_id }: AuditEvent): SQL => sql`
  select id from audit_events
  where entity_id = ${entity_id} and user_id = ${user_id} and type = ${type} and occurred_at > now() - interval '1 hour'
  limit 1`
