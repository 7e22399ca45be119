/**
 * Where an embedded Postgres keeps its data. Normally `.authly/postgres` in the clone; when the server's account
 * cannot enter the clone (root working below a 0700 home), a folder outside it that `.authly/postgres.json` names.
 */
import { chmod, chown, mkdir, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { explainFileError, OperatorError } from '../process/operator-error.ts'
import { type Account, canEnter } from './unprivileged-account.ts'

/** A new folder that `account` can enter and only its owner can read; `lasting` ones survive a reboot. */
export async function makeReachableFolder(account: Account | undefined, lasting: boolean): Promise<string> {
  const places = lasting ? ['/var/lib', tmpdir(), '/var/tmp'] : [tmpdir(), '/tmp', '/var/tmp']
  for (const place of places) {
    if (!canEnter(account, place)) continue
    try {
      const folder = await mkdtemp(join(place, 'authly-postgres-'))
      if (account !== undefined) await chmod(folder, 0o711)
      return folder
    } catch {
      // Not writable: try the next place.
    }
  }
  throw new OperatorError(
    `None of ${places.join(', ')} can hold the database.`,
    'Set TMPDIR to a folder every account can enter, or use a Postgres of your own (DATABASE_OWNER_URL, DATABASE_URL).',
  )
}

/** Makes `folder` (0700, owned by the account) for a cluster's files. Throws OperatorError when it cannot. */
export async function makeDataFolder(account: Account | undefined, folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    if (account !== undefined) await chown(folder, account.uid, account.gid)
  } catch (error) {
    explainFileError(error, folder)
  }
}

/**
 * The folder for a persistent cluster: the recorded one while it exists, otherwise `<stateFolder>/postgres`, or a
 * place outside the clone when the account cannot enter it.
 */
export async function choosePersistentHome(
  account: Account | undefined,
  stateFolder: string,
  recorded: string | undefined,
): Promise<string> {
  if (recorded !== undefined && (await exists(recorded))) return recorded
  await makeStateFolder(account, stateFolder)
  if (!canEnter(account, stateFolder)) return makeReachableFolder(account, true)
  const home = join(stateFolder, 'postgres')
  await makeStateFolder(account, home)
  return home
}

/** Creates the state folder; others may enter it (but never list it) only where the server's account needs to. */
export async function makeStateFolder(account: Account | undefined, stateFolder: string): Promise<void> {
  try {
    await mkdir(stateFolder, { recursive: true })
    await chmod(stateFolder, account === undefined ? 0o700 : 0o711)
  } catch (error) {
    explainFileError(error, dirname(stateFolder))
  }
}

/** Removes a temporary home. */
export async function removeHome(home: string): Promise<void> {
  await rm(home, { recursive: true, force: true, maxRetries: 3 })
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
