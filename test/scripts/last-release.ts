/** The release before this tree, bundled as it was: for proofs that it works on the database of today. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { bundleWorker, projectRoot, type WorkerBundle } from '../../scripts/stack/worker-bundle.ts'

const git = (...args: string[]) =>
  execFileSync('git', args, { cwd: projectRoot, stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 2 ** 30 })

/**
 * The last tag `v*` before this commit, or that of this commit when it is the first. Undefined where there is none,
 * or no history to find it in.
 */
export function findLastRelease(): string | undefined {
  for (const commit of ['HEAD^', 'HEAD']) {
    try {
      return git('describe', '--tags', '--abbrev=0', '--match', 'v*', commit).toString().trim()
    } catch {
      // No git, no such commit or no tag.
    }
  }
  return undefined
}

/** Takes the sources of `tag` into the empty `folder` and bundles its worker as a deployment of it would. */
export async function bundleRelease(tag: string, folder: string): Promise<WorkerBundle> {
  const source = join(folder, 'source')
  mkdirSync(source)
  execFileSync('tar', ['-x', '-C', source], { input: git('archive', '--format=tar', tag) })
  const lockOf = (root: string) => readFileSync(join(root, 'package-lock.json'), 'utf8')
  if (lockOf(source) === lockOf(projectRoot)) {
    // Entry by entry: a tool that writes beside the packages writes there, and not here.
    mkdirSync(join(source, 'node_modules'))
    for (const entry of readdirSync(join(projectRoot, 'node_modules'))) {
      symlinkSync(join(projectRoot, 'node_modules', entry), join(source, 'node_modules', entry))
    }
  } else {
    execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--silent'], { cwd: source, stdio: 'inherit' })
  }
  return bundleWorker(folder, join(source, 'wrangler.toml'))
}
