/** Former passwords in Postgres. The trigger `authly_keep_former_passwords` writes them, whoever sets a password. */
import { type SQL, sql } from 'drizzle-orm'

/** An expression of type text[]: the hashes that must not be chosen again, the latest first. */
export const formerPasswordsOf = (userId: SQL): SQL => sql`array(
  select password_history.hash from password_history where password_history.user_id = ${userId}
  order by password_history.replaced_at desc, password_history.hash limit authly_kept_passwords())`
