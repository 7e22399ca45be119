/** Changes of e-mail addresses in Postgres; each function is one statement. */
import { type SQL, sql } from 'drizzle-orm'
import { insertEventPerRow } from '../audit/insert-events.store.ts'
import type { Database } from '../db/database.ts'
import { instantOf } from '../db/fragments.ts'
import { databaseErrorOf, sqlStates } from '../kit/database-error.ts'
import { formsOf } from '../users/account-normal-forms.ts'
import type { EmailChangeStore } from './email-change.ts'
import { voidCredentials } from './void-password.store.ts'

/** The columns of an address, for an update. */
const columnsOf = (email: string): SQL => {
  const { email_form, form_version } = formsOf({ email })
  return sql`email = ${email}, email_form = ${email_form}, form_version = ${form_version},
    version = users.version + 1, updated_at = now()`
}

const takenAs = async <T>(statement: Promise<T>): Promise<T | 'taken'> => {
  try {
    return await statement
  } catch (error) {
    // A name of another account: users share one namespace.
    if (databaseErrorOf(error)?.code === sqlStates.uniqueViolation) return 'taken'
    throw error
  }
}

export const createEmailChangeStore = (database: Database): EmailChangeStore => ({
  async change({ id, user_id, old_email, email, undo_secret_hash, undo_expires_at, event }) {
    const changed = await takenAs(
      database.execute(sql`
        with account as materialized (
          select * from users where id = ${user_id}::uuid and status = 'active'
            and email is not distinct from ${old_email ?? null} for update
        ), changed as (
          update users set ${columnsOf(email)}, email_verified = true
          from account where users.id = account.id returning users.*
        ), kept as (
          insert into email_changes (id, user_id, old_email, old_email_verified, new_email, undo_secret_hash, expires_at)
          select ${id}::uuid, account.id, account.email, account.email_verified, changed.email, ${undo_secret_hash},
            ${instantOf(undo_expires_at)}
          from account join changed on changed.id = account.id where account.email is not null and account.email_verified
        )
        ${insertEventPerRow(sql`account join changed on changed.id = account.id`, {
          ...event,
          changes: sql`authly_changes(to_jsonb(account), to_jsonb(changed))`,
        })}
        returning id`),
    )
    if (changed === 'taken') return 'taken'
    return changed.rows.length === 1 ? 'changed' : 'gone'
  },

  async findUndoable({ user_id, id }, secretHash) {
    // Undone and another address now. Attack: it is put back, its owner has another one since, and whoever reads the old
    // mailbox signs them out by this link all day.
    const { rows } = await database.execute<{ old_email: string; is_undone: boolean }>(sql`
      select old_email, undone_at is not null as is_undone from email_changes join users on users.id = email_changes.user_id
      where email_changes.id = ${id}::uuid and users.id = ${user_id}::uuid and status = 'active'
        and undo_secret_hash = ${secretHash} and expires_at > now() and (undone_at is null or email = old_email)`)
    return rows[0]
  },

  async undo({ user_id, id, old_email, secretHash, event, voided }) {
    // Clocks differ by less than a minute.
    const factors_since = sql`(select created_at - interval '1 minute' from email_changes where id = ${id}::uuid)`
    const until = sql`'infinity'::timestamptz`
    const undone = await takenAs(
      database.execute(sql`
        with account as materialized (
          select * from users where id = ${user_id}::uuid and status = 'active' for update
        ), undone as (
          -- Those after it too. Attack: the address is changed twice, and the second change undone by its author.
          update email_changes set undone_at = now() from account
          where email_changes.user_id = account.id and email_changes.id >= ${id}::uuid and undone_at is null
            and exists (select from email_changes as this where this.id = ${id}::uuid and this.user_id = account.id
              and this.undo_secret_hash = ${secretHash} and this.undone_at is null and this.expires_at > now())
          returning email_changes.id, old_email_verified
        ), restored as (
          update users set ${columnsOf(old_email)}, email_verified = undone.old_email_verified
          from undone, account where users.id = account.id and undone.id = ${id}::uuid returning users.*
        )${voided ? sql`, ${voidCredentials(sql`restored`, { user_id, until, factors_since, event: voided })}` : sql``}
        ${insertEventPerRow(sql`account join restored on restored.id = account.id`, {
          ...event,
          changes: sql`authly_changes(to_jsonb(account), to_jsonb(restored))`,
        })}
        returning id`),
    )
    if (undone === 'taken') return 'taken'
    return undone.rows.length === 1 ? 'undone' : 'over'
  },
})
