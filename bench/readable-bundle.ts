/** The worker's bundle with its names kept, for profiles. */
import { execFile } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { promisify } from 'node:util'
import { projectRoot, type WorkerBundle } from '../scripts/stack/worker-bundle.ts'

/** Bundles into `folder` without minifying; everything else is as in `deployed`. */
export async function bundleReadably(folder: string, deployed: WorkerBundle): Promise<WorkerBundle> {
  const args = ['scripts/stack/build-worker.mjs', '--readable', folder]
  await promisify(execFile)(process.execPath, args, { cwd: projectRoot })
  const modules = readdirSync(folder).filter((name) => name !== deployed.main)
  return { ...deployed, folder, modules }
}
