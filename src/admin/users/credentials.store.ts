/** Writes of passwords and of links to set one. Each is one statement of a batch. */
import { type SQL, sql } from 'drizzle-orm'

/** Stores a password in place of any other; a trigger invalidates the setup link. */
export const putPassword = (userId: string, hash: string, mustChange: boolean): SQL => sql`
  insert into password_credentials (user_id, hash, must_change)
  values (${userId}::uuid, ${hash}, ${mustChange}::boolean)
  on conflict (user_id) do update
  set hash = excluded.hash, must_change = excluded.must_change, changed_at = now()`

export const removePassword = (userId: string): SQL =>
  sql`delete from password_credentials where user_id = ${userId}::uuid`

/**
 * Stores a link in place of the previous one, which becomes invalid. A user who never had a password counts as invited.
 * Must come before `removePassword`.
 * @param expiresAt milliseconds since the Unix epoch
 * @param sentTo the address that it is sent to, where nobody else sees it
 */
export const putSetupLink = (
  userId: string,
  secretHash: string,
  expiresAt: number,
  sentTo: string | undefined,
): SQL => sql`
  insert into password_setup_links (user_id, purpose, secret_hash, sent_to, expires_at)
  select ${userId}::uuid,
    case when exists (select from password_credentials where user_id = ${userId}::uuid) then 'reset'
      else coalesce((select purpose from password_setup_links where user_id = ${userId}::uuid), 'invitation') end,
    ${secretHash}, ${sentTo ?? null}::text, ${new Date(expiresAt).toISOString()}::timestamptz
  on conflict (user_id) do update
  set purpose = excluded.purpose, secret_hash = excluded.secret_hash, sent_to = excluded.sent_to,
    expires_at = excluded.expires_at,
    created_at = now()`
