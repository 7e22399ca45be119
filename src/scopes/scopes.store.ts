/** Scopes and resource servers in Postgres, read whole: the catalog is small and every request needs it. */
import { sql } from 'drizzle-orm'
import type { Database } from '../db/client.ts'
import type { Loaded } from '../edge-cache/cached-lookup.ts'
import type { Scope, ScopeCatalog } from './scope.ts'

interface CatalogRow extends Record<string, unknown> {
  readonly read_at: string
  readonly scopes: { name: string; description: string; resource: string | null }[]
  readonly resource_servers: { resource: string; name: string }[]
}

/** All scopes and resource servers in one round trip; the version is the database's clock (milliseconds). */
export async function loadScopeCatalog(database: Database): Promise<Loaded<ScopeCatalog>> {
  const { rows } = await database.execute<CatalogRow>(sql`
    select
      floor(extract(epoch from now()) * 1000)::bigint::text as read_at,
      (select coalesce(json_agg(json_build_object(
          'name', name, 'description', description, 'resource', resource) order by name), '[]'::json)
        from scopes) as scopes,
      (select coalesce(json_agg(json_build_object(
          'resource', resource, 'name', name) order by resource), '[]'::json)
        from resource_servers) as resource_servers`)
  const row = rows[0]
  if (!row) throw new Error('the scope catalog query returned no row')
  return {
    version: Number(row.read_at),
    value: {
      scopes: row.scopes.map((scope): Scope => ({ ...scope, resource: scope.resource ?? undefined })),
      resource_servers: row.resource_servers,
    },
  }
}
