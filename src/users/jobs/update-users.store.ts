/** A page of people changed by a patch, each with its audit event: one statement. */
import { type SQL, sql } from 'drizzle-orm'
import { heldPermissions, isManageable } from '../../access/rights.store.ts'
import type { StepStatement } from '../../jobs/job-kind.ts'
import type { BulkPatch } from './bulk-patch.ts'
import { countPeople, nextPeople, type PageStart, recordEvents } from './page-of-users.store.ts'

export interface UpdateStep extends Pick<PageStart, 'after' | 'limit'> {
  /** One per person of the page, made before. */
  readonly eventIds: readonly string[]
}

/** Outcome: `PageOutcome`. */
export function updatePage(
  start: Omit<PageStart, keyof UpdateStep>,
  step: UpdateStep,
  patch: BulkPatch,
  dryRun: boolean,
): StepStatement {
  const { order, filter } = start
  const disables = sql`${patch.status === 'disabled'}::boolean`
  const after = (column: 'email_verified' | 'phone_number_verified' | 'status', type: SQL) =>
    sql`coalesce(${patch[column] ?? null}::${type}, users.${sql.identifier(column)})`
  const profile = sql`authly_merge_patch(users.profile, ${JSON.stringify(patch.profile ?? {})}::jsonb)`
  // Only what is read with the lock is what the row is then: read beside it, an account that was disabled while this
  // waited would be written back as active.
  const reading = sql`
    page as materialized (${nextPeople({ ...start, ...step }, sql`users.*`)} ${dryRun ? sql`` : sql`for update`}),
    ${heldPermissions(order.authorized.actor)},
    decided as materialized (
      select users.*, row_number() over (order by users.id) as n,
        ${after('email_verified', sql`boolean`)} as next_email_verified,
        ${after('phone_number_verified', sql`boolean`)} as next_phone_number_verified,
        ${after('status', sql`text`)} as next_status, ${profile} as next_profile,
        case
          when not ${isManageable} then 'more_privileged'
          when ${disables} and users.id::text = ${order.authorized.actor.id} then 'yourself'
          when ${disables} and users.roles @> '{admin}' then 'administrator'
        end as code
      from held, page as users
    ), changing as materialized (
      select * from decided where code is null and (email_verified, phone_number_verified, status, profile)
        is distinct from (next_email_verified, next_phone_number_verified, next_status, next_profile)
    )`
  const outcome = sql`jsonb_build_object(
    'last', (select max(id::text) from decided),
    'total', ${step.after === null ? countPeople(filter) : sql`null::int`},
    'rows', (select coalesce(jsonb_agg(jsonb_build_object('user_id', decided.id, 'code', decided.code,
        'outcome', case when decided.code is not null then 'failed' when changing.id is null then 'unchanged' else 'updated' end,
        'signs_out', case when changing.id is not null and changing.status = 'active' and ${disables}
          then 'account_disabled' end) order by decided.id), '[]')
      from decided left join changing on changing.id = decided.id))`
  if (dryRun) return { ctes: reading, outcome }
  const ctes = sql`${reading},
    updated as (
      update users set email_verified = changing.next_email_verified,
        phone_number_verified = changing.next_phone_number_verified, status = changing.next_status,
        profile = changing.next_profile, version = users.version + 1, updated_at = now()
      from changing where users.id = changing.id
      returning users.*
    ), recorded as (${recordEvents(
      order,
      sql`select (${JSON.stringify(step.eventIds)}::jsonb ->> (changing.n - 1)::int)::uuid as id, 'user.updated' as type,
          updated.id as user_id, authly_changes(to_jsonb(page), to_jsonb(updated)) as changes,
          jsonb_build_object('job_id', ${order.job_id}::text) as data
        from updated join changing on changing.id = updated.id join page on page.id = updated.id`,
    )})`
  return { ctes, outcome }
}
