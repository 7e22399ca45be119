/** Takes a consent back, with its event. */
import { type SQL, sql } from 'drizzle-orm'
import type { AuditEvent } from '../audit/event.ts'
import { insertEventPerRow } from '../audit/insert-events.store.ts'

/** A statement; its row has the `client_id` if there was such a consent. */
export const removeConsent = (userId: string, clientId: string, event: AuditEvent): SQL => sql`
  with changed as (
    delete from consents where user_id = ${userId}::uuid and client_id = ${clientId} returning *
  ), recorded as (
    ${insertEventPerRow(sql`changed`, {
      ...event,
      changes: sql`authly_changes(to_jsonb(changed) - '{user_id,client_id}'::text[], '{}'::jsonb)`,
    })}
  )
  select client_id from changed`
