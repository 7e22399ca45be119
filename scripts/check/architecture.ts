/**
 * `npm run check:architecture`: the import rules of `.dependency-cruiser.cjs`, over everything we wrote. Takes a
 * folder to look at instead (tests give it one that breaks a rule).
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const tool = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs')

/** Cruises the source folders below `folder`; `ok` when no rule is broken. */
export function checkArchitecture(folder = root): { ok: boolean; output: string } {
  const sources = ['src', 'cli', 'scripts', 'test', 'bench'].filter((name) => existsSync(join(folder, name)))
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      '--import',
      join(root, 'scripts/check/typescript-6.mjs'),
      tool,
      ...['--config', join(root, '.dependency-cruiser.cjs'), '--output-type', 'err-long'],
      ...sources,
    ],
    { cwd: folder, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' } },
  )
  return { ok: status === 0, output: `${stdout}${stderr}` }
}

if (import.meta.main) {
  const { ok, output } = checkArchitecture(process.argv[2])
  process.stdout.write(output)
  process.exitCode = ok ? 0 : 1
}
