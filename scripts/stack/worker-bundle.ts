/** Bundles the worker exactly as a deployment would (`wrangler deploy --dry-run`) and reads its bindings. */
import { execFile } from 'node:child_process'
import { mkdtemp, readdir } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { unstable_readConfig } from 'wrangler'
import { quietWrangler, wranglerScript } from './quiet-wrangler.ts'

const run = promisify(execFile)

export const projectRoot = fileURLToPath(new URL('../..', import.meta.url))

export type WorkerBundle = {
  folder: string
  /** File name of the main module. */
  main: string
  /** File names of the other modules: JavaScript loaded on demand, WebAssembly. */
  modules: string[]
  compatibilityDate: string
  compatibilityFlags: string[]
  durableObjects: { binding: string; className: string }[]
}

/**
 * Bundles into a new folder below `parent`.
 * @param configPath a wrangler.toml; by default the project's own
 */
export async function bundleWorker(
  parent: string,
  configPath = join(projectRoot, 'wrangler.toml'),
): Promise<WorkerBundle> {
  const folder = await mkdtemp(join(resolve(parent), 'bundle-'))
  const args = [
    wranglerScript,
    'deploy',
    '--dry-run',
    '--outdir',
    folder,
    '--config',
    configPath,
    '--env',
    '',
  ]
  await run(process.execPath, args, {
    cwd: dirname(configPath),
    env: quietWrangler(),
    maxBuffer: 16 * 1024 * 1024,
  })
  const config = unstable_readConfig({ config: configPath, env: '' }, { hideWarnings: true })
  const main = basename(config.main ?? '')
  const files = await readdir(folder)
  if (!files.includes(main)) throw new Error(`the bundle in ${folder} has no main module`)
  return {
    folder,
    main,
    modules: files.filter((name) => /[.](?:js|wasm)$/.test(name) && name !== main),
    compatibilityDate: config.compatibility_date ?? '',
    compatibilityFlags: config.compatibility_flags,
    durableObjects: config.durable_objects.bindings.map((binding: { name: string; class_name: string }) => ({
      binding: binding.name,
      className: binding.class_name,
    })),
  }
}
