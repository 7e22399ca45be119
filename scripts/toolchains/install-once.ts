/** What is downloaded or built once, and kept between runs. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Skips what an earlier run has finished.
 * @param folder made if it is missing
 * @param version everything that the result depends on; another one installs again
 */
export async function installOnce(
  folder: string,
  name: string,
  version: string,
  install: (version: string) => Promise<void>,
): Promise<void> {
  const stamp = join(folder, `${name}.installed`)
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === version) return
  mkdirSync(folder, { recursive: true })
  await install(version)
  writeFileSync(stamp, version)
}
