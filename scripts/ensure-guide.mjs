/**
 * Builds the guide (`scripts/guide/build-guide.ts`) when it is missing or its sources have changed. It takes ten seconds, so
 * only what publishes it waits for it: wrangler before a deployment (`[build]` in wrangler.toml). `npm start` has it built
 * beside the running server. On whatever Node there is: built-in modules only.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { localNode } from './ensure-installed.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
/** What the last build was made of. */
const stamp = join(root, 'dist', 'built-guide')
const sources = [
  ...[
    'docs',
    'SECURITY.md',
    'scripts/guide',
    'scripts/docs/quickstart.ts',
    'src/branding',
    'src/pages/icon.ts',
    'package-lock.json',
  ],
]

// `wrangler dev` asks at every change; AUTHLY_GUIDE=leave is for who deploys nothing (quiet-wrangler.ts).
const isWanted = process.env.WRANGLER_COMMAND !== 'dev' && process.env.AUTHLY_GUIDE !== 'leave'

if (isWanted && existsSync(join(root, 'docs', '.vitepress'))) {
  const made = fingerprint()
  const isBuilt = existsSync(stamp) && existsSync(join(root, 'public', 'guide', 'index.html'))
  if (!isBuilt || readFileSync(stamp, 'utf8') !== made) build(made)
}

/** By content: the build itself changes the dates of folders. */
function fingerprint() {
  const hash = createHash('sha256')
  for (const source of sources) {
    for (const path of filesOf(source)) hash.update(`${path}\0`).update(readFileSync(join(root, path)))
  }
  return hash.digest('hex')
}

function filesOf(source) {
  if (!existsSync(join(root, source))) return []
  if (!statSync(join(root, source)).isDirectory()) return [source]
  return readdirSync(join(root, source), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.includes('.timestamp-'))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort()
}

function build(made) {
  const node = existsSync(localNode) ? localNode : process.execPath
  const script = join(root, 'scripts', 'guide', 'build-guide.ts')
  const { status, stdout, stderr } = spawnSync(node, [script, made], { stdio: ['ignore', 'pipe', 'pipe'] })
  if (status === 0) return
  process.stderr.write(Buffer.concat([stdout, stderr]))
  process.stderr.write('\nThe guide cannot be built; the output above says why.\n\n')
  process.exit(1)
}
