/**
 * A real Postgres from npm, for development and tests: no installation, no container. Data persists in
 * `.authly/postgres` or lives in a temporary folder; crash recovery is Postgres' own.
 */
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { findFreePort, isPortFree } from '../process/free-port.ts'
import { type GuardedChild, spawnGuarded } from '../process/guarded-child.ts'
import { OperatorError } from '../process/operator-error.ts'
import { readJsonFile, writePrivateFile } from '../process/private-file.ts'
import { type PostgresBinaries, placePostgresBinaries } from './postgres-binaries.ts'
import {
  type ClusterPasswords,
  databaseName,
  ensureRolesAndDatabase,
  ensureStatistics,
  initialiseCluster,
  makeClusterPasswords,
  makePassword,
  ownerRole,
  workerRole,
} from './postgres-cluster.ts'
import { choosePersistentHome, makeReachableFolder, removeHome } from './postgres-home.ts'
import { clearStalePostmaster } from './stale-postmaster.ts'
import { type Account, findServerAccount } from './unprivileged-account.ts'

export type EmbeddedPostgres = {
  /** Connection URLs of the worker's role and of the owner's; unchanged by stop and start. */
  readonly databaseUrl: string
  readonly ownerUrl: string
  /** Of the superuser, where the cluster is a temporary one. */
  readonly superuserUrl: string | undefined
  readonly port: number
  /** Whether this start created the cluster. */
  readonly isNew: boolean
  /** Called when the server ends without having been stopped. */
  onCrash(listener: () => void): void
  /** Stops the server: `fast` closes connections and writes a checkpoint, `immediate` is a crash. */
  stop(mode?: 'fast' | 'immediate'): Promise<void>
  /** Starts it again on the same port. */
  start(): Promise<void>
  /** Stops it for good and removes temporary data. */
  dispose(): Promise<void>
}

export type EmbeddedPostgresOptions = (
  | { ephemeral: true; port?: number }
  | { ephemeral?: false; stateFolder: string; port?: number }
) & {
  /**
   * Loads pg_stat_statements, readable in the schema `stats`: for benchmarks only, because it slows down every
   * statement.
   */
  withStatistics?: boolean
}

type ClusterRecord = { home: string; port: number; passwords: ClusterPasswords }

/** Starts Postgres, creating the cluster first if there is none. Throws OperatorError for what the operator can fix. */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const account = findServerAccount()
  const recordFile = options.ephemeral ? undefined : join(options.stateFolder, 'postgres.json')
  const record = recordFile === undefined ? undefined : parseRecord(await readJsonFile(recordFile))
  const home = options.ephemeral
    ? await makeReachableFolder(account, false)
    : await choosePersistentHome(account, options.stateFolder, record?.home)
  const passwords = record?.home === home ? record.passwords : makeClusterPasswords()
  const ephemeral = options.ephemeral === true
  const preferredPort = options.port ?? record?.port

  try {
    const binaries = await placePostgresBinaries(account, async () => home)
    await clearStalePostmaster(join(home, 'data'))
    // Recorded before initdb: otherwise a crash would leave a cluster whose password nobody knows.
    const saveRecord = async (port: number) => {
      if (recordFile === undefined) return
      await writePrivateFile(recordFile, `${JSON.stringify({ home, port, passwords }, null, 2)}\n`)
    }
    await saveRecord(preferredPort ?? 0)
    const isNew = await initialiseCluster(binaries, account, home, passwords.superuser, { sync: !ephemeral })
    const logFile = options.ephemeral ? join(home, 'postgres.log') : join(options.stateFolder, 'postgres.log')
    const withStatistics = options.withStatistics === true
    const input = { binaries, account, home, logFile, ephemeral, withStatistics }
    const server = await launch(input, preferredPort)
    await ensureRolesAndDatabase(server.port, passwords)
    if (withStatistics) await ensureStatistics(server.port, passwords)
    await saveRecord(server.port)
    const urlOf = (role: string, password: string) =>
      `postgresql://${role}:${password}@127.0.0.1:${server.port}/${databaseName}`
    const dispose = async () => {
      await server.stop('fast')
      if (ephemeral) await removeHome(home)
    }
    return {
      ...server,
      databaseUrl: urlOf(workerRole, passwords.worker),
      ownerUrl: urlOf(ownerRole, passwords.owner),
      superuserUrl: ephemeral ? urlOf('postgres', passwords.superuser) : undefined,
      isNew,
      dispose,
    }
  } catch (error) {
    if (ephemeral) await removeHome(home)
    throw error
  }
}

