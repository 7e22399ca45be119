/**
 * `npm run db:migrate`: brings the database to the schema, functions, triggers and grants of drizzle/, as its owner
 * (DATABASE_OWNER_URL) and for the worker's role (DATABASE_URL). Deployments run it before they switch the worker,
 * possibly from several regions at once: an advisory lock lets one run while the others wait.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import pg from 'pg'
import { clientConfig, parseDatabaseUrl } from './database/database-address.ts'
import { type DatabaseUrls, databaseUrlsOfProcess } from './database/database-urls.ts'
import { isFormerJournal, replaceFormerJournal } from './database/former-migrations.ts'
import { ensureJournal, type Migration, readJournal, recordMigration } from './database/migration-journal.ts'
import { checkBodies, replaceFunctions, replaceTriggers } from './database/sql-routines.ts'
import { grantToWorker } from './database/worker-role.ts'
import { describeFailure, errorCode, OperatorError } from './process/operator-error.ts'

const drizzleFolder = fileURLToPath(new URL('../drizzle', import.meta.url))

/** An arbitrary number that nothing else uses for an advisory lock in this database: 'Authly' in ASCII. */
const lockKey = '71963886546041'

/**
 * Applies what is missing and returns the number of migrations applied. One transaction: a failure changes nothing.
 * Safe to run concurrently. Throws OperatorError when the database cannot be reached, refuses the credentials or is one
 * from before the first release, or when the worker's role cannot be created or has too many privileges.
 */
export async function migrateDatabase(urls: DatabaseUrls, folder = drizzleFolder): Promise<number> {
  return inLockedTransaction(urls.ownerUrl, async (client) => {
    if (isFormerJournal(await readHashes(client))) {
      throw new OperatorError(
        'The database is from before the first release. Nothing was changed.',
        'Carry it over once: npm run db:carry-over (with the same variables).',
      )
    }
    return applyAll(client, urls.databaseUrl, folder)
  })
}

/**
 * Carries over a database from before the first release: schema, journal, functions, triggers, grants. Returns whether
 * it was one. Throws OperatorError when it is not at the last of the former migrations.
 */
export async function carryOverDatabase(urls: DatabaseUrls, folder = drizzleFolder): Promise<boolean> {
  return inLockedTransaction(urls.ownerUrl, async (client) => {
    const isFormer = isFormerJournal(await readHashes(client))
    if (isFormer) {
      await ensureJournal(client)
      await replaceFunctions(client, join(folder, 'functions'))
      await client.query(await readFile(join(folder, 'carry-over.sql'), 'utf8'))
      await replaceFormerJournal(client, readMigrations(folder))
    }
    await applyAll(client, urls.databaseUrl, folder)
    return isFormer
  })
}

async function inLockedTransaction<T>(ownerUrl: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(clientConfig(ownerUrl))
  client.on('error', () => undefined)
  await client.connect().catch((cause: unknown) => {
    throw explainConnectFailure(cause, ownerUrl)
  })
  try {
    await client.query("SET client_min_messages = 'warning'")
    // Before the transaction, so that it reads what the previous one committed.
    await client.query('SELECT pg_advisory_lock($1)', [lockKey])
    await client.query('BEGIN')
    const result = await work(client)
    await client.query('COMMIT')
    return result
  } finally {
    // Closing the connection releases the lock and rolls back what was not committed.
    await client.end()
  }
}

async function applyAll(client: pg.Client, databaseUrl: string, folder: string): Promise<number> {
  await ensureJournal(client)
  const migrations = readMigrations(folder)
  const known = new Set(migrations.map(({ folderMillis }) => folderMillis))
  const applied = new Set((await readJournal(client)).map(({ folderMillis }) => folderMillis))
  // A newer version has migrated: its functions stay, because they belong to its schema.
  if (![...applied].every((folderMillis) => known.has(folderMillis))) return 0
  await replaceFunctions(client, join(folder, 'functions'))
  const missing = migrations.filter(({ folderMillis }) => !applied.has(folderMillis))
  for (const migration of missing) {
    for (const statement of migration.sql) await client.query(statement)
    await recordMigration(client, migration)
  }
  await replaceTriggers(client, join(folder, 'triggers'))
  await checkBodies(client)
  await grantToWorker(client, databaseUrl, folder)
  return missing.length
}

const readMigrations = (folder: string): readonly Migration[] =>
  readMigrationFiles({ migrationsFolder: folder })

const readHashes = async (client: pg.Client) => (await readJournal(client)).map(({ hash }) => hash)

/** Explains to the operator why a Postgres connection failed; never shows the password. */
function explainConnectFailure(cause: unknown, ownerUrl: string): OperatorError {
  const { user, host, port, database } = parseDatabaseUrl(ownerUrl)
  const remedy = 'Check DATABASE_OWNER_URL. Unset it and DATABASE_URL to use the embedded Postgres.'
  const code = errorCode(cause)
  const refusals: Readonly<Record<string, string>> = {
    '28P01': `Postgres at ${host}:${port} refused the password of "${user}".`,
    '28000': `Postgres at ${host}:${port} does not let "${user}" in.`,
    '3D000': `Postgres at ${host}:${port} has no database "${database}".`,
    ENOTFOUND: `There is no host "${host}".`,
    EAI_AGAIN: `The name "${host}" cannot be resolved now.`,
    ECONNREFUSED: `Nothing listens on ${host}:${port}.`,
  }
  const known = code === undefined ? undefined : refusals[code]
  const reason = cause instanceof Error && cause.message !== '' ? cause.message : String(code)
  return new OperatorError(known ?? `Postgres at ${host}:${port} cannot be reached (${reason}).`, remedy, {
    cause,
  })
}

if (import.meta.main) {
  try {
    const applied = await migrateDatabase(databaseUrlsOfProcess())
    console.log(applied === 0 ? 'The database is up to date.' : `Applied ${applied} migration(s).`)
  } catch (error) {
    process.stderr.write(describeFailure(error))
    process.exitCode = 1
  }
}
