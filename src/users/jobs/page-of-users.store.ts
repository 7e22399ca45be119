/** What the jobs over a filter share: the next people in order of id, and audit events. */
import { type SQL, sql } from 'drizzle-orm'
import type { JobOrder } from '../../jobs/job.ts'
import { userCondition } from '../user-filter.store.ts'
import type { UserFilter } from '../user-filter.ts'

export interface PageStart {
  readonly order: JobOrder
  readonly filter: UserFilter
  /** Id of the last person of the page before. */
  readonly after: string | null
  readonly limit: number
}

/**
 * People the filter finds, each visited once: in order of id, and only those who were there when the job began, so
 * that a job cannot run after accounts that are being made.
 */
export const nextPeople = (
  { order, filter, after, limit }: PageStart,
  columns: SQL = sql`users.id`,
): SQL => sql`
  select ${columns} from users
  where ${userCondition(filter)} and (${after}::uuid is null or users.id > ${after}::uuid)
    and users.created_at <= to_timestamp(${order.created_at + clockSkewMs}::double precision / 1000)
  order by users.id limit ${limit}`

const clockSkewMs = 1000

/** How many people the filter finds. */
export const countPeople = (filter: UserFilter): SQL =>
  sql`(select count(*)::int from users where ${userCondition(filter)})`

/** Insert of events; `source` has id, type, user_id, changes and data. */
export const recordEvents = ({ authorized: { actor }, origin }: JobOrder, source: SQL): SQL => sql`
  insert into audit_events (id, type, occurred_at, outcome, actor_type, actor_id, user_id, client_id, entity_type,
    entity_id, ip, user_agent, request_id, changes, data)
  select told.id, told.type, now(), 'success', ${actor.type}::text, ${actor.id}::text, told.user_id::text,
    ${actor.type === 'client' ? actor.id : null}::text, 'user', told.user_id::text, ${origin.ip ?? null}::text,
    ${origin.user_agent ?? null}::text, ${origin.request_id}::text, told.changes, told.data
  from (${source}) as told`
