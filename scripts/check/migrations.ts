/**
 * `npm run check -- migrations`: drizzle/ contains every change of src/db/schema.ts, and its journal is consistent.
 * Asks drizzle-kit for the next migration of a copy: a change means that `npm run db:generate` was forgotten.
 */
import { spawnSync } from 'node:child_process'
import { cp, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const drizzleKit = join(root, 'node_modules/drizzle-kit/bin.cjs')

/** SQL that the schema has and the migrations lack; undefined when they agree. Throws when drizzle-kit fails. */
export async function missingMigration(
  schema = 'src/db/schema.ts',
  migrations = 'drizzle',
): Promise<string | undefined> {
  const copy = await mkdtemp(join(tmpdir(), 'authly-migrations-'))
  try {
    await cp(join(root, migrations), copy, { recursive: true })
    const before = new Set(await readdir(copy))
    // drizzle-kit puts './' in front of the folder: an absolute path would not survive that.
    run(['generate', '--dialect', 'postgresql', '--schema', schema, '--out', relative(root, copy)])
    const added = (await readdir(copy)).filter((name) => !before.has(name))
    return added[0] === undefined ? undefined : await readFile(join(copy, added[0]), 'utf8')
  } finally {
    await rm(copy, { recursive: true, force: true })
  }
}

function run(args: readonly string[]) {
  // Without a terminal it cannot ask whether a column was renamed, and fails instead.
  const result = spawnSync(process.execPath, [drizzleKit, ...args], {
    ...{ cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 },
  })
  const output = `${result.stdout}${result.stderr}`
  if (result.status !== 0 || /\b(?:Error|ENOENT)\b/.test(result.stderr)) {
    throw new Error(`drizzle-kit ${args[0]} failed:\n${output}`)
  }
}

if (import.meta.main) {
  run(['check', '--dialect', 'postgresql', '--out', 'drizzle'])
  const missing = await missingMigration()
  if (missing !== undefined) {
    console.error(`drizzle/ lacks a change of src/db/schema.ts. Run: npm run db:generate\n\n${missing}`)
    process.exitCode = 1
  }
}
