/**
 * `npm run build:sdk`: compiles the packages below `sdk/js` as they are published: one `.js` and one `.d.ts` for each
 * source. Inside the repository nothing needs it: sources find each other by the export condition `authly-source`.
 */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { browserPackages, bundleSize } from './sdk/bundle-size.ts'

const root = join(import.meta.dirname, '..')
const folder = join(root, 'sdk', 'js')

interface Manifest {
  readonly name: string
  readonly dependencies?: Readonly<Record<string, string>>
}

const packages = new Map(
  readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => {
      const manifest = JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8')) as Manifest
      return [manifest.name, { folder: join(folder, name), manifest }] as const
    }),
)

const built = new Set<string>()
for (const name of packages.keys()) build(name)

/** Those it depends on first: it is compiled against their declarations, as its users will. */
function build(name: string): void {
  const found = packages.get(name)
  if (!found || built.has(name)) return
  built.add(name)
  for (const dependency of Object.keys(found.manifest.dependencies ?? {})) build(dependency)
  rmSync(join(found.folder, 'dist'), { recursive: true, force: true })
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const { status } = spawnSync(process.execPath, [compiler, '--project', found.folder], { stdio: 'inherit' })
  if (status !== 0) throw new Error(`${name} does not compile`)
}

for (const name of Object.keys(browserPackages)) {
  const { minified, gzip } = await bundleSize(name)
  console.log(`@authly-server/${name} in a browser: ${gzip} bytes (gzip), ${minified} minified`)
}
