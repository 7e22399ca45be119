/** Real clients that npm cannot install. CI must have them; elsewhere their tests say that they did not run. */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'

/**
 * Whether everything is there.
 * @param programs paths of files, or names that are looked for in PATH
 * @throws Error in CI, where a missing program must not look like a passed test
 */
export function isInstalled(what: string, ...programs: readonly string[]): boolean {
  const missing = programs.filter((program) => !isThere(program))
  return missing.length === 0 || notInstalled(what, missing.join(', '))
}

/** Python with what makes a virtual environment, which Debian packages separately. */
export function isPythonInstalled(what: string): boolean {
  const { status } = spawnSync('python3', ['-c', 'import ensurepip, venv'], { stdio: 'ignore' })
  return status === 0 || notInstalled(what, 'python3, python3-venv')
}

function isThere(program: string): boolean {
  if (isAbsolute(program)) return existsSync(program)
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  return folders.some((folder) => existsSync(join(folder, program)))
}

function notInstalled(what: string, missing: string): false {
  const message = `${what} is not installed (${missing}): its conformance tests do not run`
  if (process.env['CI']) throw new Error(message)
  console.warn(message)
  return false
}
