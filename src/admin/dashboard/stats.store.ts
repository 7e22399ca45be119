/**
 * Statistics in one statement. Event ids are UUIDv7, so a day is a range of the index on (type, id): counting
 * never touches an event itself (docs/performance.md has the plan at 1,000,000 events).
 */
import { type SQL, sql } from 'drizzle-orm'

export interface StatsRow extends Record<string, unknown> {
  readonly total_users: number
  readonly active_users: number
  readonly total_clients: number
  readonly enabled_clients: number
  readonly active_clients: number
  readonly days: {
    date: string
    users_created: number
    sign_ins: number
    sign_in_failures: number
    tokens_issued: number
  }[]
}

/**
 * One row `StatsRow`.
 * @param now milliseconds since the Unix epoch
 * @param days how many UTC days, the one of `now` included
 */
export function selectStats(now: number, days: number): SQL {
  const first = Math.floor(now / dayMilliseconds) - days + 1
  const bounds = Array.from({ length: days }, (_, index) => {
    const from = (first + index) * dayMilliseconds
    return { date: toDate(from), from_id: lowestId(from), to_id: lowestId(from + dayMilliseconds) }
  })
  const events = (...types: string[]) => sql`(
    select count(*)::int from audit_events where type in (${sql.join(
      types.map((type) => sql`${type}`),
      sql`, `,
    )}) and id >= day.from_id and id < day.to_id)`
  return sql`
    select
      (select count(*)::int from users) as total_users,
      (select count(*)::int from users where status = 'active') as active_users,
      (select count(*)::int from clients) as total_clients,
      (select count(*)::int from clients where enabled) as enabled_clients,
      -- A scalar subquery stays one probe of the index per client; "exists" would become a join over all events.
      (select count(*)::int from clients where (
        select 1 from audit_events
        where client_id = clients.client_id and id >= ${lowestId(first * dayMilliseconds)}::uuid limit 1
      ) is not null) as active_clients,
      (select json_agg(json_build_object(
          'date', day.date,
          'users_created', (select count(*)::int from users
            where created_at >= day.date::timestamp at time zone 'UTC'
              and created_at < (day.date::date + 1)::timestamp at time zone 'UTC'),
          'sign_ins', ${events('session.created')},
          'sign_in_failures', ${events('login.failed')},
          'tokens_issued', ${events('token.issued', 'token.refreshed')}
        ) order by day.date)
        from jsonb_to_recordset(${JSON.stringify(bounds)}::jsonb)
          as day (date text, from_id uuid, to_id uuid)) as days`
}

const dayMilliseconds = 86_400_000

const toDate = (at: number): string => new Date(at).toISOString().slice(0, 10)

/** The lowest UUID whose leading 48 bits are `at` (RFC 9562 §5.7). */
function lowestId(at: number): string {
  const time = at.toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-0000-0000-000000000000`
}
