/**
 * The only statement that writes the audit trail. Ids are generated where events happen, so an event is stored only
 * once however often it is sent.
 */

import { is, SQL, sql } from 'drizzle-orm'
import { instantOf } from '../db/fragments.ts'
import { storableJson } from '../kit/storable.ts'
import type { AuditEvent } from './event.ts'

/** The columns written for an event; Postgres itself adds position, time of arrival, salts and search terms. */
const columns = {
  id: 'uuid',
  type: 'text',
  occurred_at: 'timestamptz',
  outcome: 'text',
  actor_type: 'text',
  actor_id: 'text',
  user_id: 'text',
  client_id: 'text',
  session_id: 'text',
  entity_type: 'text',
  entity_id: 'text',
  ip: 'text',
  user_agent: 'text',
  request_id: 'text',
  changes: 'jsonb',
  data: 'jsonb',
} as const satisfies Record<keyof AuditEvent | 'changes', string>

type Column = keyof typeof columns
const names = Object.keys(columns) as Column[]

/** A field is a value or an expression over the row that the event is about. */
export type EventFields = { readonly [Field in keyof AuditEvent]: AuditEvent[Field] | SQL } & {
  /** State of the entity before and after: `authly_changes(before, after)`. */
  readonly changes?: SQL
}

/** `insert into audit_events … from source`: one event per row of `source`, so none when nothing happened. */
export const insertEventPerRow = (source: SQL, fields: EventFields): SQL => sql`
  insert into audit_events (${sql.raw(names.join(', '))})
  select ${sql.join(
    names.map((name) => columnValue(name, fields[name])),
    sql`, `,
  )}
  from ${source}`

/** Writes events that are not stored yet. */
export const insertEvents = (events: readonly AuditEvent[]): SQL => insertEventsJson(storableJson(events))

/** The same for the JSON array of events that an outbox stores. */
export const insertEventsJson = (eventsJson: string): SQL => sql`
  ${insertEventPerRow(sql`jsonb_to_recordset(${eventsJson}::jsonb) as event (${recordColumns})`, recordFields)}
  on conflict (id) do nothing`

const recordColumns = sql.raw(
  names.map((name) => `${name} ${name === 'occurred_at' ? 'bigint' : columns[name]}`).join(', '),
)

const recordFields = {
  ...(Object.fromEntries(names.map((name) => [name, sql.raw(`event.${name}`)])) as Record<Column, SQL>),
  occurred_at: instantOf(sql.raw('event.occurred_at')),
  data: sql.raw(`coalesce(event.data, '{}')`),
}

function columnValue(name: Column, value: unknown): SQL {
  if (is(value, SQL)) return value
  if (name === 'occurred_at') return instantOf(value as number)
  if (name === 'data') return sql`${storableJson(value ?? {})}::jsonb`
  return sql`${value ?? null}::${sql.raw(columns[name])}`
}
