/**
 * Files that contain secrets: readable only by their owner, and replaced atomically, so that no reader sees half of
 * one.
 */
import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { errorCode, explainFileError } from './operator-error.ts'

/**
 * Writes `text` to `path` with mode 0600, creating the folder if missing. Throws OperatorError (no permission, disk
 * full).
 */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  try {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(draft, text, { mode: 0o600, flag: 'wx' })
    await rename(draft, path)
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined)
    explainFileError(error, path)
  }
}

/** The parsed JSON at `path`, or undefined if there is no such file or it is not JSON. */
export async function readJsonFile(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || error instanceof SyntaxError) return undefined
    return explainFileError(error, path)
  }
}
