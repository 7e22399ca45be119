/** The test database as a Drizzle client, for worker tests. */
import { env } from 'cloudflare:workers'
import { createDatabase, type Database } from '../../src/db/client.ts'

interface TestDatabase {
  readonly DATABASE_URL: string
  readonly DATABASE_GATEWAY_URL: string
}

/** A client of the database that the test run's global setup has started. */
export function testDatabase(): Database {
  const { DATABASE_URL, DATABASE_GATEWAY_URL } = env as unknown as TestDatabase
  return createDatabase(DATABASE_URL, DATABASE_GATEWAY_URL)
}
