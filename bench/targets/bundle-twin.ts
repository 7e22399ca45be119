/** Bundles a bare twin; it is then served the way Authly itself is. */
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { RawProcessOptions } from '../raw-process.ts'

export interface Twin {
  /** File name in bench/twins, without its extension. */
  readonly name: string
  readonly port: number
  readonly durableObjects: readonly { readonly binding: string; readonly className: string }[]
  readonly vars?: Readonly<Record<string, string>>
}

/** Bundles `twin` into its folder below `parent`, with no objects left from earlier runs. */
export async function bundleTwin(
  parent: string,
  twin: Twin,
  compatibilityDate: string,
  minify = true,
): Promise<RawProcessOptions> {
  const folder = join(parent, twin.name)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  await build({
    entryPoints: [fileURLToPath(new URL(`../twins/${twin.name}.ts`, import.meta.url))],
    ...{ outfile: join(folder, 'worker.js'), bundle: true, format: 'esm', target: 'es2024', minify },
    external: ['cloudflare:*'],
  })
  return {
    bundle: {
      ...{ folder, main: 'worker.js', modules: [], compatibilityDate, compatibilityFlags: [] },
      durableObjects: [...twin.durableObjects],
    },
    ...{ vars: twin.vars ?? {}, objectsFolder: join(folder, 'objects'), port: twin.port },
  }
}
