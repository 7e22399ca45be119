/** The test database as a Drizzle client, for worker tests. */
import { env } from 'cloudflare:workers'
import { sql } from 'drizzle-orm'
import { createDatabase, type Database } from '../../src/db/database.ts'

interface TestDatabase {
  readonly DATABASE_URL: string
  readonly DATABASE_OWNER_URL: string
  readonly DATABASE_GATEWAY_URL: string
}

const { DATABASE_URL, DATABASE_OWNER_URL, DATABASE_GATEWAY_URL } = env as unknown as TestDatabase

/** A client of the database that the test run's global setup has started, as the worker's role; test files share it. */
export const testDatabase = (limits?: Parameters<typeof createDatabase>[2]): Database =>
  createDatabase(DATABASE_URL, DATABASE_GATEWAY_URL, limits)

/** The same as the role that owns it, for what the worker may not do. */
export const ownedTestDatabase = (): Database => createDatabase(DATABASE_OWNER_URL, DATABASE_GATEWAY_URL)

/** A migrated database of one's own, for tests that empty tables or stand on what they hold. */
export const ownDatabase = async (): Promise<Database> => (await ownDatabases()).database

/** The same, as the worker's role and as its owner. */
export async function ownDatabases(): Promise<{ database: Database; owned: Database }> {
  const name = `test_${crypto.randomUUID().replaceAll('-', '')}`
  await ownedTestDatabase().execute(sql.raw(`create database ${name} template authly_template`))
  const at = (base: string) => {
    const url = new URL(base)
    url.pathname = `/${name}`
    return createDatabase(url.href, DATABASE_GATEWAY_URL)
  }
  return { database: at(DATABASE_URL), owned: at(DATABASE_OWNER_URL) }
}
