/**
 * Where tokens are kept: a folder only its owner may enter, files only its owner may read, replaced atomically so
 * that a parallel command never reads half. A file that others could read is refused, as ssh does: whoever made it
 * so may have read it already.
 */
import { randomBytes } from 'node:crypto'
import { chmod, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'
import { Failure } from '../failure.ts'
import type { Terminal } from '../terminal.ts'

/** `$XDG_CONFIG_HOME/authly`, `~/.config/authly`, or `%APPDATA%\authly`. */
export function configFolder({ env, platform }: Pick<Terminal, 'env' | 'platform'>): string {
  if (platform === 'win32') return join(env['APPDATA'] ?? join(homedir(), 'AppData', 'Roaming'), 'authly')
  const chosen = env['XDG_CONFIG_HOME'] ?? ''
  // The specification: a relative path is invalid and ignored.
  return join(isAbsolute(chosen) ? chosen : join(env['HOME'] ?? homedir(), '.config'), 'authly')
}

/** The JSON at `path`; undefined when there is none. */
export async function readPrivate(path: string): Promise<unknown> {
  try {
    await checkOwnOnly(path)
    return JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    if (isMissing(error)) return undefined
    if (error instanceof SyntaxError)
      throw new Failure('usage', `${path} is not JSON.`, {
        hint: 'Delete it and sign in again: authly login',
      })
    throw error
  }
}

/** Refuses a file with secrets that others can read. */
export async function checkOwnOnly(path: string, remedy?: string): Promise<void> {
  if (process.platform === 'win32') return
  const { mode } = await stat(path)
  if ((mode & 0o077) === 0) return
  throw new Failure('signIn', `Others can read ${path}.`, {
    hint: `If nobody did: chmod 600 ${path}. ${remedy ?? 'Otherwise: authly logout, then authly login.'}`,
  })
}

/** Writes `value` with mode 0600 in a folder with mode 0700. */
export async function writePrivate(path: string, value: unknown): Promise<void> {
  await makePrivateFolder(dirname(path))
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  try {
    const file = await open(draft, 'wx', 0o600)
    try {
      await file.writeFile(`${JSON.stringify(value, null, 2)}\n`)
      // A refresh token that rotated is worth nothing if a power cut brings the old one back.
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}

/** The folder, made or made private. */
export async function makePrivateFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  if (process.platform !== 'win32') await chmod(folder, 0o700)
}

export const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException)?.code === 'ENOENT'
