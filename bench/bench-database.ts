/** The Postgres of this benchmark: durable settings, because what is compared must not lose data. */
import { readFileSync } from 'node:fs'
import pg from 'pg'
import { startEmbeddedPostgres } from '../scripts/database/embedded-postgres.ts'

export interface BenchDatabase {
  /** Of the role that owns everything. */
  readonly url: string
  /** Of the role that Authly's worker has. */
  readonly workerUrl: string
  readonly postmasterPid: number
  /** Drops everything, for the next part. */
  empty(): Promise<void>
  stop(): Promise<void>
}

const emptying = 'DROP SCHEMA IF EXISTS drizzle CASCADE; DROP SCHEMA public CASCADE; CREATE SCHEMA public'

/** Starts Postgres with its own data below `folder`; what an earlier run left is dropped. */
export async function startBenchDatabase(folder: string, port: number): Promise<BenchDatabase> {
  const postgres = await startEmbeddedPostgres({ stateFolder: folder, port, withStatistics: true })
  const client = new pg.Client({ connectionString: postgres.ownerUrl })
  await client.connect()
  await client.query(emptying)
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  const backend = rows[0]?.pid
  // Every backend is a child of the postmaster, whose pid Postgres does not tell over SQL.
  const stat = readFileSync(`/proc/${backend}/stat`, 'utf8')
  const postmasterPid = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
  await client.end()
  const empty = async () => {
    const again = new pg.Client({ connectionString: postgres.ownerUrl })
    await again.connect()
    await again.query(emptying)
    await again.end()
  }
  return {
    url: postgres.ownerUrl,
    workerUrl: postgres.databaseUrl,
    postmasterPid,
    empty,
    stop: () => postgres.dispose(),
  }
}

/** Runs `use` with a connection to the database that Authly writes to. */
export async function withClient(
  database: BenchDatabase,
  use: (client: pg.Client) => Promise<void>,
): Promise<void> {
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  try {
    await use(client)
  } finally {
    await client.end()
  }
}
