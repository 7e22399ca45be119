/** Rows of webhook endpoints with their keys, and what every write of one demands. */
import { type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../../access/actor.ts'
import type { Authorized } from '../../access/authorized.ts'
import { assertHolds } from '../../access/rights.store.ts'
import { type JsonRow, tableRow } from '../../db/json-row.ts'
import { webhookEndpoints } from '../../db/schema.ts'
import { uuidv7 } from '../../kit/ids.ts'
import { authorityOfEndpoints } from '../../webhooks/endpoint-authority.ts'
import type { NewKeys } from '../../webhooks/seal-keys.ts'
import type { FilterColumns } from '../../webhooks/webhook-endpoint.ts'
import { insertEntity } from '../entity-change.store.ts'
import type { AdminCall } from '../operation.ts'
import type { StoredWebhook } from './webhook-schemas.ts'

const row = tableRow(webhookEndpoints)

const keys: SQL = sql`(
  select coalesce(jsonb_agg(jsonb_build_object('id', keys.id, 'public_key', keys.public_key,
    'created_at', keys.created_at, 'expires_at', keys.expires_at) order by keys.expires_at desc nulls first), '[]')
  from webhook_keys as keys
  where keys.webhook_id = webhook_endpoints.id and (keys.expires_at is null or keys.expires_at > now()))`

export const webhookRow: JsonRow<StoredWebhook> = {
  json: sql`${row.json} || jsonb_build_object('keys', ${keys})`,
  read: (value) => row.read(value) as unknown as StoredWebhook,
}

/** Columns that no event shows: rights and bookkeeping. */
export const hiddenColumns = ['authorized', 'after_position'] as const

export const isEndpoint: SQL = sql`kind = 'endpoint'`

export const selectWebhook = (id: string): SQL =>
  sql`select ${webhookRow.json} as row from webhook_endpoints where id = ${id}::uuid and ${isEndpoint}`

/** Refuses with 404 when there is none. */
export const refuseUnknown = (id: string): SQL => sql`
  select authly_refuse('AU404', 'webhook')
  where not exists (select from webhook_endpoints where id = ${id}::uuid and ${isEndpoint})`

/** Refuses (`AU403`) whoever may not read what an endpoint gets (see `authorityOfEndpoints`). */
export const assertMayReceive = (actor: Actor): SQL => assertHolds(actor, authorityOfEndpoints)

/**
 * Refuses (`AU403`) whoever may not read the trail. Deliveries tell what is in it: types, subjects, that something
 * happened. Attack: somebody who may look at webhooks follows a person there.
 */
export const assertReadsTrail = (actor: Actor): SQL => assertHolds(actor, ['admin:audit:read'])

/** The end of the trail: an endpoint gets what comes after. */
export const endOfTrail: SQL = sql`(select coalesce(max(position), 0) from audit_events)`

/** As bodies state it: null is the same as left out. */
type StatedFilter = Pick<FilterColumns, 'event_types'> &
  Partial<{ readonly [Name in keyof FilterColumns]: FilterColumns[Name] | undefined }>

/** The columns of a new endpoint or listener that both have. */
export function newColumns(id: string, filter: StatedFilter, authorized: Authorized, now: number) {
  const { event_types, client_ids = null, user_ids = null, actor_ids = null, outcome = null } = filter
  const time = new Date(now).toISOString()
  return {
    ...{ id, event_types, client_ids, user_ids, actor_ids, outcome },
    ...{ enabled: true, authorized, after_position: 0, version: 1, created_at: time, updated_at: time },
  }
}

/** Only for its own transaction. Attack: two requests at once each count one too few. */
export const lockToCount: SQL = sql`lock table webhook_endpoints in share row exclusive mode`

/** Inserts `row` with its keys, and the event. */
export const insertWebhook = (
  row: ReturnType<typeof newColumns> & { readonly kind: 'endpoint' | 'listener' },
  keys: NewKeys,
  event: AdminCall['event'],
  now: number,
): readonly SQL[] => [
  insertEntity({
    table: 'webhook_endpoints',
    row,
    hidden: [...hiddenColumns],
    event: event('webhook.created', {
      ...{ entity_type: 'webhook', entity_id: row.id, data: { kind: row.kind } },
    }),
  }),
  sql`update webhook_endpoints set after_position = ${endOfTrail} where id = ${row.id}::uuid`,
  insertKeys(row.id, keys, now),
]

export const insertKeys = (webhookId: string, keys: NewKeys, now: number): SQL => sql`
  insert into webhook_keys (id, webhook_id, sealed_secret, sealed_private_key, public_key, created_at)
  values (${uuidv7(now)}::uuid, ${webhookId}::uuid, ${keys.sealed_secret}, ${keys.sealed_private_key},
    ${keys.public_key}, ${new Date(now).toISOString()}::timestamptz)`
