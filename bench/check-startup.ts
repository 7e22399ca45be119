/** `wrangler check startup`: CPU time of loading the worker's module, as Cloudflare limits it (1 s). Works offline. */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { quietWrangler } from '../scripts/stack/quiet-wrangler.ts'
import { projectRoot } from '../scripts/stack/worker-bundle.ts'
import { median } from './median.ts'

/** Milliseconds of activity while the module loads, median of `times`; undefined when wrangler does not tell. */
export async function measureStartUpCpuMs(times = 3): Promise<number | undefined> {
  const wrangler = join(
    dirname(createRequire(import.meta.url).resolve('wrangler/package.json')),
    'bin',
    'wrangler.js',
  )
  const folder = mkdtempSync(join(tmpdir(), 'authly-startup-'))
  try {
    const found: number[] = []
    for (let index = 0; index < times; index += 1) {
      const args = [wrangler, 'check', 'startup', '--outfile', join(folder, 'startup.cpuprofile')]
      const { stdout } = await promisify(execFile)(process.execPath, args, {
        ...{ cwd: projectRoot, env: quietWrangler(), maxBuffer: 16 * 1024 * 1024 },
      })
      const active = /Active: ([\d.]+) ms/.exec(stdout)?.[1]
      if (active !== undefined) found.push(Number(active))
    }
    return found.length === 0 ? undefined : median(found)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
