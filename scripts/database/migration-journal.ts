/** Which migrations have been applied to a database: Drizzle's own table, so that its tools can read it too. */
import type pg from 'pg'

/** A schema migration, as `readMigrationFiles` of drizzle-orm returns it. */
export type Migration = {
  sql: string[]
  /** When it was generated: identifies it in the journal. */
  folderMillis: number
  hash: string
}

/** Drizzle records when a migration was generated, but not when it was applied to this database. */
const journalTable = `
  CREATE SCHEMA IF NOT EXISTS drizzle;
  CREATE TABLE IF NOT EXISTS drizzle.__drizzle_migrations (id serial PRIMARY KEY, hash text NOT NULL, created_at bigint);
  ALTER TABLE drizzle.__drizzle_migrations ADD COLUMN IF NOT EXISTS applied_at timestamptz NOT NULL DEFAULT now()`

export async function ensureJournal(client: pg.Client): Promise<void> {
  await client.query(journalTable)
}

export type JournalEntry = { hash: string; folderMillis: number }

/** The applied migrations, oldest first; empty without a journal. */
export async function readJournal(client: pg.Client): Promise<readonly JournalEntry[]> {
  const exists = await client.query(
    "SELECT to_regclass('drizzle.__drizzle_migrations') IS NOT NULL AS is_there",
  )
  if (exists.rows[0]?.is_there !== true) return []
  const { rows } = await client.query<{ hash: string; created_at: string }>(
    'SELECT hash, created_at FROM drizzle.__drizzle_migrations ORDER BY created_at',
  )
  return rows.map(({ hash, created_at }) => ({ hash, folderMillis: Number(created_at) }))
}

export async function recordMigration(client: pg.Client, { hash, folderMillis }: Migration): Promise<void> {
  await client.query('INSERT INTO drizzle.__drizzle_migrations (hash, created_at) VALUES ($1, $2)', [
    hash,
    folderMillis,
  ])
}
