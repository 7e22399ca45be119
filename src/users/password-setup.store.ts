/** Password setup links in Postgres; each function is one statement. */
import { type SQL, sql } from 'drizzle-orm'
import { insertEventPerRow } from '../audit/insert-events.store.ts'
import type { Database } from '../db/database.ts'
import { formerPasswordsOf, insertPasskeyOf } from '../db/fragments.ts'
import { databaseErrorOf, sqlStates } from '../kit/database-error.ts'
import type { ChosenCredential, CompletePasswordSetup, FindPasswordSetup } from './password-setup.ts'

/** Of the account of `users`. */
const hasPassword = sql`exists (select from password_credentials where user_id = users.id)`
const hasFactor = sql`(exists (select from passkeys where user_id = users.id)
  or exists (select from otp_credentials where user_id = users.id))`

export const createFindPasswordSetup =
  (database: Database): FindPasswordSetup =>
  async (userId, secretHash) => {
    const { rows } = await database.execute<{
      purpose: 'invitation' | 'reset'
      username: string | null
      email: string | null
      former: string[]
      has_password: boolean
      has_factor: boolean
    }>(sql`
      select link.purpose, ${hasPassword} as has_password, ${hasFactor} as has_factor, users.username, users.email,
        ${formerPasswordsOf(sql`users.id`)} as former
      from password_setup_links as link join users on users.id = link.user_id
      where link.user_id = ${userId}::uuid and link.secret_hash = ${secretHash} and link.expires_at > now()
        and users.status = 'active'`)
    const [row] = rows
    return (
      row && {
        purpose: row.purpose,
        has_password: row.has_password,
        has_factor: row.has_factor,
        has_email: row.email !== null,
        former: row.former,
        identifiers: [row.username, row.email].filter((name) => name !== null),
      }
    )
  }

export const createCompletePasswordSetup =
  (database: Database): CompletePasswordSetup =>
  async ({ userId, secretHash, chosen, event, accountChanged, termsVersion }) => {
    const accepted = sql`${termsVersion ?? null}::text`
    const completed = database.execute(sql`
      with used as (
        delete from password_setup_links as link using users
        where users.id = link.user_id and link.user_id = ${userId}::uuid and link.secret_hash = ${secretHash}
          and link.expires_at > now() and users.status = 'active' and ${mayChoose(chosen)}
        returning link.user_id, link.sent_to
      ), stored as (
        ${store(chosen)}
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
    try {
      return (await completed).rows.length === 1 ? 'stored' : 'invalid'
    } catch (error) {
      if (databaseErrorOf(error)?.code === sqlStates.uniqueViolation) return 'taken'
      throw error
    }
  }

/** Attack: a link of an administrator, or of who reads the mailbox, adds a passkey to an account that others sign in to. */
const mayChoose = (chosen: ChosenCredential): SQL =>
  'passkey' in chosen
    ? sql`not ${hasFactor} and (${chosen.besidePassword}::boolean or not ${hasPassword})`
    : sql`true`

const store = (chosen: ChosenCredential): SQL =>
  'passkey' in chosen
    ? sql`${insertPasskeyOf(sql`user_id`, chosen.passkey)} from used`
    : sql`insert into password_credentials (user_id, hash, must_change)
        select user_id, ${chosen.newHash}, false from used
        on conflict (user_id) do update set hash = excluded.hash, must_change = false, changed_at = now()`
