/** What is stored about a person in Postgres, for their own eyes. */
import { type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import { shownEventJson } from '../audit/event-json.ts'
import { insertEvents } from '../audit/insert-events.store.ts'
import { textArray } from '../db/fragments.ts'
import type { Row, RunBatch } from '../db/run-batch.ts'
import { type NamedClient, shownName } from '../pages/client-name.ts'
import type {
  AllowedApplication,
  EventPage,
  HistoryEvent,
  HistoryQuery,
  PersonalDataStore,
} from './personal-data.ts'

const exportPageSize = 1000

/** @param runLasting for an answer that takes as long as its reader */
export const createPersonalDataStore = (runBatch: RunBatch, runLasting: RunBatch): PersonalDataStore => ({
  async applications(userId, clientIds) {
    const [rows = []] = await runBatch([
      sql`
        select clients.client_id, client_name, origin, reviewed, redirect_uris, case when enabled and reviewed then initiate_login_uri end as initiate_login_uri, case when consents.user_id is not null then jsonb_build_object(
          'scopes', consents.scopes, 'claims', consents.claims,
          'granted_at', floor(extract(epoch from consents.granted_at) * 1000)) end as consent
        from clients left join consents on consents.client_id = clients.client_id and consents.user_id = ${userId}::uuid
        where clients.client_id in (select client_id from consents where user_id = ${userId}::uuid)
          or clients.client_id = any(${textArray(clientIds)})
          or (first_party and enabled and initiate_login_uri is not null)
        order by lower(client_name), clients.client_id`,
    ])
    return rows.map(({ consent, initiate_login_uri, origin, redirect_uris, ...row }) => ({
      ...(row as unknown as Pick<AllowedApplication, 'client_id' | 'client_name' | 'reviewed'>),
      shown_name: nameOf({ ...row, origin, redirect_uris }) ?? '',
      initiate_login_uri: (initiate_login_uri ?? undefined) as string | undefined,
      consent: (consent ?? undefined) as AllowedApplication['consent'],
    }))
  },

  async history(userId, query) {
    const [rows = []] = await runBatch([selectHistory(userId, query)])
    return rows.map(({ client_id, client_name, origin, reviewed, redirect_uris, ...event }) => ({
      ...(event as unknown as Omit<HistoryEvent, 'shown_name'>),
      shown_name: nameOf({ client_id, client_name, origin, reviewed, redirect_uris }),
    }))
  },

  async export(userId, event) {
    const [, stored, events] = await runLasting([
      insertEvents([event]),
      selectStored(userId),
      selectEventsAbout(userId, 0),
    ])
    const about = stored?.[0]?.['stored']
    if (!about) return undefined
    return {
      stored: z.record(z.string(), z.unknown()).parse(about),
      first: toPage(events),
      async next(after) {
        const [rows] = await runLasting([selectEventsAbout(userId, after)])
        return toPage(rows)
      },
    }
  },
})

/** @returns `undefined` of a client that is not there any more, or of none */
const nameOf = (row: Row): string | undefined =>
  row['client_name'] == null ? undefined : shownName(row as unknown as NamedClient, undefined)

/** Walks `audit_events_user_position` backwards. Attack: events of somebody else. Both are by the person's own id. */
export const selectHistory = (userId: string, { types, before, limit }: HistoryQuery): SQL => sql`
  select id, position::double precision as position, type, floor(extract(epoch from occurred_at) * 1000)::double precision as occurred_at,
    actor_type, actor_id, client_id, client_name, origin, reviewed, redirect_uris, ip, user_agent, data #>> '{signals,country}' as country,
    data #>> '{signals,city}' as city, (data ->> 'count')::int as count
  from (
    select * from audit_events
    where user_id = ${userId} and type = any(${textArray(types)})
      and ${before === undefined ? sql`true` : sql`position < ${before}::bigint`}
    order by position desc limit ${limit}
  ) as events left join clients using (client_id)
  order by position desc`

/**
 * In the order of the trail. What it says of others is theirs: where an administrator sat who acted on the account, and
 * who it was.
 */
const selectEventsAbout = (userId: string, after: number): SQL => sql`
  select position, ${sql.raw(shownEventJson)}::jsonb || case
      when actor_type = 'user' and actor_id is distinct from ${userId}
      then '{"actor_id": null, "ip": null, "user_agent": null, "session_id": null, "request_id": null}'::jsonb
      else '{}' end as event
  from audit_events where user_id = ${userId} and position > ${after}::bigint
  order by position limit ${exportPageSize}`

function toPage(rows: readonly Row[] = []): EventPage {
  const events = rows.map(({ event }) => event as object)
  const last = rows.length < exportPageSize ? undefined : rows.at(-1)?.['position']
  return { events, after: last === undefined ? undefined : Number(last) }
}

/** Names, dates and counts: no hash, no key, no seed. Each list names its columns, so that a new one is left out. */
const selectStored = (userId: string): SQL => {
  const listOf = (columns: string, source: string) => sql`(
    select coalesce(jsonb_agg(to_jsonb(item)), '[]') from (
      select ${sql.raw(columns)} from ${sql.raw(source)} where user_id = users.id) as item)`
  return sql`
  select jsonb_build_object(
    'account', to_jsonb(users) - '{username_form,email_form,name_form,form_version}'::text[],
    'identifiers', (select coalesce(jsonb_agg(identifier), '[]') from user_identifiers where user_id = users.id),
    'password', (
      select jsonb_build_object('changed_at', changed_at, 'must_change', must_change, 'breached_at', breached_at)
      from password_credentials where user_id = users.id),
    'former_passwords', (
      select coalesce(jsonb_agg(jsonb_build_object('replaced_at', replaced_at)), '[]')
      from password_history where user_id = users.id),
    'passkeys', ${listOf('name, aaguid, rp_id, transports, backup_eligible, backed_up, created_at, last_used_at', 'passkeys')},
    'one_time_passwords', ${listOf('name, kind, created_at, last_used_at', 'otp_credentials')},
    'recovery_codes', (
      select jsonb_build_object('unused', count(*) filter (where used_at is null), 'used', count(used_at))
      from recovery_codes where user_id = users.id),
    'password_links', ${listOf('purpose, created_at, expires_at', 'password_setup_links')},
    'recoveries', ${listOf('created_at, available_at, expires_at', 'account_recoveries')},
    'email_changes', ${listOf('old_email, old_email_verified, new_email, created_at, expires_at, undone_at', 'email_changes')},
    'consents', ${listOf('client_id, client_name, consents.scopes, claims, granted_at, consents.updated_at', 'consents join clients using (client_id)')}
  ) as stored from users where id = ${userId}::uuid`
}
