/** The worker's bundle with its names kept, for profiles. */
import { execFile } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { quietWrangler } from '../scripts/stack/quiet-wrangler.ts'
import { projectRoot, type WorkerBundle } from '../scripts/stack/worker-bundle.ts'

/** Bundles into `folder` without minifying; everything else is as in `minified`. */
export async function bundleReadably(folder: string, minified: WorkerBundle): Promise<WorkerBundle> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  const wrangler = join(
    dirname(createRequire(import.meta.url).resolve('wrangler/package.json')),
    ...['bin', 'wrangler.js'],
  )
  await promisify(execFile)(
    process.execPath,
    [
      wrangler,
      'deploy',
      '--dry-run',
      '--outdir',
      folder,
      '--env',
      '',
      '--config',
      join(projectRoot, 'wrangler.toml'),
    ],
    { cwd: projectRoot, env: quietWrangler() },
  )
  return { ...minified, folder }
}
