/** An e-mail address that its owner has proven. */
import { sql } from 'drizzle-orm'
import { createEvent } from '../audit/create-event.ts'
import { insertEventPerRow } from '../audit/insert-events.store.ts'
import type { Database } from '../db/database.ts'
import type { VerifyEmail } from './user.ts'

/** Nothing happens where it is verified already, or is not the address of the account any more. */
export const createVerifyEmail =
  (database: Database): VerifyEmail =>
  async ({ user_id, email, now, origin }) => {
    const event = createEvent('user.updated', now, origin, {
      ...{ outcome: 'success', actor_type: 'user', actor_id: user_id, user_id },
      ...{ entity_type: 'user', entity_id: user_id },
    })
    await database.execute(sql`
      with account as materialized (
        select * from users
        where id = ${user_id}::uuid and email = ${email} and not email_verified and status = 'active' for update
      ), verified as (
        update users set email_verified = true, version = users.version + 1, updated_at = now()
        from account where users.id = account.id returning users.*
      )
      ${insertEventPerRow(sql`account join verified on verified.id = account.id`, {
        ...event,
        changes: sql`authly_changes(to_jsonb(account), to_jsonb(verified))`,
      })}`)
  }
