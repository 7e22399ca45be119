/**
 * Scopes and resource servers in Postgres. Always read as a whole: the catalog is small and every request needs
 * it.
 */
import { sql } from 'drizzle-orm'
import type { Database } from '../db/database.ts'
import type { Row } from '../db/run-batch.ts'
import type { Loaded } from '../edge-cache/cached-lookup.ts'
import type { AuthorizationDetailsType, Scope, ScopeCatalog } from './scope.ts'

interface CatalogRow extends Record<string, unknown> {
  readonly read_at: string
  readonly scopes: { name: string; description: string; resource: string | null }[]
  readonly authorization_details_types: AuthorizationDetailsType[]
  readonly resource_servers: { resource: string; name: string; open_to_unreviewed: boolean }[]
}

/**
 * One row for `toLoadedCatalog`. Its version is the time of this statement, not of the transaction: a transaction
 * that waited for another's lock must not appear older than the other.
 */
export const selectCatalog = sql`
  select
    floor(extract(epoch from clock_timestamp()) * 1000)::bigint::text as read_at,
    (select coalesce(json_agg(json_build_object(
        'name', name, 'description', description, 'resource', resource) order by name), '[]'::json)
      from scopes) as scopes,
    (select coalesce(json_agg(json_build_object('type', type, 'resource', resource,
        'description', description, 'schema', schema) order by type), '[]'::json)
      from authorization_details_types) as authorization_details_types,
    (select coalesce(json_agg(json_build_object(
        'resource', resource, 'name', name, 'open_to_unreviewed', open_to_unreviewed) order by resource), '[]'::json)
      from resource_servers) as resource_servers`

/** Converts rows of `selectCatalog` for the edge cache. */
export function toLoadedCatalog(rows: readonly Row[]): Loaded<ScopeCatalog> {
  const [row] = rows as readonly CatalogRow[]
  if (!row) throw new Error('the scope catalog query returned no row')
  return {
    version: Number(row.read_at),
    value: {
      scopes: row.scopes.map((scope): Scope => ({ ...scope, resource: scope.resource ?? undefined })),
      authorization_details_types: row.authorization_details_types,
      resource_servers: row.resource_servers,
    },
  }
}

/** All scopes and resource servers in one round trip; the version is the database's clock (milliseconds). */
export async function loadScopeCatalog(database: Database): Promise<Loaded<ScopeCatalog>> {
  const { rows } = await database.execute<Row>(selectCatalog)
  return toLoadedCatalog(rows)
}
