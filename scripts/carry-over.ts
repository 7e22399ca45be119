/**
 * `npm run db:carry-over`: brings a database from before the first release to the current migrations, once.
 * DATABASE_OWNER_URL and DATABASE_URL (or that of `.dev.vars`) name it; without them it is the embedded Postgres of
 * this clone.
 */
import { join } from 'node:path'
import { findDatabaseUrls } from './database/database-urls.ts'
import { startEmbeddedPostgres } from './database/embedded-postgres.ts'
import { carryOverDatabase } from './migrate.ts'
import { takeInstanceLock } from './process/instance-lock.ts'
import { describeFailure } from './process/operator-error.ts'
import { readDevVars } from './stack/dev-vars.ts'

const root = join(import.meta.dirname, '..')

async function carryOverEmbedded(): Promise<boolean> {
  const stateFolder = join(root, '.authly')
  const releaseLock = await takeInstanceLock(stateFolder, 'npm run db:carry-over')
  try {
    const postgres = await startEmbeddedPostgres({ stateFolder })
    try {
      return await carryOverDatabase(postgres)
    } finally {
      await postgres.dispose()
    }
  } finally {
    await releaseLock()
  }
}

try {
  const urls = findDatabaseUrls({
    DATABASE_URL: process.env['DATABASE_URL'] || (await readDevVars(root)).own['DATABASE_URL'],
    DATABASE_OWNER_URL: process.env['DATABASE_OWNER_URL'],
  })
  const isCarriedOver = urls === undefined ? await carryOverEmbedded() : await carryOverDatabase(urls)
  console.log(
    isCarriedOver
      ? 'The database was carried over. Its former journal is kept in drizzle.former_migrations.'
      : 'The database is none from before the first release; it is up to date.',
  )
} catch (error) {
  process.stderr.write(describeFailure(error))
  process.exitCode = 1
}
