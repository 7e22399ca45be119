/** Settings in Postgres. Always read as a whole: there are few, and every admin request needs some. */
import { sql } from 'drizzle-orm'
import type { Database } from '../db/database.ts'
import type { Row } from '../db/run-batch.ts'
import type { Loaded } from '../edge-cache/cached-lookup.ts'
import { brandImagesKey, type Settings, type StoredSettings, toSettings } from './settings.ts'

/**
 * One row for `toLoadedSettings`. Its version is the time of this statement, so that a reader that waited for a
 * lock gets the later version.
 */
export const selectSettings = sql`
  select floor(extract(epoch from clock_timestamp()) * 1000)::bigint::text as read_at,
    (select coalesce(jsonb_object_agg(name, value), '{}') from settings)
      || jsonb_build_object(${brandImagesKey}::text, (
        select coalesce(jsonb_object_agg(name, jsonb_build_object('digest', digest, 'content_type', content_type)), '{}')
        from brand_images
      )) as stored`

/** Converts rows of `selectSettings` for the edge cache. */
export function toLoadedSettings(rows: readonly Row[]): Loaded<StoredSettings> {
  const [row] = rows as readonly { read_at: string; stored: StoredSettings }[]
  if (!row) throw new Error('the settings query returned no row')
  return { version: Number(row.read_at), value: row.stored }
}

/** All settings as stored, in one round trip; the version is the database's clock (milliseconds). */
export async function loadStoredSettings(database: Database): Promise<Loaded<StoredSettings>> {
  const { rows } = await database.execute<Row>(selectSettings)
  return toLoadedSettings(rows)
}

/** All current settings, bypassing the cache. */
export async function loadSettings(database: Database): Promise<Loaded<Settings>> {
  const { value, version } = await loadStoredSettings(database)
  return { value: toSettings(value), version }
}
