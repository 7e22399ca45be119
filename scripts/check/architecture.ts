/**
 * `npm run check -- architecture`: the import rules of `.dependency-cruiser.cjs`, no cycles between folders, and
 * permission checks in SQL in one folder only. Takes another folder to check (tests pass one that breaks a rule).
 */
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findFolderCycles } from './folder-cycles.ts'
import { findRightsOutsideAccess } from './rights-in-sql.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const toolFolder = join(root, 'node_modules/dependency-cruiser/bin')

interface Cruise {
  readonly modules: readonly {
    readonly source: string
    readonly dependencies: readonly { readonly resolved: string }[]
  }[]
}

/** Checks the source folders below `folder`; `ok` when no rule is broken. */
export function checkArchitecture(folder = root): { ok: boolean; output: string } {
  const sources = ['src', 'cli', 'scripts', 'sdk', 'test', 'bench', 'load'].filter((name) =>
    existsSync(join(folder, name)),
  )
  const config = join(root, '.dependency-cruiser.cjs')
  const cruise = run('dependency-cruise.mjs', folder, [
    '--config',
    config,
    '--output-type',
    'json',
    ...sources,
  ])
  if (!cruise.stdout.startsWith('{')) return { ok: false, output: `${cruise.stdout}${cruise.stderr}` }
  const report = run('depcruise-fmt.mjs', folder, ['--output-type', 'err-long', '-e', '-'], cruise.stdout)
  const faults = [
    ...findFolderCycles(importsOf(JSON.parse(cruise.stdout) as Cruise)),
    ...findRightsOutsideAccess(folder),
  ]
  return {
    ok: report.status === 0 && faults.length === 0,
    output: [`${report.stdout}${report.stderr}`, ...faults].join('\n'),
  }
}

function run(tool: string, cwd: string, options: readonly string[], input?: string) {
  const typescript6 = join(root, 'scripts/check/typescript-6.mjs')
  return spawnSync(process.execPath, ['--import', typescript6, join(toolFolder, tool), ...options], {
    ...{ cwd, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' }, maxBuffer: 256 * 2 ** 20 },
    ...(input === undefined ? {} : { input }),
  })
}

const importsOf = ({ modules }: Cruise) =>
  modules.flatMap(({ source, dependencies }) =>
    dependencies.map(({ resolved }) => ({ from: source, to: resolved })),
  )

if (import.meta.main) {
  const { ok, output } = checkArchitecture(process.argv[2])
  process.stdout.write(output)
  process.exitCode = ok ? 0 : 1
}
