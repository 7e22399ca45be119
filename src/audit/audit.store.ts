/** Audit events into Postgres. Ids are made where events happen, so that the same event arrives only once. */
import { type SQL, sql } from 'drizzle-orm'
import { createDatabase, type Database } from '../db/client.ts'
import type { AuditEvent } from './event.ts'
import { type DeliverEvents, encodeEvents } from './outbox.ts'

/** The statement that stores events; goes into a `database.batch([...])` next to the write it tells of. */
export const auditInsert = (database: Database, events: readonly AuditEvent[]) =>
  insertJson(database, `[${encodeEvents(events)}]`)

/** Stores events in one statement. */
export async function insertAuditEvents(database: Database, events: readonly AuditEvent[]): Promise<void> {
  await auditInsert(database, events)
}

/** The same as a statement, for a batch of statements. */
export const insertEvents = (events: readonly AuditEvent[]): SQL => insertSql(`[${encodeEvents(events)}]`)

const insertJson = (database: Database, eventsJson: string) => database.execute(insertSql(eventsJson))

const insertSql = (eventsJson: string): SQL => sql`
    INSERT INTO audit_events (id, type, occurred_at, outcome, actor_type, actor_id, user_id, client_id,
                              session_id, entity_type, entity_id, ip, user_agent, request_id, data)
    SELECT id, type, timestamptz 'epoch' + occurred_at * interval '1 millisecond', outcome, actor_type, actor_id,
           user_id, client_id, session_id, entity_type, entity_id, ip, user_agent, request_id, coalesce(data, '{}')
    FROM jsonb_to_recordset(${eventsJson}::jsonb) AS event (
      id uuid, type text, occurred_at bigint, outcome text, actor_type text, actor_id text, user_id text,
      client_id text, session_id text, entity_type text, entity_id text, ip text, user_agent text, request_id text, data jsonb)
    ON CONFLICT (id) DO NOTHING`

/** How long Postgres may take for a batch before it counts as down. */
const deliveryTimeoutMs = 15_000

/** What an outbox delivers with: a client of its own for each batch. */
export const createDeliverEvents =
  (target: {
    readonly databaseUrl: string
    readonly databaseGatewayUrl: string | undefined
  }): DeliverEvents =>
  async (eventsJson) => {
    const timeout = new AbortController()
    // Not AbortSignal.timeout: its timer would keep the object in memory long after the answer.
    const timer = setTimeout(() => timeout.abort(), deliveryTimeoutMs)
    try {
      const { databaseUrl, databaseGatewayUrl } = target
      await insertJson(
        createDatabase(databaseUrl, databaseGatewayUrl, { signal: timeout.signal }),
        eventsJson,
      )
    } finally {
      clearTimeout(timer)
    }
  }
