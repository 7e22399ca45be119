import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type GuardedChild, spawnGuarded } from '../process/guarded-child.ts'
import { OperatorError } from '../process/operator-error.ts'

/** Starts building what the static assets need and is missing or outdated; the caller waits for {@link untilBuilt}. */
export const startBuild = (root: string): Promise<GuardedChild> =>
  spawnGuarded(process.execPath, [join(root, 'scripts', 'ensure-built.mjs'), '--may-stay-old'], {
    ...{ cwd: root, stdio: ['ignore', 'inherit', 'inherit'] },
  })

/** Throws OperatorError if something is missing and cannot be built. */
export async function untilBuilt({ exited }: GuardedChild): Promise<void> {
  if ((await exited) === 0) return
  throw new OperatorError('the API documents cannot be built.', 'The output above says why.')
}

/** Shown until the guide is there, on the first start of a clone. */
const placeholder = `<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="2">
<title>Guide · Authly</title><p>The guide is being built. It will be here in a few seconds.</p></html>
`

/** Before the server lists its files. */
export async function placeGuide(root: string): Promise<void> {
  const folder = join(root, 'public', 'guide')
  if (existsSync(join(folder, 'index.html')) || !existsSync(join(root, 'docs', '.vitepress'))) return
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'index.html'), placeholder)
}

/** Builds the guide if it is missing or outdated, beside a server that serves already: nobody waits for it. */
export async function startGuideBuild(
  root: string,
): Promise<{ build: GuardedChild /** Whether it was built again. */; isNew: Promise<boolean> }> {
  const stampOf = () => readFile(join(root, 'dist', 'built-guide'), 'utf8').catch(() => undefined)
  const before = await stampOf()
  const build = await spawnGuarded(process.execPath, [join(root, 'scripts', 'ensure-guide.mjs')], {
    ...{ cwd: root, stdio: ['ignore', 'ignore', 'inherit'] },
  })
  return { build, isNew: build.exited.then(async () => (await stampOf()) !== before) }
}
