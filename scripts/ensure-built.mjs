/**
 * Builds what is made from the sources and not committed (`build.ts`) when it is missing or older than they are. npm
 * runs this after an installation and before packing, wrangler before it bundles (`[build]` in wrangler.toml), and so
 * does the command line. On whatever Node there is: built-in modules only.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { localNode } from './ensure-installed.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
/** Written last, dated when the build began: the names of the built files. */
const manifest = join(root, 'dist', 'built-files.json')
const lockFile = 'package-lock.json'
const sources = ['src', 'scripts/docs', 'scripts/ops', 'scripts/sdk', 'scripts/build.ts', lockFile]

/**
 * Ends the process with a message when it cannot build. With `mayStayOld`, older files that are there will do then:
 * half-written source code must not keep anyone from running the rest.
 */
export function ensureBuilt({ mayStayOld = false } = {}) {
  const isThere = areBuiltFilesThere()
  if (isThere && !areSourcesNewer()) return
  const { status, error } = spawnSync(nodeForTypeScript(), [join(root, 'scripts', 'build.ts')], {
    // What it prints goes to stderr: stdout belongs to the command that needs the files.
    stdio: ['ignore', 2, 2],
  })
  if (status === 0) return
  const reason = error ? `: ${error.message}` : '; the output above says why'
  if (isThere && mayStayOld) {
    process.stderr.write(
      `\nThe API documents and the command line are those of an earlier build${reason}.\n\n`,
    )
    return
  }
  fail(`The API documents cannot be built${reason}.`, 'When that is mended: npm run build')
}

function areBuiltFilesThere() {
  if (!existsSync(manifest)) return false
  const paths = JSON.parse(readFileSync(manifest, 'utf8'))
  return paths.filter(isPublished).every((path) => existsSync(join(root, path)))
}

/** The server is published without the SDK, whose packages are their own. */
const isPublished = (path) => !path.startsWith('sdk/') || existsSync(join(root, 'sdk'))

/** As `make` sees it; a folder is newer when something in it was removed. */
function areSourcesNewer() {
  // npm leaves it out of a package, which was built when it was packed; its dates say nothing.
  if (!existsSync(join(root, lockFile))) return false
  const builtAt = statSync(manifest).mtimeMs
  const isNewer = (path) => existsSync(path) && statSync(path).mtimeMs >= builtAt
  return sources.some((name) => {
    const path = join(root, name)
    if (isNewer(path)) return true
    if (!existsSync(path) || !statSync(path).isDirectory()) return false
    return readdirSync(path, { recursive: true }).some((entry) => isNewer(join(path, entry)))
  })
}

/** The scripts are TypeScript, which Node runs by itself from version 24 on. */
function nodeForTypeScript() {
  if (existsSync(localNode)) return localNode
  if (Number.parseInt(process.versions.node, 10) >= 24) return process.execPath
  fail('The API documents cannot be built: the packages are not installed.', 'Install them: npm ci')
}

function fail(message, remedy) {
  process.stderr.write(`\n${message}\n  ${remedy}\n\n`)
  process.exit(1)
}

if (realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  // `wrangler dev` bundles again at every change, and the documents can wait: `npm start` has looked at them.
  const isDevelopment = process.env.WRANGLER_COMMAND === 'dev'
  if (!isDevelopment || !areBuiltFilesThere())
    ensureBuilt({ mayStayOld: process.argv.includes('--may-stay-old') })
}
