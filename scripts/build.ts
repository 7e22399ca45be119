/**
 * `npm run build`: generates what is not committed: the API documents and collections, Swagger UI and ReDoc below
 * `public/`, the catalogue of the command line, what the SDK knows of webhooks and of the admin API, and the files for
 * Grafana and Prometheus below `ops/`. `ensure-built.mjs` runs it when needed. Several may run at once: each file is
 * written completely or not at all.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { apiFiles, loadDocument } from './docs/api-files.ts'
import { vendorFiles } from './docs/vendor-files.ts'
import { opsFiles } from './ops/ops-files.ts'

const root = join(import.meta.dirname, '..')
/** Not below `public/`, where wrangler may be listing files at the same time. */
const workplace = join(root, '.wrangler', `build-${process.pid}`)
const manifest = 'dist/built-files.json'

// Taken before any source is read: a file that changes from now on is newer than the manifest.
const startedAt = new Date()
const { AUTHLY_RUNBOOKS_URL: runbooks } = process.env
const files = {
  ...vendorFiles(),
  ...apiFiles(await loadDocument()),
  ...opsFiles(runbooks ? { runbooks } : {}),
}
mkdirSync(workplace, { recursive: true })
try {
  for (const [path, text] of Object.entries(files)) if (readOrNothing(path) !== text) write(path, text)
  write(manifest, JSON.stringify(Object.keys(files)))
} finally {
  rmSync(workplace, { recursive: true, force: true })
}

function readOrNothing(path: string): string | undefined {
  try {
    return readFileSync(join(root, path), 'utf8')
  } catch {
    return undefined
  }
}

function write(path: string, text: string): void {
  const draft = join(workplace, 'draft')
  writeFileSync(draft, text)
  utimesSync(draft, startedAt, startedAt)
  mkdirSync(dirname(join(root, path)), { recursive: true })
  renameSync(draft, join(root, path))
}
