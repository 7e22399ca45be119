/** Reads accounts with the related tables, and refuses unknown ones. */
import { type SQL, sql } from 'drizzle-orm'
import { builtRow } from '../../db/json-row.ts'
import { storedUser } from '../../users/account.ts'

const userJson = sql`to_jsonb(users)
  || coalesce(
    (select jsonb_build_object('has_password', true, 'must_change_password', must_change)
      from password_credentials where user_id = users.id),
    '{"has_password": false, "must_change_password": false}')
  || jsonb_build_object('setup_link',
    (select jsonb_build_object('purpose', purpose, 'expires_at', expires_at)
      from password_setup_links where user_id = users.id))`

/** Of `users`, or of rows under that alias. */
export const userRow = builtRow(userJson, storedUser)

/** The rows of `source`, which must be aliased `users`. */
export const selectUsers = (source: SQL): SQL => sql`select ${userRow.json} as row from ${source} as users`

/** One row or none, by the primary key. */
export const selectUser = (userId: string): SQL =>
  selectUsers(sql`(select * from users where id = ${userId}::uuid)`)

/** Aborts a batch with 404; for writes whose response is computed beforehand. */
export const refuseUnknownUser = (userId: string): SQL =>
  sql`select authly_refuse('AU404', 'unknown_user') where not exists (select from users where id = ${userId}::uuid)`

/** One row, if there is such an account. */
export const selectUserId = (userId: string): SQL => sql`select id from users where id = ${userId}::uuid`
