/** Reads what decides who gets an event. */
import { type SQL, sql } from 'drizzle-orm'
import { textArray } from '../db/fragments.ts'
import { type Row, textOrNull } from '../db/run-batch.ts'
import type { ReadEvent } from './dispatch-events.ts'
import { unsentEventTypes } from './webhook-event-types.ts'

export const readEventColumns: SQL = sql`
  id, position, type, outcome, user_id, client_id, actor_id, entity_type, entity_id`

/** Types that no endpoint gets are most of a trail. */
export const isSent: SQL = sql`type <> all (${textArray(Object.keys(unsentEventTypes))})`

export const toReadEvent = (row: Row): ReadEvent => ({
  id: String(row['id']),
  position: Number(row['position']),
  type: String(row['type']),
  outcome: String(row['outcome']),
  user_id: textOrNull(row['user_id']),
  client_id: textOrNull(row['client_id']),
  actor_id: textOrNull(row['actor_id']),
  entity_type: textOrNull(row['entity_type']),
  entity_id: textOrNull(row['entity_id']),
})
