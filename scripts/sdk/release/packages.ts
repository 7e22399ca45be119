/** The packages of the TypeScript SDK, below the folder `sdk/js` of a checkout. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Manifest {
  readonly name: string
  readonly version: string
  readonly files: readonly string[]
  readonly exports: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

export interface SdkPackage {
  /** Of its folder: `browser`. */
  readonly short: string
  readonly folder: string
  readonly manifest: Manifest
}

/** Those that others depend on first. @param root of the checkout */
export function sdkPackages(root: string): readonly SdkPackage[] {
  const folder = join(root, 'sdk', 'js')
  const all = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, 'package.json')))
    .map(({ name }): SdkPackage => {
      const manifest = JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8')) as Manifest
      return { short: name, folder: join(folder, name), manifest }
    })
  const ordered = new Set<SdkPackage>()
  const add = (each: SdkPackage) => {
    for (const dependency of Object.keys(each.manifest.dependencies ?? {})) {
      const found = all.find(({ manifest }) => manifest.name === dependency)
      if (found && !ordered.has(found)) add(found)
    }
    ordered.add(each)
  }
  for (const each of all) add(each)
  return [...ordered]
}

/** They are released together: one version for all. @throws Error */
export function commonVersion(packages: readonly SdkPackage[]): string {
  const [version, ...others] = [...new Set(packages.map(({ manifest }) => manifest.version))]
  if (version === undefined || others.length > 0)
    throw new Error(`the packages have several versions: ${[version, ...others].join(', ')}`)
  for (const { manifest } of packages)
    for (const [name, range] of Object.entries(manifest.dependencies ?? {}))
      if (packages.some((each) => each.manifest.name === name) && range !== `^${version}`)
        throw new Error(`${manifest.name} depends on ${name} ${range}, not ^${version}`)
  return version
}
