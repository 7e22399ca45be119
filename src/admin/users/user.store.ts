/** Reading accounts together with what the tables beside them say, and refusing what concerns nobody. */
import { type SQL, sql } from 'drizzle-orm'

/** Rows `{ user: UserRow }` of those that `source`, aliased `users`, holds. */
export const selectUsers = (source: SQL, more: SQL = sql``): SQL => sql`
  select to_jsonb(users) - 'sort_key' || jsonb_build_object(
      'has_password', credential.user_id is not null,
      'must_change_password', coalesce(credential.must_change, false),
      'setup_link', case when link.user_id is not null
        then jsonb_build_object('purpose', link.purpose, 'expires_at', link.expires_at) end
    ) as user
    ${more}
  from ${source} as users
  left join password_credentials as credential on credential.user_id = users.id
  left join password_setup_links as link on link.user_id = users.id`

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
