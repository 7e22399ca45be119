/**
 * The accounts a write concerns and the input for each: by id, by identifier, or selected by a filter. Each variant
 * yields the same two relations: `given`, the input rows, and `found`, the account that each row matched.
 */

import { type SQL, sql } from 'drizzle-orm'
import { instantOf } from '../db/fragments.ts'
import { userCondition } from './user-filter.store.ts'
import type { UserFilter } from './user-filter.ts'
import type { AccountRow } from './written-row.ts'

/** CTEs `given` and `found` (`row_id`: the input row; `account`: a row of `users`; `gone`: it was deleted while
 * this waited for its lock; `ambiguous`, `taken`). */
export interface AccountRows {
  readonly ctes: SQL
}

interface Reading {
  /** Locks the accounts, so that they cannot change between reading and writing. */
  readonly locks: boolean
}

const given = (rows: SQL): SQL => sql`
  given as materialized (
    select *, patch ->> 'username' as username, patch ->> 'email' as email,
      patch ->> 'username_form' as username_form, patch ->> 'email_form' as email_form
    from jsonb_to_recordset(${rows}) as given (line int, id uuid, event_id uuid, patch jsonb, hash text,
      must_change boolean, link_hash text, link_expires_at bigint, link_sent_to text, erasure_id uuid, proof text, otp jsonb, passkey jsonb)
  )`

const lock = ({ locks }: Reading): SQL => (locks ? sql`for update of users` : sql``)

/** Accounts by id. @param filter a condition they must still meet */
export const accountsOfIds = (
  rows: readonly AccountRow[],
  reading: Reading,
  filter: UserFilter = {},
): AccountRows => accountsWhere(rows, reading, userCondition(filter))

/** Accounts by id that are to be deleted by now: their owner may have kept one since it was found. */
export const accountsDue = (rows: readonly AccountRow[]): AccountRows =>
  accountsWhere(rows, { locks: true }, sql`users.deletion_due_at <= now()`)

const accountsWhere = (rows: readonly AccountRow[], reading: Reading, condition: SQL): AccountRows => ({
  ctes: sql`
    ${given(sql`${JSON.stringify(rows)}::jsonb`)},
    locked as materialized (
      select users as account from users where users.id in (select id from given) order by users.id ${lock(reading)}
    ), found as materialized (
      select users.id as row_id, account, false as gone, false as ambiguous, null::text as taken
      from locked cross join lateral (select (account).*) as users where ${condition}
    )`,
})

/**
 * Accounts with the row's identifier of this kind, and whether they hold it as the same kind. For the second spelling
 * see `plainForm`.
 */
const holders = (kind: 'username' | 'email'): SQL =>
  sql.raw(`
    select given.id as row_id, '${kind}' as kind, users.id as user_id,
      coalesce(users.${kind}_form, lower(users.${kind})) in (given.${kind}_form, lower(given.${kind})) is true as is_same_kind
    from given join user_identifiers on identifier in (given.${kind}_form, lower(given.${kind}))
      join users on users.id = user_identifiers.user_id`)

/**
 * Accounts that have a row's id, username or e-mail address, each an index lookup. A row that matches two accounts is
 * ambiguous; an identifier that another account holds as the other kind is taken.
 */
export const accountsOfNames = (rows: readonly AccountRow[], reading: Reading): AccountRows => ({
  ctes: sql`
    ${given(sql`${JSON.stringify(rows)}::jsonb`)},
    named as materialized (${holders('email')} union all ${holders('username')}),
    matched as materialized (
      select row_id, (array_agg(user_id))[1] as user_id, count(*) > 1 as ambiguous
      from (
        select given.id as row_id, users.id as user_id from given join users on users.id = given.id
        union select row_id, user_id from named where is_same_kind
      ) as met group by row_id
    ), taken as materialized (
      select named.row_id, min(kind) as kind from named left join matched on matched.row_id = named.row_id
      where not is_same_kind and named.user_id is distinct from matched.user_id group by named.row_id
    ), locked as materialized (
      select matched.row_id, matched.ambiguous, users as account
      from matched join users on users.id = matched.user_id order by users.id ${lock(reading)}
    ), found as materialized (
      select given.id as row_id, locked.account, coalesce(locked.ambiguous, false) as ambiguous, taken.kind as taken,
        matched.row_id is not null and locked.row_id is null as gone
      from given left join matched on matched.row_id = given.id left join locked on locked.row_id = given.id
        left join taken on taken.row_id = given.id
    )`,
})

export interface AccountPage {
  readonly filter: UserFilter
  /** Id of the last account of the previous page. */
  readonly after: string | null
  readonly limit: number
  /** When the job began (milliseconds since the Unix epoch). */
  readonly begun_at: number
}

const clockSkewMs = 1000

/**
 * Accounts a filter selects, each visited once: in order of id, and only those that existed when the job began, so that
 * a job does not chase accounts created meanwhile.
 */
export const selectPage = ({ filter, after, limit, begun_at }: AccountPage, columns: SQL): SQL => sql`
  select ${columns} from users
  where ${userCondition(filter)} and (${after}::uuid is null or users.id > ${after}::uuid)
    and users.created_at <= ${instantOf(begun_at + clockSkewMs)}
  order by users.id limit ${limit}`

/** One patch for all accounts of a page. @param eventIds one for each account */
export const accountsOfPage = (
  page: AccountPage,
  change: { readonly patch: object; readonly eventIds: readonly string[] },
  reading: Reading,
): AccountRows => ({
  ctes: sql`
    page as materialized (${selectPage(page, sql`users as account`)} ${lock(reading)}),
    ${given(sql`(select jsonb_agg(jsonb_build_object('id', id, 'patch', ${JSON.stringify(change.patch)}::jsonb,
        'event_id', ${JSON.stringify(change.eventIds)}::jsonb ->> (n - 1)::int))
      from (select (account).id, row_number() over (order by (account).id) as n from page) as numbered)`)},
    found as materialized (
      select (account).id as row_id, account, false as gone, false as ambiguous, null::text as taken from page
    )`,
})
