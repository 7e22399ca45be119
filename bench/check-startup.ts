/** `wrangler check startup`: CPU time of loading the worker's module, as Cloudflare limits it (1 s). Works offline. */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { quietWrangler, wranglerScript } from '../scripts/stack/quiet-wrangler.ts'
import { projectRoot } from '../scripts/stack/worker-bundle.ts'

/** Milliseconds of activity while the module loads, as often as asked; none when wrangler does not tell. */
export async function measureStartUpCpuMs(times = 5): Promise<number[]> {
  const folder = mkdtempSync(join(tmpdir(), 'authly-startup-'))
  try {
    const found: number[] = []
    for (let index = 0; index < times; index += 1) {
      const args = [wranglerScript, 'check', 'startup', '--outfile', join(folder, 'startup.cpuprofile')]
      const { stdout } = await promisify(execFile)(process.execPath, args, {
        ...{ cwd: projectRoot, env: quietWrangler(), maxBuffer: 16 * 1024 * 1024 },
      })
      const active = /Active: ([\d.]+) ms/.exec(stdout)?.[1]
      if (active !== undefined) found.push(Number(active))
    }
    return found
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
