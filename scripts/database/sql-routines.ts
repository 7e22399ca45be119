/**
 * Functions and triggers: one per file, replaced at every migrate, so that the database always has the content of the
 * file. `drizzle/functions/` is applied before the tables, whose defaults and indexes call functions; therefore no
 * signature there may name a table. `drizzle/triggers/` (a trigger function with its triggers) is applied after them.
 */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type pg from 'pg'

/**
 * Bodies may name tables that are created later in the same transaction; {@link checkBodies} checks them at the end.
 */
export async function replaceFunctions(client: pg.Client, folder: string): Promise<void> {
  await client.query('SET LOCAL check_function_bodies = off')
  for (const { sql } of await readSqlFiles(folder)) await client.query(sql)
}

/**
 * Replacing a trigger locks its table against writers until the end of the transaction, so a file that is already
 * applied is skipped: its hash is the comment of the function, and all its triggers exist and are enabled.
 */
export async function replaceTriggers(client: pg.Client, folder: string): Promise<void> {
  for (const { name, sql } of await readSqlFiles(folder)) {
    const hash = `sha256 ${createHash('sha256').update(sql).digest('hex')}`
    const { rows } = await client.query<{ is_in_force: boolean }>(
      `SELECT obj_description(to_regproc($1), 'pg_proc') = $2
         AND (SELECT count(*) FROM pg_trigger WHERE tgfoid = to_regproc($1) AND tgenabled = 'O') = $3 AS is_in_force`,
      [name, hash, sql.match(/^CREATE OR REPLACE TRIGGER/gm)?.length ?? 0],
    )
    if (rows[0]?.is_in_force === true) continue
    await client.query(`${sql}\nCOMMENT ON FUNCTION ${name} IS '${hash}'`)
  }
}

/** Lets Postgres check all bodies, as it would have done when the functions were created. */
export async function checkBodies(client: pg.Client): Promise<void> {
  await client.query('SET LOCAL check_function_bodies = on')
  for (const [language, validator] of [
    ['sql', 'fmgr_sql_validator'],
    ['plpgsql', 'plpgsql_validator'],
  ]) {
    await client.query(
      `SELECT ${validator}(pg_proc.oid) FROM pg_proc JOIN pg_language ON pg_language.oid = prolang
       WHERE lanname = $1 AND proname LIKE 'authly\\_%' AND pronamespace = current_schema()::regnamespace`,
      [language],
    )
  }
}

async function readSqlFiles(folder: string): Promise<readonly { name: string; sql: string }[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).sort()
  return Promise.all(
    files.map(async (file) => ({
      name: basename(file, '.sql'),
      sql: await readFile(join(folder, file), 'utf8'),
    })),
  )
}
