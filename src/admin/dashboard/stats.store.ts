/**
 * Statistics in one statement. A day of the trail is a range of positions, hence a range of the index on (type,
 * position): counting does not read the events themselves, except failures, one of which may stand for many. `(type,
 * position)` is compared as a row, because only that index can serve such a comparison. With one condition per column,
 * Postgres may scan by position and filter: for a client without events, the whole trail.
 */
import { type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { AuditEventType } from '../../audit/event.ts'

const number = z.number()
export const statsRow = z.object({
  ...{ total_users: number, active_users: number },
  ...{ total_clients: number, enabled_clients: number, active_clients: number },
  days: z.array(
    z.object({
      date: z.string(),
      ...{ users_created: number, sign_ins: number, sign_in_failures: number, tokens_issued: number },
    }),
  ),
})
export type StatsRow = z.output<typeof statsRow>

/**
 * One row, for `statsRow`.
 * @param now milliseconds since the Unix epoch
 * @param days number of UTC days, including that of `now`
 */
export function selectStats(now: number, days: number): SQL {
  const first = Math.floor(now / dayMilliseconds) - days + 1
  const starts = Array.from({ length: days + 1 }, (_, index) =>
    new Date((first + index) * dayMilliseconds).toISOString(),
  )
  const events = (type: AuditEventType, counted = sql`count(*)`) => sql`(
    select ${counted}::int from audit_events
    where (type, position) >= (${type}, day.first_position) and (type, position) < (${type}, day.end_position))`
  return sql`
    with boundary as materialized (
      -- Events arrive late, never early: of those that happened first, the lowest position is where the day begins.
      select start, coalesce((
          select min(position) from (
            select position from audit_events where occurred_at >= start order by occurred_at, position limit ${lookedAt}::int
          ) as earliest), ${endOfTrail}::bigint) as first_position
      from unnest(array(select jsonb_array_elements_text(${JSON.stringify(starts)}::jsonb)::timestamptz)) as start
    ), day as (
      select * from (
        select start, first_position, lead(start) over days as end_start, lead(first_position) over days as end_position
        from boundary window days as (order by start)
      ) as bounded where end_start is not null
    )
    select
      people.total as total_users,
      people.active as active_users,
      (select count(*)::int from clients) as total_clients,
      (select count(*)::int from clients where enabled) as enabled_clients,
      (select count(*)::int from clients where client_id = (
        select client_id from audit_events
        where (client_id, position) >= (clients.client_id, (select min(first_position) from boundary))
        order by client_id, position limit 1)) as active_clients,
      (select json_agg(json_build_object(
          'date', to_char(start at time zone 'UTC', 'YYYY-MM-DD'),
          'users_created', (select count(*)::int from users where created_at >= start and created_at < end_start),
          'sign_ins', ${events('session.created')},
          'sign_in_failures', ${events('login.failed', sql`coalesce(sum(coalesce((data ->> 'count')::bigint, 1)), 0)`)},
          'tokens_issued', ${events('token.issued')} + ${events('token.refreshed')}
        ) order by start) from day) as days
    from (select count(*)::int as total, count(*) filter (where status = 'active')::int as active from users) as people`
}

const dayMilliseconds = 86_400_000
/** How many events determine where a day begins: a single one may have waited in an outbox for hours. */
const lookedAt = 100
/** Higher than any position. */
const endOfTrail = '9223372036854775807'
