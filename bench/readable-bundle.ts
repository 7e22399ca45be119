/** The worker's bundle with its names kept, for profiles. */
import { execFile } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { quietWrangler, wranglerScript } from '../scripts/stack/quiet-wrangler.ts'
import { projectRoot, type WorkerBundle } from '../scripts/stack/worker-bundle.ts'

/** Bundles into `folder` without minifying; everything else is as in `minified`. */
export async function bundleReadably(folder: string, minified: WorkerBundle): Promise<WorkerBundle> {
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  await promisify(execFile)(
    process.execPath,
    [
      wranglerScript,
      'deploy',
      '--dry-run',
      '--outdir',
      folder,
      '--minify=false',
      '--env',
      '',
      '--config',
      join(projectRoot, 'wrangler.toml'),
    ],
    { cwd: projectRoot, env: quietWrangler() },
  )
  return { ...minified, folder }
}
