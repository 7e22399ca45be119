/** How the worker is bundled, wherever that is done. On whatever Node there is. */
import { browserScripts } from './browser-script.mjs'

/** Zod carries its messages in fifty languages, and no bundler can tell that English alone is used. */
const englishMessages = {
  name: 'english-messages',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index[.]js$/ }, () => ({
      contents: "export { default as en } from './en.js'",
    }))
  },
}

/**
 * Options of esbuild, all but what is built from where to where.
 * @param options.readable with names and lines kept, for profiles
 */
export const workerOptions = ({ readable = false } = {}) => ({
  ...{ bundle: true, splitting: true, format: 'esm', target: 'es2024' },
  ...{ chunkNames: '[name]-[hash]', assetNames: '[name]-[hash]' },
  // With names kept (`keepNames`), every closure a request creates pays for a property definition: a fifth of a
  // cheap request.
  ...{ minify: !readable, sourcemap: readable ? false : 'linked', sourcesContent: false },
  // As wrangler bundles. Wasm is imported as a module; nothing is compiled at run time.
  ...{ conditions: ['workerd', 'worker', 'browser'], mainFields: ['browser', 'module', 'main'] },
  ...{ external: ['cloudflare:*', 'node:*'], loader: { '.wasm': 'copy' } },
  define: { 'process.env.NODE_ENV': '"production"' },
  ...{ plugins: [englishMessages, browserScripts], logLevel: 'warning' },
})
