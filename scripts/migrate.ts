/**
 * `npm run db:migrate`: applies the migrations of drizzle/ to DATABASE_URL. Deployments run it before they switch
 * the worker, possibly from several regions at once: an advisory lock lets one work while the others wait.
 */
import { fileURLToPath } from 'node:url'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import pg from 'pg'
import { clientConfig, parseDatabaseUrl } from './database/database-address.ts'
import { describeFailure, errorCode, OperatorError } from './process/operator-error.ts'

const migrationsFolder = fileURLToPath(new URL('../drizzle', import.meta.url))

/** Any number nobody else uses for an advisory lock in this database: 'Authly' in ASCII. */
const lockKey = '71963886546041'

/**
 * Drizzle keeps when a migration was generated, not when it came to this database. Rows from before the column get the
 * time of this run, later ones that of their insertion.
 */
const recordTimes =
  'ALTER TABLE drizzle.__drizzle_migrations ADD COLUMN IF NOT EXISTS applied_at timestamptz NOT NULL DEFAULT now()'

/**
 * Applies what is missing and returns the number of migrations applied. Safe to run concurrently. Throws
 * OperatorError when the database cannot be reached or refuses the credentials.
 */
export async function migrateDatabase(databaseUrl: string): Promise<number> {
  const client = new pg.Client(clientConfig(databaseUrl))
  client.on('error', () => undefined)
  await client.connect().catch((cause: unknown) => {
    throw explainConnectFailure(cause, databaseUrl)
  })
  try {
    await client.query("SET client_min_messages = 'warning'")
    await client.query('SELECT pg_advisory_lock($1)', [lockKey])
    const before = await countApplied(client)
    await migrate(drizzle(client), { migrationsFolder })
    await client.query(recordTimes)
    return (await countApplied(client)) - before
  } finally {
    // Ending the connection releases the lock, whatever happened.
    await client.end()
  }
}

async function countApplied(client: pg.Client): Promise<number> {
  const exists = await client.query(
    "SELECT to_regclass('drizzle.__drizzle_migrations') IS NOT NULL AS is_there",
  )
  if (exists.rows[0]?.is_there !== true) return 0
  const count = await client.query('SELECT count(*)::int AS applied FROM drizzle.__drizzle_migrations')
  return count.rows[0].applied
}

/** Why a Postgres connection failed, for the operator; never shows the password. */
export function explainConnectFailure(cause: unknown, databaseUrl: string): OperatorError {
  const { user, host, port, database } = parseDatabaseUrl(databaseUrl)
  const remedy = 'Check DATABASE_URL. Unset it to use the embedded Postgres.'
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
  const databaseUrl = process.env['DATABASE_URL'] ?? ''
  try {
    const applied = await migrateDatabase(databaseUrl)
    console.log(applied === 0 ? 'The database is up to date.' : `Applied ${applied} migration(s).`)
  } catch (error) {
    process.stderr.write(describeFailure(error))
    process.exitCode = 1
  }
}
