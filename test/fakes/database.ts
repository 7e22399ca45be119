/** The test database as a Drizzle client, for worker tests. */
import { env } from 'cloudflare:workers'
import { sql } from 'drizzle-orm'
import { createDatabase, type Database } from '../../src/db/client.ts'

declare global {
  interface ImportMeta {
    /** Vite's: the text of the files that match. */
    glob(pattern: string, options: object): Record<string, string>
  }
}

interface TestDatabase {
  readonly DATABASE_URL: string
  readonly DATABASE_GATEWAY_URL: string
}

const { DATABASE_URL, DATABASE_GATEWAY_URL } = env as unknown as TestDatabase

/** A client of the database that the test run's global setup has started; test files share it. */
export const testDatabase = (): Database => createDatabase(DATABASE_URL, DATABASE_GATEWAY_URL)

/** A migrated database of one's own, for tests that empty tables or stand on what they hold. */
export async function ownDatabase(): Promise<Database> {
  const { database, upgrade } = await databaseBefore()
  await upgrade()
  return database
}

/** A database as it was before the migration of this name (none: an empty one), and what brings it to today. */
export async function databaseBefore(migration?: string) {
  const name = `test_${crypto.randomUUID().replaceAll('-', '')}`
  await testDatabase().execute(sql.raw(`create database ${name}`))
  const url = new URL(DATABASE_URL)
  url.pathname = `/${name}`
  const database = createDatabase(url.href, DATABASE_GATEWAY_URL)
  const migrations = import.meta.glob('../../drizzle/*.sql', {
    query: '?raw',
    import: 'default',
    eager: true,
  })
  const paths = Object.keys(migrations).sort()
  const first = migration === undefined ? 0 : paths.findIndex((path) => path.endsWith(`_${migration}.sql`))
  const apply = async (some: readonly string[]) => {
    for (const path of some) {
      for (const statement of migrations[path]?.split('--> statement-breakpoint') ?? []) {
        await database.execute(sql.raw(statement))
      }
    }
  }
  await apply(paths.slice(0, first))
  return { database, upgrade: () => apply(paths.slice(first)) }
}