type LaunchInput = {
  binaries: PostgresBinaries
  account: Account | undefined
  home: string
  logFile: string
  ephemeral: boolean
  withStatistics: boolean
}

async function launch(input: LaunchInput, preferredPort: number | undefined) {
  let running: GuardedChild
  let port = preferredPort !== undefined && preferredPort > 0 ? preferredPort : await findFreePort()
  if (!(await isPortFree(port))) port = await findFreePort()
  for (let attempt = 1; ; attempt++) {
    try {
      running = await startServer(input, port)
      break
    } catch (error) {
      // Another process took the port first, or the shared memory of a killed server is not released yet.
      if (attempt >= 5 || error instanceof OperatorError) throw error
      await sleep(200 * attempt)
      if (!(await isPortFree(port))) port = await findFreePort()
    }
  }
  let wanted = true
  const listeners: (() => void)[] = []
  const watch = (child: GuardedChild) => {
    child.exited.then(() => {
      if (wanted) for (const listener of listeners) listener()
    })
  }
  watch(running)
  return {
    port,
    onCrash: (listener: () => void) => void listeners.push(listener),
    stop: async (mode: 'fast' | 'immediate' = 'fast') => {
      wanted = false
      await running.stop(mode === 'fast' ? 'SIGINT' : 'SIGQUIT')
    },
    start: async () => {
      if (wanted) return
      running = await startServer(input, port)
      wanted = true
      watch(running)
    },
  }
}

async function startServer(
  { binaries, account, home, logFile, ephemeral, withStatistics }: LaunchInput,
  port: number,
): Promise<GuardedChild> {
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    port: String(port),
    lc_messages: 'C',
    log_min_messages: 'warning',
    max_connections: '100',
    // A test's database need not survive the machine, but what it committed must survive a crash of Postgres:
    // synchronous_commit stays on.
    ...(ephemeral ? { fsync: 'off', full_page_writes: 'off' } : {}),
    ...(withStatistics ? { shared_preload_libraries: 'pg_stat_statements' } : {}),
  }
  const args = [
    '-D',
    join(home, 'data'),
    ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
  ]
  const child = await spawnGuarded(binaries.postgres, args, {
    ...account,
    cwd: '/',
    stdio: ['ignore', 'ignore', 'pipe'],
    stopSignal: 'SIGINT',
    signalTarget: 'process',
  })
  const log = createWriteStream(logFile, { flags: 'a', mode: 0o600 })
  log.on('error', () => undefined)
  await new Promise<void>((resolve, reject) => {
    let output = ''
    let ready = false
    child.process.stderr?.on('data', (chunk: Buffer) => {
      log.write(chunk)
      if (ready) return
      output += chunk.toString('utf8')
      if (output.includes('database system is ready to accept connections')) {
        ready = true
        resolve()
      }
    })
    child.exited.then((code) => {
      log.end()
      if (!ready) reject(explainStartFailure(output, code, home))
    })
  })
  return child
}

function explainStartFailure(output: string, code: number | null, home: string): Error {
  if (/No space left on device/i.test(output)) {
    return new OperatorError(
      `The disk that holds ${home} is full.`,
      'Free at least 500 MB on it, then try again.',
    )
  }
  return new Error(`Postgres did not start (exit code ${code}):\n${output.trim()}`)
}

function parseRecord(value: unknown): ClusterRecord | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { home, port, passwords } = value as Partial<ClusterRecord>
  if (typeof home !== 'string' || typeof port !== 'number') return undefined
  if (typeof passwords?.superuser !== 'string' || typeof passwords.owner !== 'string') return undefined
  const { superuser, owner, worker = makePassword() } = passwords // Older clusters lack the worker's role.
  return { home, port, passwords: { superuser, owner, worker } }
}
