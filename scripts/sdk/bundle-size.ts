/** What a package of the SDK adds to an application: bundled and minified as an application does, and compressed. */
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

const folder = join(import.meta.dirname, '..', '..', 'sdk', 'js')

/** Packages that run in browsers, with the most bytes that they may have (gzip). */
export const browserPackages: Readonly<Record<string, number>> = {
  browser: 12 * 1024,
  react: 14 * 1024,
}

/** Bytes, with everything below it in this repository and nothing else. */
export async function bundleSize(
  name: string,
): Promise<{ readonly minified: number; readonly gzip: number }> {
  const { outputFiles } = await build({
    entryPoints: [join(folder, name, 'src', 'index.ts')],
    ...{ bundle: true, minify: true, format: 'esm', target: 'es2022', write: false, logLevel: 'error' },
    conditions: ['authly-source'],
    external: ['react', 'react/jsx-runtime'],
  })
  const contents = outputFiles[0]?.contents ?? new Uint8Array()
  return { minified: contents.length, gzip: gzipSync(contents, { level: 9 }).length }
}
