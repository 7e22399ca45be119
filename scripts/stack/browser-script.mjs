/**
 * `import text from './main.ts?script'`: the text of a script for browsers, bundled from typed sources. For esbuild,
 * which builds the worker, and for vite, which runs its tests.
 */
import { dirname, resolve } from 'node:path'
import { build } from 'esbuild'

const query = '?script'

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
    source.endsWith(query) && importer !== undefined ? resolve(dirname(importer), source) : undefined,
  load: async (id) =>
    id.endsWith(query)
      ? `export default ${JSON.stringify(await bundleScript(id.slice(0, -query.length)))}`
      : undefined,
})
