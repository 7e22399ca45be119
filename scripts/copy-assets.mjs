/**
 * Puts Swagger UI and ReDoc from their npm packages into `public/vendor/`, from where the worker's static assets
 * serve them. Wrangler runs it before it bundles (`[build]` in wrangler.toml), on whatever Node there is: built-in
 * modules only. Several may run at once: each file appears whole or not at all.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const target = join(root, 'public', 'vendor')
/** Not below `public/`, where another wrangler may be listing files just now. */
const workplace = join(root, '.wrangler', `copy-assets-${process.pid}`)
const require = createRequire(import.meta.url)
const folderOf = (name) => dirname(require.resolve(`${name}/package.json`))

/** An image that ReDoc would fetch from its maker; a page of ours asks nobody else for anything. */
const foreignImage = 'https://cdn.redoc.ly/redoc/logo-mini.svg'
const noImage = 'data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22/%3E'

const swaggerUi = folderOf('swagger-ui-dist')
const redoc = folderOf('redoc')
const withoutMap = (text) => text.replace(/^\/\/# sourceMappingURL=.*$|\/\*# sourceMappingURL=.*\*\/$/m, '')

const files = {
  'swagger-ui-bundle.js': () => withoutMap(read(swaggerUi, 'swagger-ui-bundle.js')),
  'swagger-ui.css': () => withoutMap(read(swaggerUi, 'swagger-ui.css')),
  'oauth2-redirect.js': () => read(swaggerUi, 'oauth2-redirect.js'),
  'swagger-ui.LICENSE.txt': () => `${read(swaggerUi, 'NOTICE')}\n${read(swaggerUi, 'LICENSE')}`,
  'redoc.standalone.js': () => {
    const text = withoutMap(read(redoc, 'bundles/redoc.standalone.js'))
    if (!text.includes(foreignImage))
      throw new Error('ReDoc changed: look for what it fetches from elsewhere')
    return text.replaceAll(foreignImage, noImage)
  },
  'redoc.LICENSE.txt': () =>
    `${read(redoc, 'LICENSE')}\n${read(redoc, 'bundles/redoc.standalone.js.LICENSE.txt')}`,
}

mkdirSync(target, { recursive: true })
mkdirSync(workplace, { recursive: true })
try {
  for (const [name, make] of Object.entries(files)) {
    const text = make()
    if (readOrNothing(join(target, name)) === text) continue
    writeFileSync(join(workplace, name), text)
    renameSync(join(workplace, name), join(target, name))
  }
} finally {
  rmSync(workplace, { recursive: true, force: true })
}

function read(folder, name) {
  return readFileSync(join(folder, name), 'utf8')
}

function readOrNothing(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
