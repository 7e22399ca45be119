/**
 * `import text from './main.ts?script'`: the text of a script for browsers, bundled from typed sources. For esbuild,
 * which builds the worker, and for vite, which runs its tests.
 */
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const query = '?script'
const root = fileURLToPath(new URL('../..', import.meta.url))

/**
 * @param {string} path of the entry
 * @returns {Promise<string>}
 */
export async function bundleScript(path) {
  const { outputFiles } = await build({
    entryPoints: [path],
    // What the oldest browsers with passkeys run.
    ...{ bundle: true, minify: true, format: 'esm', target: 'es2020', charset: 'utf8' },
    ...{ write: false, logLevel: 'warning' },
  })
  return outputFiles[0].text
}

/** @type {import('esbuild').Plugin} */
export const browserScripts = {
  name: 'browser-scripts',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\?script$/ }, ({ path, resolveDir }) => ({
      path: resolve(resolveDir, path.slice(0, -query.length)),
      namespace: 'browser-script',
    }))
    onLoad({ filter: /.*/, namespace: 'browser-script' }, async ({ path }) => ({
      contents: await bundleScript(path),
      loader: 'text',
      watchFiles: [path],
    }))
  },
}

/** @returns {import('vite').Plugin} */
export const browserScriptsInTests = () => ({
  name: 'browser-scripts',
  enforce: 'pre',
  resolveId: (source, importer) =>
    source.endsWith(query) ? resolve(importer === undefined ? root : dirname(importer), source) : undefined,
  load: async (id) => {
    if (!id.endsWith(query)) return undefined
    // Vite also names a file from the root of the project, as it does in URLs.
    const path = id.startsWith(root) ? id : join(root, id)
    return `export default ${JSON.stringify(await bundleScript(path.slice(0, -query.length)))}`
  },
})
