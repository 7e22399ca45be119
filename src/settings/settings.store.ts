/** Settings in Postgres, read whole: there are few, and every admin request needs some. */
import { sql } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import type { Loaded } from '../edge-cache/cached-lookup.ts'
import { type Settings, toSettings } from './settings.ts'

/** All settings in one round trip; the version is the database's clock (milliseconds). */
export async function loadSettings(database: Database): Promise<Loaded<Settings>> {
  const { rows } = await database.execute<{ read_at: string; stored: Record<string, unknown> }>(sql`
    select floor(extract(epoch from now()) * 1000)::bigint::text as read_at,
      (select coalesce(jsonb_object_agg(name, value), '{}') from settings) as stored`)
  const row = rows[0]
  if (!row) throw new Error('the settings query returned no row')
  return { version: Number(row.read_at), value: toSettings(row.stored) }
}
