/** The test database as a Drizzle client, for worker tests. */
import { env } from 'cloudflare:workers'
import { sql } from 'drizzle-orm'
import { createDatabase, type Database } from '../../src/db/database.ts'

interface TestDatabase {
  DATABASE_URL: string
  readonly DATABASE_OWNER_URL: string
  readonly DATABASE_GATEWAY_URL: string
}

const bindings = env as unknown as TestDatabase
const { DATABASE_OWNER_URL, DATABASE_GATEWAY_URL } = bindings

/** A client of the database that the test run's global setup has started, as the worker's role; test files share it. */
export const testDatabase = (limits?: Parameters<typeof createDatabase>[2]): Database =>
  createDatabase(bindings.DATABASE_URL, DATABASE_GATEWAY_URL, limits)

/** The same as the role that owns it, for what the worker may not do. */
export const ownedTestDatabase = (): Database => createDatabase(DATABASE_OWNER_URL, DATABASE_GATEWAY_URL)

/** A migrated database of one's own, for tests that empty tables or stand on what they hold. */
export const ownDatabase = async (): Promise<Database> => (await ownDatabases()).database

/** The same, as the worker's role and as its owner. */
export async function ownDatabases(): Promise<{ database: Database; owned: Database }> {
  const name = await createOwnDatabase()
  const at = (base: string) => createDatabase(urlOf(base, name), DATABASE_GATEWAY_URL)
  return { database: at(bindings.DATABASE_URL), owned: at(DATABASE_OWNER_URL) }
}

/**
 * Gives this file's worker a database of its own, for tests that change what is the whole server's (settings): other
 * files read it at any time. Objects still write to the database that all share.
 */
export async function useOwnDatabase(): Promise<void> {
  bindings.DATABASE_URL = urlOf(bindings.DATABASE_URL, await createOwnDatabase())
}

async function createOwnDatabase(): Promise<string> {
  const name = `test_${crypto.randomUUID().replaceAll('-', '')}`
  await ownedTestDatabase().execute(sql.raw(`create database ${name} template authly_template`))
  return name
}

function urlOf(base: string, name: string): string {
  const url = new URL(base)
  url.pathname = `/${name}`
  return url.href
}
