/** The test database as a Drizzle client, for worker tests. */
import { env } from 'cloudflare:workers'
import { sql } from 'drizzle-orm'
import { createDatabase, type Database } from '../../src/db/client.ts'

interface TestDatabase {
  readonly DATABASE_URL: string
  readonly DATABASE_GATEWAY_URL: string
}

const { DATABASE_URL, DATABASE_GATEWAY_URL } = env as unknown as TestDatabase

/** A client of the database that the test run's global setup has started; test files share it. */
export const testDatabase = (): Database => createDatabase(DATABASE_URL, DATABASE_GATEWAY_URL)

/** A migrated database of one's own, for tests that empty tables or stand on what they hold. */
export async function ownDatabase(): Promise<Database> {
  const name = `test_${crypto.randomUUID().replaceAll('-', '')}`
  await testDatabase().execute(sql.raw(`create database ${name} template authly_template`))
  const url = new URL(DATABASE_URL)
  url.pathname = `/${name}`
  return createDatabase(url.href, DATABASE_GATEWAY_URL)
}
