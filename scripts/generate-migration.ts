/**
 * `npm run db:generate`: asks drizzle-kit for the migration of a change of src/db/schema.ts. It compares only with the
 * last snapshot, so older ones are not kept.
 */
import { spawnSync } from 'node:child_process'
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const drizzleKit = join(root, 'node_modules/drizzle-kit/bin.cjs')
const { status } = spawnSync(process.execPath, [drizzleKit, 'generate', ...process.argv.slice(2)], {
  ...{ cwd: root, stdio: 'inherit' },
})
const meta = join(root, 'drizzle/meta')
const snapshots = readdirSync(meta).filter((file) => file.endsWith('_snapshot.json'))
for (const file of snapshots.sort().slice(0, -1)) rmSync(join(meta, file))
process.exitCode = status ?? 1
