/** What the outbox of an endpoint asks Postgres: one round trip for a round of deliveries. */
import { type SQL, sql } from 'drizzle-orm'
import { mayStillDo, selectUnauthorized } from '../access/rights.store.ts'
import { shownEventJson } from '../audit/event-json.ts'
import { instantOf, textArray } from '../db/fragments.ts'
import type { Row, RunBatch } from '../db/run-batch.ts'
import { storableJson } from '../kit/storable.ts'
import { disableEndpoint } from './disable-endpoint.store.ts'
import type { ReadEvent } from './dispatch-events.ts'
import { authorityOfEndpoints } from './endpoint-authority.ts'
import type { WebhookFilter } from './filters.ts'
import type { ReplayOrder } from './outbox-port.ts'
import type { TrailEvent } from './payload.ts'
import { isSent, readEventColumns, toReadEvent } from './read-event.store.ts'
import type { Delivery } from './waiting-deliveries.table.ts'
import {
  type DeliveredEndpoint,
  type DisabledReason,
  type FilterColumns,
  filterOf,
} from './webhook-endpoint.ts'

const replayPageSize = 200

export interface Round {
  /** Undefined: it is deleted. */
  readonly endpoint: DeliveredEndpoint | undefined
  /** By id; those that the trail still has. */
  readonly events: ReadonlyMap<string, TrailEvent>
}

export interface ReplayPage {
  /** Undefined: whoever ordered the replay may not do that any more. */
  readonly events: readonly ReadEvent[] | undefined
  readonly filter: WebhookFilter | undefined
  /** How far the page reaches; undefined: the replay is complete. */
  readonly upTo: number | undefined
}

export interface OutboxStore {
  /** Writes what the log does not show yet, and reads what the next attempts need. */
  exchange(webhookId: string, unlogged: readonly Delivery[], eventIds: readonly string[]): Promise<Round>
  readReplay(order: ReplayOrder, after: number): Promise<ReplayPage>
  disable(webhookId: string, reason: DisabledReason, now: number): Promise<void>
}

export const createOutboxStore = (runBatch: RunBatch): OutboxStore => ({
  async exchange(webhookId, unlogged, eventIds) {
    const [, endpoints = [], events = []] = await runBatch([
      unlogged.length === 0 ? sql`select 1` : writeLog(webhookId, unlogged),
      sql`
        select url, enabled, ${mayStillDo(sql`authorized`, authorityOfEndpoints)} as is_authorized, (
            select coalesce(jsonb_agg(to_jsonb(keys) - 'expires_at' order by keys.expires_at desc nulls first), '[]')
            from webhook_keys as keys
            where webhook_id = webhook_endpoints.id and (expires_at is null or expires_at > now())) as keys
        from webhook_endpoints where id = ${webhookId}::uuid and kind = 'endpoint'`,
      eventIds.length === 0 ? sql`select 1 where false` : selectTrailEvents(eventIds),
    ])
    return { endpoint: endpoints[0] && toEndpoint(endpoints[0]), events: trailEventsOf(events) }
  },

  async readReplay(order, after) {
    const { webhook_id, authorized, from, until, only } = order
    const [denied = [], endpoints = [], rows = []] = await runBatch([
      // Both permissions: whoever may read the trail no more replays nothing of it.
      selectUnauthorized(authorityOfEndpoints.map((permission) => ({ ...authorized, permission }))),
      sql`
        select event_types, client_ids, user_ids, actor_ids, outcome from webhook_endpoints
        where id = ${webhook_id}::uuid and enabled`,
      selectReplayed(
        sql`position > ${after} and occurred_at >= ${from}::timestamptz and occurred_at < ${until}::timestamptz
          and ${isSent} ${onlyThose(webhook_id, only)}`,
        after === 0,
      ),
    ])
    const [endpoint] = endpoints
    const events = rows.map(toReadEvent)
    return {
      events: denied.length > 0 ? undefined : events,
      filter: endpoint && filterOf(endpoint as unknown as FilterColumns),
      upTo: events.length === replayPageSize ? events.at(-1)?.position : undefined,
    }
  },

  async disable(webhookId, reason, now) {
    await runBatch([disableEndpoint(webhookId, reason, now)])
  },
})

/** Events by id, as bodies are made of them. Read the rows with `trailEventsOf`. */
export const selectTrailEvents = (ids: readonly string[]): SQL => sql`
  select id, ${sql.raw(shownEventJson)} as event from audit_events where id = any (${textArray(ids)}::uuid[])`

export const trailEventsOf = (rows: readonly Row[]): ReadonlyMap<string, TrailEvent> =>
  new Map(rows.map((row) => [String(row['id']), row['event'] as TrailEvent]))

/**
 * A page of events in the order of the trail.
 * @param isFirst the page begins at the beginning of the trail, far from the events of the range: `offset 0` keeps
 * Postgres from walking there, and it collects them from the index of the time
 */
const selectReplayed = (condition: SQL, isFirst: boolean): SQL =>
  isFirst
    ? sql`
      select ${readEventColumns} from audit_events where position in (
        select position from (select position from audit_events where ${condition} offset 0) as matching
        order by position limit ${replayPageSize}
      ) order by position`
    : sql`
      select ${readEventColumns} from audit_events where ${condition} order by position limit ${replayPageSize}`

function onlyThose(webhookId: string, only: ReplayOrder['only']): SQL {
  const logged = sql`select from webhook_deliveries
    where webhook_id = ${webhookId}::uuid and event_id = audit_events.id`
  switch (only) {
    case 'all':
      return sql``
    case 'failed':
      return sql`and exists (${logged} and status in ('failed', 'cancelled', 'dropped'))`
    case 'missed':
      return sql`and not exists (${logged} and status in ('delivered', 'waiting'))`
  }
}

/** Rows of an endpoint that is being deleted are not wanted any more. */
const writeLog = (webhookId: string, deliveries: readonly Delivery[]): SQL => sql`
  insert into webhook_deliveries (webhook_id, event_id, position, type, subject, status, attempts, response_status,
    reason, duration_ms, recent_attempts, last_attempt_at, next_attempt_at, created_at)
  select webhook_endpoints.id, event_id, position, type, subject, status, attempts, response_status, reason,
    duration_ms, recent_attempts, ${instantOf(sql`attempted_at`)},
    case when status = 'waiting' then ${instantOf(sql`due_at`)} end, ${instantOf(sql`queued_at`)}
  from webhook_endpoints, jsonb_to_recordset(${storableJson(deliveries)}::jsonb) as delivery (event_id uuid,
    position bigint, type text, subject text, status text, attempts int, response_status int, reason text,
    duration_ms int, recent_attempts jsonb, attempted_at bigint, due_at bigint, queued_at bigint)
  where webhook_endpoints.id = ${webhookId}::uuid
  on conflict (webhook_id, event_id) do update set status = excluded.status, attempts = excluded.attempts,
    response_status = excluded.response_status, reason = excluded.reason, duration_ms = excluded.duration_ms,
    recent_attempts = excluded.recent_attempts, last_attempt_at = excluded.last_attempt_at, next_attempt_at = excluded.next_attempt_at, updated_at = now()`

const toEndpoint = (row: Row): DeliveredEndpoint => ({
  url: String(row['url']),
  is_enabled: row['enabled'] === true,
  is_authorized: row['is_authorized'] === true,
  keys: row['keys'] as DeliveredEndpoint['keys'],
})
