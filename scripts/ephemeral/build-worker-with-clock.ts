/** Builds the worker with the clock of an ephemeral server. Never into `dist/`, from where a worker is deployed. */
import { mkdtemp, readdir, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'
import { unstable_readConfig } from 'wrangler'
import { projectRoot, type WorkerBundle } from '../stack/worker-bundle.ts'
import { workerOptions } from '../stack/worker-options.mjs'

/**
 * The main module: `Date` is replaced before a module of the worker is evaluated, which a bundle in one file would not
 * promise; and every class of an object is exported by its name.
 */
const mainModule = (objects: WorkerBundle['durableObjects']) => `import './moved-date.js'
import worker, { movedClass } from './worker-with-clock.js'
export default worker
${objects.map(({ className, binding }) => `export const ${className} = movedClass('${className}', '${binding}')`).join('\n')}
`

/** @param parent a folder that goes when the server does */
export async function buildWorkerWithClock(parent: string): Promise<WorkerBundle> {
  const folder = await mkdtemp(join(resolve(parent), 'clock-'))
  const entry = (name: string) => join(import.meta.dirname, 'clock', `${name}.ts`)
  await build({
    ...workerOptions(),
    absWorkingDir: projectRoot,
    entryPoints: [entry('moved-date'), entry('worker-with-clock')],
    outdir: folder,
    sourcemap: false,
  })
  const config = unstable_readConfig(
    { config: join(projectRoot, 'wrangler.toml'), env: '' },
    { hideWarnings: true },
  )
  const durableObjects = config.durable_objects.bindings.map(
    (binding: { name: string; class_name: string }) => ({
      ...{ binding: binding.name, className: binding.class_name },
    }),
  )
  const modules = await readdir(folder)
  await writeFile(join(folder, 'main.js'), mainModule(durableObjects))
  return {
    ...{ folder, main: 'main.js', modules, durableObjects },
    compatibilityDate: config.compatibility_date ?? '',
    compatibilityFlags: config.compatibility_flags,
  }
}
