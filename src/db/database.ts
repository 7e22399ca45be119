/**
 * Postgres through the Neon HTTP driver: one query, or one batch (one transaction), is one fetch. Built per
 * request, because a Workers client must not outlive its request; building it opens nothing.
 */
import { neon, neonConfig } from '@neondatabase/serverless'
import { drizzle } from 'drizzle-orm/neon-http'

export type Database = ReturnType<typeof createDatabase>

/**
 * @param databaseUrl Postgres connection string
 * @param gatewayUrl local development: loopback URL that answers the Neon protocol
 * @param fetchOptions for every query, e.g. `signal`
 */
export function createDatabase(
  databaseUrl: string,
  gatewayUrl: string | undefined,
  fetchOptions: { readonly signal?: AbortSignal } = {},
) {
  if (gatewayUrl) {
    neonConfig.fetchEndpoint = `${gatewayUrl}/sql`
    neonConfig.poolQueryViaFetch = true
  }
  // Without `schema`: indexing it for relational queries would cost more than the rest of a request's client.
  return drizzle(neon(databaseUrl, { fetchOptions }))
}
