/**
 * Postgres through the Neon HTTP driver: one query, or one batch (one transaction), is one fetch. Built per
 * request, because a Workers client must not outlive its request; building it opens nothing.
 */
import { neon, neonConfig } from '@neondatabase/serverless'
import { drizzle } from 'drizzle-orm/neon-http'
import { isObserved, observe } from '../telemetry/observe.ts'

export type Database = ReturnType<typeof createDatabase>

/** What ends queries that take too long. */
interface Limits {
  readonly signal?: AbortSignal
}

/**
 * Each round trip has its own time: a request that waited for something else, or works after its response, has as much
 * left as at its beginning.
 */
export const limitEach = (milliseconds: number): Limits => ({
  get signal() {
    return AbortSignal.timeout(milliseconds)
  },
})

/**
 * @param databaseUrl Postgres connection string
 * @param gatewayUrl local development: loopback URL that answers the Neon protocol
 */
export function createDatabase(databaseUrl: string, gatewayUrl: string | undefined, limits: Limits = {}) {
  if (gatewayUrl) {
    neonConfig.fetchEndpoint = `${gatewayUrl}/sql`
    neonConfig.poolQueryViaFetch = true
  }
  // Without `schema`: indexing it for relational queries would cost more than the rest of a request's client.
  const client = neon(databaseUrl, { fetchOptions: limits })
  return drizzle(isObserved() ? observed(client) : client)
}

type Client = ReturnType<typeof neon<false, false>>

const single = { statements: 1, kind: 'query' } as const

/** The same client; each of its round trips is observed. */
function observed(client: Client): Client {
  const { query, transaction } = client
  return Object.assign(client, {
    query(...input: Parameters<Client['query']>) {
      const pending = query(...input)
      // Called when the query is awaited; not when it is part of a batch.
      const { execute } = pending
      pending.execute = (...sent) => observe('postgres', single, () => execute(...sent))
      return pending
    },
    transaction: (...input: Parameters<Client['transaction']>) =>
      observe('postgres', { statements: input[0].length, kind: 'batch' }, () => transaction(...input)),
  })
}
