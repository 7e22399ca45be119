/** Reading accounts together with what the tables beside them say, and refusing what concerns nobody. */
import { type SQL, sql } from 'drizzle-orm'
import type { JsonRow } from '../../db/json-row.ts'
import { existingUser, type UserRow } from '../../users/account.ts'

const userJson = sql`to_jsonb(users)
  || coalesce(
    (select jsonb_build_object('has_password', true, 'must_change_password', must_change)
      from password_credentials where user_id = users.id),
    '{"has_password": false, "must_change_password": false}')
  || jsonb_build_object('setup_link',
    (select jsonb_build_object('purpose', purpose, 'expires_at', expires_at)
      from password_setup_links where user_id = users.id))`

/** Of `users`, or of rows of it under that name. */
export const userRow: JsonRow<UserRow> = { json: userJson, read: (user) => existingUser([{ user }]) }

/** Rows `{ user: UserRow }` of those that `source`, aliased `users`, holds. */
export const selectUsers = (source: SQL): SQL => sql`select ${userJson} as user from ${source} as users`

/** One row, or none. By the primary key. */
export const selectUser = (userId: string): SQL =>
  selectUsers(sql`(select * from users where id = ${userId}::uuid)`)

/** Ends a batch with 404: for writes whose answer is made before them. */
export const refuseUnknownUser = (userId: string): SQL =>
  sql`select authly_refuse('AU404', 'unknown_user') where not exists (select from users where id = ${userId}::uuid)`

/** Ends a batch with 409 when nobody could sign in to the account any more; see `hasIdentifier`. */
export const refuseNameless = (userId: string): SQL => sql`
  select authly_refuse('AU409', 'no_identifier') from users
  where id = ${userId}::uuid and username is null and email is null`

/** What the refusals of the database mean for every operation on accounts. */
export const userConflicts = {
  users_username_unique: {
    title: 'The username is taken',
    errors: [{ pointer: '#/username', detail: 'is taken, as a username or as an e-mail address' }],
  },
  users_email_unique: {
    title: 'The e-mail address is taken',
    errors: [{ pointer: '#/email', detail: 'is taken, as a username or as an e-mail address' }],
  },
  no_identifier: {
    title: 'An account needs a username or an e-mail address',
    errors: [{ pointer: '#/username', detail: 'must not be removed together with the e-mail address' }],
  },
} as const
