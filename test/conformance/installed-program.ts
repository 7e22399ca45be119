/** Real clients that npm cannot install. CI must have them; elsewhere their tests say that they did not run. */
import { existsSync } from 'node:fs'

/**
 * Whether every path exists.
 * @throws Error in CI, where a missing program must not look like a passed test
 */
export function isInstalled(what: string, ...paths: readonly string[]): boolean {
  const missing = paths.filter((path) => !existsSync(path))
  if (missing.length === 0) return true
  const message = `${what} is not installed (${missing.join(', ')}): its conformance tests do not run`
  if (process.env['CI']) throw new Error(message)
  console.warn(message)
  return false
}
