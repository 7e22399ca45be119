import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import type { SdkPackage } from './packages.ts'

export interface EntrySize {
  /** `@authly-server/server/hono`. */
  readonly entry: string
  readonly minifiedBytes: number
  readonly gzipBytes: number
}

/** What each entry adds to an application, with what it depends on and without its peers. */
export async function entrySizes(packages: readonly SdkPackage[]): Promise<readonly EntrySize[]> {
  return Promise.all(
    packages.flatMap(({ folder, manifest }) =>
      Object.entries(manifest.exports).map(async ([path, conditions]) => {
        const { outputFiles } = await build({
          entryPoints: [join(folder, conditions['authly-source'] ?? '')],
          ...{ bundle: true, minify: true, write: false, format: 'esm', target: 'es2022' },
          ...{
            platform: 'neutral',
            mainFields: ['module', 'main'],
            conditions: ['authly-source', 'browser', 'import'],
          },
          external: [
            ...Object.keys(manifest.peerDependencies ?? {}).flatMap((name) => [name, `${name}/*`]),
            'node:*',
          ],
          logLevel: 'silent',
        })
        const code = outputFiles[0]?.contents ?? new Uint8Array()
        return {
          entry: manifest.name + path.slice(1),
          minifiedBytes: code.byteLength,
          gzipBytes: gzipSync(code, { level: 9 }).byteLength,
        }
      }),
    ),
  )
}

export function sizeTable(sizes: readonly EntrySize[]): string {
  const kilobytes = (bytes: number) => `${(bytes / 1024).toFixed(1)} KB`.padStart(9)
  const width = Math.max(...sizes.map(({ entry }) => entry.length))
  const rows = sizes.map(
    ({ entry, minifiedBytes, gzipBytes }) =>
      `${entry.padEnd(width)} ${kilobytes(minifiedBytes)} ${kilobytes(gzipBytes)}`,
  )
  return [`${''.padEnd(width)}  minified   gzipped`, ...rows].join('\n')
}
