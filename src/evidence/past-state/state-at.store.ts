/** The changes of an entity since a time, to be undone by `stateAt`. */
import { type SQL, sql } from 'drizzle-orm'
import { maxChanges, type PastChange } from './state-at.ts'

/**
 * Rows `PastChange`, newest first; see state-at.ts for how to use them. One range of the index
 * `audit_events_entity`, limited.
 * @param at RFC 3339
 */
export const changesSince = (entityType: string, entityId: string, at: string): SQL => sql`
  select type, case when details_salt is null then null else changes end as changes
  from audit_events
  where entity_type = ${entityType} and entity_id = ${entityId} and occurred_at > ${at}::timestamptz
    and outcome = 'success' and (changes is not null or details_salt is null)
  order by position desc
  limit ${maxChanges + 1}`

/** Rows of `changesSince`, typed. */
export const toPastChanges = (rows: readonly Record<string, unknown>[]): readonly PastChange[] =>
  rows as unknown as readonly PastChange[]
