/**
 * Builds the documents as a site into `public/guide/` (docs/.vitepress), checks that it keeps to its policy in
 * `public/_headers`, and puts it in place whole. `ensure-guide.mjs` runs it when it is wanted and missing or outdated.
 */
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'vitepress'
import { describeFailure, OperatorError } from '../process/operator-error.ts'
import { findDeadLinks, findForbiddenParts } from './check-pages.ts'

const root = join(import.meta.dirname, '../..')
/** Not below `public/`, where wrangler may be listing files at the same time. */
const workplace = join(root, '.wrangler')
const target = join(root, 'public', 'guide')
const stamp = join(root, 'dist', 'built-guide')

/** @param madeOf what says whether the sources have changed since (ensure-guide.mjs) */
async function buildGuide(madeOf: string): Promise<void> {
  const outDir = join(workplace, `guide-${process.pid}`)
  try {
    await build(join(root, 'docs'), {
      outDir,
      // Not beside the configuration: several builds may run at once, and the date of that folder is a source's.
      onAfterConfigResolve: (config) => {
        config.tempDir = `${outDir}-compiled`
      },
    })
    // The server has its own answer to what is not there.
    rmSync(join(outDir, '404.html'))
    refuse(
      'has what its policy forbids',
      findForbiddenParts(outDir),
      'Look at docs/.vitepress/: scripts are files, styles are classes, nothing comes from elsewhere.',
    )
    refuse('has links that lead nowhere', findDeadLinks(outDir, '/guide/'), 'Mend them in docs/.')
    const old = `${outDir}-old`
    mkdirSync(join(root, 'public'), { recursive: true })
    if (existsSync(target)) renameSync(target, old)
    renameSync(outDir, target)
    rmSync(old, { recursive: true, force: true })
    mkdirSync(join(root, 'dist'), { recursive: true })
    writeFileSync(stamp, madeOf)
  } finally {
    for (const end of ['', '-compiled']) rmSync(`${outDir}${end}`, { recursive: true, force: true })
  }
}

function refuse(what: string, faults: readonly string[], remedy: string): void {
  if (faults.length > 0) throw new OperatorError(`The guide ${what}:\n  ${faults.join('\n  ')}`, remedy)
}

try {
  await buildGuide(process.argv[2] ?? '')
} catch (error) {
  process.stderr.write(describeFailure(error))
  process.exitCode = 1
}
