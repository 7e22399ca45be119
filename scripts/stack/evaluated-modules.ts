/** Which modules of the bundle an isolate evaluates at start, and which are loaded on demand. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build, type Metafile } from 'esbuild'
import type { WorkerBundle } from './worker-bundle.ts'

/** The modules that `entries` need at start: themselves and their imports, except by `import()`. */
export async function evaluatedModules(
  { folder }: Pick<WorkerBundle, 'folder'>,
  entries: readonly string[],
): Promise<readonly string[]> {
  const { metafile } = await build({
    absWorkingDir: folder,
    entryPoints: entries.map((name) => `./${name}`),
    ...{ outdir: 'unused', write: false, metafile: true, bundle: true, format: 'esm', splitting: true },
    ...{ external: ['cloudflare:*', 'node:*'], loader: { '.wasm': 'copy' }, logLevel: 'error' },
  })
  const found = new Set<string>()
  for (const name of entries) visit(metafile.inputs, name, found)
  return [...found]
}

function visit(inputs: Metafile['inputs'], name: string, found: Set<string>): void {
  if (found.has(name)) return
  found.add(name)
  for (const { path, kind, external } of inputs[name]?.imports ?? []) {
    if (kind === 'import-statement' && !external) visit(inputs, path, found)
  }
}

/** Total size of the modules as transferred and stored: each gzipped separately. */
export function gzipBytes({ folder }: Pick<WorkerBundle, 'folder'>, names: readonly string[]): number {
  return names.reduce(
    (sum, name) => sum + gzipSync(readFileSync(join(folder, name)), { level: 9 }).byteLength,
    0,
  )
}
