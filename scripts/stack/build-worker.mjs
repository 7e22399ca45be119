/**
 * Builds the worker into `dist/worker/`: `worker.js` is what an isolate evaluates at start, every `import()` becomes a
 * module of its own that is loaded when it is asked for (docs/decisions/0040). Wrangler cannot split, so it runs this
 * (`[build]` in wrangler.toml) and uploads what it finds, on whatever Node there is. Several may run at once: each file
 * appears whole or not at all.
 *
 * `node scripts/stack/build-worker.mjs [--readable] [folder]`: with names and lines kept, for profiles.
 */
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { workerOptions } from './worker-options.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const readable = process.argv.includes('--readable')
const [folder = join(root, 'dist', 'worker')] = process.argv.slice(2).filter((arg) => !arg.startsWith('--'))

mkdirSync(folder, { recursive: true })
mkdirSync(join(root, 'dist'), { recursive: true })
const workplace = mkdtempSync(join(root, 'dist', 'building-'))
try {
  await build({
    absWorkingDir: root,
    entryPoints: ['src/worker.ts'],
    outdir: workplace,
    ...workerOptions({ readable }),
  })
  const made = readdirSync(workplace)
  for (const name of made) renameSync(join(workplace, name), join(folder, name))
  // What an older build left would be uploaded, too.
  for (const name of readdirSync(folder)) {
    if (!made.includes(name)) rmSync(join(folder, name), { recursive: true, force: true })
  }
} finally {
  rmSync(workplace, { recursive: true, force: true })
}
