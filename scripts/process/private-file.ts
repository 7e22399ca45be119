/** Files with secrets in them: readable by their owner only, replaced atomically so that no reader sees half. */
import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { errorCode, explainFileError } from './operator-error.ts'

/** Writes `text` to `path` with mode 0600; the folder is made when missing. Throws OperatorError (no right, disk full). */
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

/** The parsed JSON at `path`, or undefined when there is no such file or it is not JSON. */
export async function readJsonFile(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'))
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || error instanceof SyntaxError) return undefined
    return explainFileError(error, path)
  }
}
