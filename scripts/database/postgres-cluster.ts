/** Creates a Postgres cluster: initdb, then the roles and the database that Authly uses. */
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chown, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'
import { errorCode, OperatorError } from '../process/operator-error.ts'
import type { PostgresBinaries } from './postgres-binaries.ts'
import { makeDataFolder } from './postgres-home.ts'
import type { Account } from './unprivileged-account.ts'

const run = promisify(execFile)

export type ClusterPasswords = { superuser: string; owner: string; worker: string }

/**
 * Owns the database and migrates. Not a superuser, as on Neon: what works here must not need more privileges than
 * there.
 */
export const ownerRole = 'authly'
/** The worker's: owns nothing. */
export const workerRole = 'authly_worker'
export const databaseName = 'authly'

export const makePassword = () => randomBytes(24).toString('base64url')

/** High-entropy passwords for a new cluster. */
export function makeClusterPasswords(): ClusterPasswords {
  return { superuser: makePassword(), owner: makePassword(), worker: makePassword() }
}

/**
 * Runs initdb unless `<home>/data` already is a cluster. It works in a temporary folder that is renamed when complete,
 * so an interrupted first start leaves no partial cluster. Returns whether a cluster was created.
 */
export async function initialiseCluster(
  binaries: PostgresBinaries,
  account: Account | undefined,
  home: string,
  superuserPassword: string,
  options: { sync: boolean },
): Promise<boolean> {
  const data = join(home, 'data')
  if (await checkExistingCluster(data, binaries)) return false
  const draft = join(home, `data-draft-${randomBytes(4).toString('hex')}`)
  const passwordFile = join(home, `password-${randomBytes(8).toString('hex')}`)
  try {
    await makeDataFolder(account, draft)
    await writeFile(passwordFile, `${superuserPassword}\n`, { mode: 0o600, flag: 'wx' })
    if (account !== undefined) await chown(passwordFile, account.uid, account.gid)
    const args = [
      `--pgdata=${draft}`,
      '--username=postgres',
      `--pwfile=${passwordFile}`,
      // Only on the loopback interface in clear text: Neon's WebSocket driver sends the password with its first packet.
      '--auth=password',
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      ...(options.sync ? [] : ['--no-sync']),
    ]
    await run(binaries.initdb, args, { ...account, cwd: '/', env: { ...process.env, LC_ALL: 'C' } })
    await rename(draft, data)
  } catch (cause) {
    await rm(draft, { recursive: true, force: true })
    throw explainInitFailure(cause, home)
  } finally {
    await rm(passwordFile, { force: true })
  }
  return true
}

/** Creates the two roles and the database if missing; sets the roles' passwords to the recorded ones. */
export async function ensureRolesAndDatabase(port: number, passwords: ClusterPasswords): Promise<void> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user: 'postgres',
    password: passwords.superuser,
    database: 'postgres',
  })
  await client.connect().catch((cause: unknown) => {
    if (errorCode(cause) !== '28P01') throw cause
    throw new OperatorError(
      'The password of the embedded database is lost (.authly/postgres.json does not fit its data).',
      'Move the .authly folder away to begin with an empty database.',
      { cause },
    )
  })
  try {
    const ensureRole = async (name: string, password: string, options = '') => {
      const role = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [name])
      const verb = role.rowCount === 0 ? 'CREATE' : 'ALTER'
      await client.query(`${verb} ROLE ${name} LOGIN ${options} PASSWORD ${client.escapeLiteral(password)}`)
    }
    // CREATEDB: test files that empty tables create a database of their own.
    await ensureRole(ownerRole, passwords.owner, 'CREATEDB')
    await ensureRole(workerRole, passwords.worker)
    const database = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [databaseName])
    if (database.rowCount === 0) await client.query(`CREATE DATABASE ${databaseName} OWNER ${ownerRole}`)
  } finally {
    await client.end()
  }
}

/**
 * Makes the results of pg_stat_statements readable, to each role for its own statements; only a superuser can do this.
 */
export async function ensureStatistics(port: number, passwords: ClusterPasswords): Promise<void> {
  const client = new pg.Client({
    ...{ host: '127.0.0.1', port, user: 'postgres', password: passwords.superuser, database: databaseName },
  })
  await client.connect()
  try {
    await client.query('CREATE SCHEMA IF NOT EXISTS stats')
    await client.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements SCHEMA stats')
    await client.query(`GRANT USAGE ON SCHEMA stats TO ${ownerRole}, ${workerRole}`)
  } finally {
    await client.end()
  }
}

async function checkExistingCluster(data: string, binaries: PostgresBinaries): Promise<boolean> {
  let dataVersion: string
  try {
    dataVersion = (await readFile(join(data, 'PG_VERSION'), 'utf8')).trim()
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false
    throw error
  }
  const { stdout } = await run(binaries.postgres, ['--version'])
  const serverVersion = /(\d+)/.exec(stdout)?.[1]
  if (dataVersion === serverVersion) return true
  throw new OperatorError(
    `The database in ${data} was made by Postgres ${dataVersion}, the installed one is ${serverVersion}.`,
    'Move the .authly folder away to begin with an empty database, or dump it with the older version first.',
  )
}

function explainInitFailure(cause: unknown, home: string): unknown {
  const output = cause instanceof Error && 'stderr' in cause ? String(cause.stderr) : ''
  if (/No space left on device/i.test(output) || errorCode(cause) === 'ENOSPC') {
    return new OperatorError(
      `The disk that holds ${home} is full.`,
      'Free at least 500 MB on it, then try again.',
      {
        cause,
      },
    )
  }
  return cause
}
