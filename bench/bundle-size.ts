/** Size of what is uploaded: Cloudflare's limit (3 MB free, 10 MB paid) is on the gzipped bundle. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { WorkerBundle } from '../scripts/stack/worker-bundle.ts'

export interface BundleSize {
  readonly bytes: number
  readonly gzipBytes: number
}

/** All modules of the bundle. */
export function measureBundle({ folder, main, wasmModules }: WorkerBundle): BundleSize {
  const modules = [main, ...wasmModules].map((name) => readFileSync(join(folder, name)))
  return {
    bytes: modules.reduce((sum, module) => sum + module.byteLength, 0),
    gzipBytes: modules.reduce((sum, module) => sum + gzipSync(module, { level: 9 }).byteLength, 0),
  }
}
