/** Settings of a database without a worker: for tests, load and benchmarks. A running worker has its own in its cache. */
import pg from 'pg'
import type { StoredSettings } from '../../src/settings/settings.ts'

/** Stores settings by name; those that are there already change. */
export async function storeSettings(databaseUrl: string, settings: StoredSettings): Promise<void> {
  const client = new pg.Client(databaseUrl)
  await client.connect()
  try {
    await client.query(
      `INSERT INTO settings (name, value) SELECT key, value FROM jsonb_each($1)
       ON CONFLICT (name) DO UPDATE SET value = excluded.value, updated_at = now()`,
      [JSON.stringify(settings)],
    )
  } finally {
    await client.end()
  }
}
