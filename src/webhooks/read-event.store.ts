/** Reads what decides who gets an event. */
import { type SQL, sql } from 'drizzle-orm'
import { textArray } from '../db/fragments.ts'
import type { Row } from '../db/run-batch.ts'
import type { ReadEvent } from './dispatch-events.ts'
import { unsentEventTypes } from './webhook-event-types.ts'

export const readEventColumns: SQL = sql`
  id, position, type, outcome, user_id, client_id, actor_id, entity_type, entity_id`

/** Types that no endpoint gets are most of a trail. */
export const isSent: SQL = sql`type <> all (${textArray(Object.keys(unsentEventTypes))})`

const textOf = (value: unknown): string | null => (value === null ? null : String(value))

export const toReadEvent = (row: Row): ReadEvent => ({
  id: String(row['id']),
  position: Number(row['position']),
  type: String(row['type']),
  outcome: String(row['outcome']),
  user_id: textOf(row['user_id']),
  client_id: textOf(row['client_id']),
  actor_id: textOf(row['actor_id']),
  entity_type: textOf(row['entity_type']),
  entity_id: textOf(row['entity_id']),
})
