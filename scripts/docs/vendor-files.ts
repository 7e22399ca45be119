/** Swagger UI and ReDoc from their npm packages, for `public/vendor/`, served as static assets. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const require = createRequire(import.meta.url)

/** An image that ReDoc would fetch from its vendor; our pages load nothing from elsewhere. */
const foreignImage = 'https://cdn.redoc.ly/redoc/logo-mini.svg'
const noImage = 'data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22/%3E'

/** @returns text by path in the project */
export function vendorFiles(): Readonly<Record<string, string>> {
  const swaggerUi = readerOf('swagger-ui-dist')
  const redoc = readerOf('redoc')
  return {
    'public/vendor/swagger-ui-bundle.js': withoutMap(swaggerUi('swagger-ui-bundle.js')),
    'public/vendor/swagger-ui.css': withoutMap(swaggerUi('swagger-ui.css')),
    'public/vendor/swagger-ui.LICENSE.txt': `${swaggerUi('NOTICE')}\n${swaggerUi('LICENSE')}`,
    'public/vendor/redoc.standalone.js': withoutForeignImage(
      withoutMap(redoc('bundles/redoc.standalone.js')),
    ),
    'public/vendor/redoc.LICENSE.txt': `${redoc('LICENSE')}\n${redoc('bundles/redoc.standalone.js.LICENSE.txt')}`,
  }
}

function readerOf(name: string) {
  const folder = dirname(require.resolve(`${name}/package.json`))
  return (path: string) => readFileSync(join(folder, path), 'utf8')
}

const withoutMap = (text: string) =>
  text.replace(/^\/\/# sourceMappingURL=.*$|\/\*# sourceMappingURL=.*\*\/$/m, '')

function withoutForeignImage(text: string): string {
  if (!text.includes(foreignImage)) throw new Error('ReDoc changed: look for what it fetches from elsewhere')
  return text.replaceAll(foreignImage, noImage)
}
