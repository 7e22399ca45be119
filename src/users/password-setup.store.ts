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
  async ({ userId, secretHash, newHash, event, addressProven }) => {
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
        select users.* from users join used on used.user_id = users.id
        where users.email = used.sent_to and not users.email_verified
      ), verified as (
        update users set email_verified = true, version = users.version + 1, updated_at = now()
        from account where users.id = account.id returning users.*
      ), told as (${insertEventPerRow(sql`account join verified on verified.id = account.id`, {
        ...addressProven,
        changes: sql`authly_changes(to_jsonb(account), to_jsonb(verified))`,
      })})
      ${insertEventPerRow(sql`stored`, event)}
      returning id`)
    return rows.length === 1
  }
