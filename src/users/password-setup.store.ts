/** Password setup links in Postgres; each function is one statement. */
import { sql } from 'drizzle-orm'
import { insertEventPerRow } from '../audit/insert-events.store.ts'
import type { Database } from '../db/database.ts'
import { formerPasswordsOf } from '../db/fragments.ts'
import type { CompletePasswordSetup, FindPasswordSetup } from './password-setup.ts'

export const createFindPasswordSetup =
  (database: Database): FindPasswordSetup =>
  async (userId, secretHash) => {
    const { rows } = await database.execute<{
      purpose: 'invitation' | 'reset'
      username: string | null
      email: string | null
      former: string[]
    }>(sql`
      select link.purpose, users.username, users.email, ${formerPasswordsOf(sql`users.id`)} as former
      from password_setup_links as link join users on users.id = link.user_id
      where link.user_id = ${userId}::uuid and link.secret_hash = ${secretHash} and link.expires_at > now()
        and users.status = 'active'`)
    const [row] = rows
    return (
      row && {
        purpose: row.purpose,
        former: row.former,
        identifiers: [row.username, row.email].filter((name) => name !== null),
      }
    )
  }

export const createCompletePasswordSetup =
  (database: Database): CompletePasswordSetup =>
  async ({ userId, secretHash, newHash, event, accountChanged, termsVersion }) => {
    const accepted = sql`${termsVersion ?? null}::text`
    const { rows } = await database.execute(sql`
      with used as (
        delete from password_setup_links as link using users
        where users.id = link.user_id and link.user_id = ${userId}::uuid and link.secret_hash = ${secretHash}
          and link.expires_at > now() and users.status = 'active'
        returning link.user_id, link.sent_to
      ), stored as (
        insert into password_credentials (user_id, hash, must_change)
        select user_id, ${newHash}, false from used
        on conflict (user_id) do update set hash = excluded.hash, must_change = false, changed_at = now()
        returning user_id
      ), account as materialized (
        select users as before, coalesce(users.email = used.sent_to, false) as is_proven
        from users join used on used.user_id = users.id
        where users.email = used.sent_to and not users.email_verified or ${accepted} is not null
      ), changed as (
        update users set email_verified = users.email_verified or is_proven,
          terms_version = coalesce(${accepted}, users.terms_version),
          terms_accepted_at = case when ${accepted} is null then users.terms_accepted_at else now() end,
          version = users.version + 1, updated_at = now()
        from account where users.id = (before).id returning users.*
      ), told as (${insertEventPerRow(sql`account join changed on changed.id = (before).id`, {
        ...accountChanged,
        changes: sql`authly_changes(to_jsonb(before), to_jsonb(changed))`,
      })})
      ${insertEventPerRow(sql`stored`, event)}
      returning id`)
    return rows.length === 1
  }
