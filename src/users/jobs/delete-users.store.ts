/**
 * People deleted together with what the audit trail keeps of them in person: one statement. The same as deleting
 * them one by one, events included.
 */
import { sql } from 'drizzle-orm'
import { heldPermissions, isManageable } from '../../access/rights.store.ts'
import { blankEventsOf } from '../../audit/erase-personal-data.store.ts'
import type { JobOrder } from '../../jobs/job.ts'
import type { StepStatement } from '../../jobs/job-kind.ts'
import { userCondition } from '../user-filter.store.ts'
import type { UserFilter } from '../user-filter.ts'
import { nextPeople, type PageStart, recordEvents } from './page-of-users.store.ts'

/** Outcome: ids of the next people. Their erasure is proven by values that only the worker can make. */
export const findPage = (start: PageStart): StepStatement => ({
  ctes: sql`page as materialized (${nextPeople(start)})`,
  outcome: sql`(select coalesce(jsonb_agg(id order by id), '[]') from page)`,
})

export interface DeletedRow {
  readonly id: string
  readonly event_id: string
  readonly erasure_id: string
  /** See `erasureProof`. */
  readonly proof: string
}

/** Outcome: `PageOutcome['rows']`. */
export function deletePage(order: JobOrder, filter: UserFilter, rows: readonly DeletedRow[]): StepStatement {
  return {
    ctes: sql`
      given as materialized (
        select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
          as given (id uuid, event_id uuid, erasure_id uuid, proof text)
      ), locked as materialized (
        select users.* from users where users.id in (select id from given) order by users.id for update
      ), ${heldPermissions(order.authorized.actor)},
      decided as materialized (
        select given.*, case
            when users.id is null then 'changed'
            when not ${isManageable} then 'more_privileged'
            when users.id::text = ${order.authorized.actor.id} then 'yourself'
            when users.roles @> '{admin}' then 'administrator'
          end as code
        from held, given left join (select users.* from locked as users where ${userCondition(filter)}) as users
          on users.id = given.id
      ), deleted as (
        delete from users using decided where users.id = decided.id and decided.code is null returning users.id
      ), blanked as (
        ${blankEventsOf(sql`array(select id::text from decided where code is null)`)}
      ), recorded as (${recordEvents(
        order,
        sql`select decided.event_id as id, 'user.deleted' as type, deleted.id as user_id, null::jsonb as changes,
            '{}'::jsonb as data
          from deleted join decided on decided.id = deleted.id
          union all
          select decided.erasure_id, 'audit.personal_data_erased', deleted.id, null,
            jsonb_build_object('proof', decided.proof)
          from deleted join decided on decided.id = deleted.id`,
      )})`,
    outcome: sql`(select coalesce(jsonb_agg(jsonb_build_object('user_id', id, 'code', code,
        'outcome', case when code is null then 'deleted' else 'failed' end,
        'signs_out', case when code is null then 'account_deleted' end) order by id), '[]') from decided)`,
  }
}
