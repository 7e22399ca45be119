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

/** Shown until the guide is there, on the first start of a clone. It asks again by itself. */
const placeholder = `<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="2">
<title>Guide · Authly</title><p>The guide is being built. It will be here in a few seconds.</p></html>
`

/** Shown when there is none after all: nobody waits for what does not come. */
const notBuilt = `<!doctype html><html lang="en"><meta charset="utf-8">
<title>Guide · Authly</title><p>The guide could not be built. The terminal of npm start says why.</p></html>
`

const guidePage = (root: string) => join(root, 'public', 'guide', 'index.html')
const shownAt = (root: string) => readFile(guidePage(root), 'utf8').catch(() => undefined)

/** Before the server lists its files. */
export async function placeGuide(root: string): Promise<void> {
  const shown = await shownAt(root)
  if ((shown !== undefined && shown !== notBuilt) || !existsSync(join(root, 'docs', '.vitepress'))) return
  await mkdir(join(root, 'public', 'guide'), { recursive: true })
  await writeFile(guidePage(root), placeholder)
}

/**
 * After a build that failed. A guide of before stays.
 * @returns whether the page is another one now
 */
export async function sayGuideIsMissing(root: string): Promise<boolean> {
  if ((await shownAt(root)) !== placeholder) return false
  await writeFile(guidePage(root), notBuilt)
  return true
}

/** Builds the guide if it is missing or outdated, beside a server that serves already: nobody waits for it. */
export async function startGuideBuild(
  root: string,
): Promise<{ build: GuardedChild /** Whether there are other pages now. */; isNew: Promise<boolean> }> {
  const stampOf = () => readFile(join(root, 'dist', 'built-guide'), 'utf8').catch(() => undefined)
  const before = await stampOf()
  const build = await spawnGuarded(process.execPath, [join(root, 'scripts', 'ensure-guide.mjs')], {
    ...{ cwd: root, stdio: ['ignore', 'ignore', 'inherit'] },
  })
  const isNew = build.exited.then(async (code) => {
    // Ctrl-C ends it too (null), and says nothing about the guide.
    if (code !== 0 && code !== null) return sayGuideIsMissing(root)
    return (await stampOf()) !== before
  })
  return { build, isNew }
}
