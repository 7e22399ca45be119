/** Sizes, gzipped. Cloudflare's limit (3 MB free, 10 MB paid) is on everything that is uploaded. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { evaluatedModules, gzipBytes } from '../scripts/stack/evaluated-modules.ts'
import type { WorkerBundle } from '../scripts/stack/worker-bundle.ts'

export interface BundleSize {
  readonly bytes: number
  readonly gzipBytes: number
  /** Evaluated before an isolate answers anything. */
  readonly startGzipBytes: number
  /** The same with what a first token loads when memory and replica know nothing and Postgres is asked. */
  readonly firstTokenGzipBytes: number
}

export async function measureBundle(bundle: WorkerBundle): Promise<BundleSize> {
  const all = [bundle.main, ...bundle.modules]
  const stores = all.filter((name) => name.startsWith('stores-'))
  return {
    bytes: all.reduce((sum, name) => sum + readFileSync(join(bundle.folder, name)).byteLength, 0),
    gzipBytes: gzipBytes(bundle, all),
    startGzipBytes: gzipBytes(bundle, await evaluatedModules(bundle, [bundle.main])),
    firstTokenGzipBytes: gzipBytes(bundle, await evaluatedModules(bundle, [bundle.main, ...stores])),
  }
}
