/**
 * The clock of an ephemeral Postgres: `now()` of all statements, defaults and functions of the database. Postgres reads
 * the time from the operating system, so the function that Authly asks is another one there. Only a superuser can do this,
 * and of a lasting cluster the start script knows none.
 */
import pg from 'pg'

/**
 * @param superuserUrl of a temporary cluster
 * @param milliseconds between its clock and the real one
 */
export async function setPostgresClock(superuserUrl: string, milliseconds: number): Promise<void> {
  const client = new pg.Client(superuserUrl)
  await client.connect()
  try {
    await client.query('SET allow_system_table_mods = on')
    // Of one expression, so that the planner puts it in place of the call: by its number alone, Postgres would still
    // call what it was compiled with.
    await client.query(
      `CREATE OR REPLACE FUNCTION pg_catalog.now() RETURNS timestamptz LANGUAGE sql STABLE PARALLEL SAFE
       AS $$ SELECT transaction_timestamp() + interval '${Math.round(milliseconds)} milliseconds' $$`,
    )
  } finally {
    await client.end()
  }
}
