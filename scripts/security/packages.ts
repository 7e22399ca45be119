/** Packages, as the lock file names them: their licences, that nobody can change them, and what they run. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../stack/worker-bundle.ts'
import type { Finding, Scan } from './finding.ts'
import { isAllowed } from './licences.ts'

export type LockedPackage = {
  version?: string
  resolved?: string
  integrity?: string
  license?: string
  dev?: boolean
  link?: boolean
  hasInstallScript?: boolean
}

export type Manifest = {
  dependencies?: Readonly<Record<string, string>>
  devDependencies?: Readonly<Record<string, string>>
  /** npm's list of install scripts that may, or may not, run. */
  allowScripts?: Readonly<Record<string, boolean>>
}

const rules = ['licence', 'integrity', 'origin', 'install-script', 'registry'].map(
  (rule) => `packages/${rule}`,
)

/** Checks `package-lock.json` and `package.json`. */
export function scanPackages(): Scan {
  const lock = readJson<{ packages: Record<string, LockedPackage> }>('package-lock.json')
  const manifest = readJson<Manifest>('package.json')
  const findings = [
    ...checkPackages(lock.packages, manifest, licenceInstalled),
    ...['.npmrc', 'cli/.npmrc'].filter(exists).map((file) => ({
      rule: 'packages/registry',
      place: file,
      match: readFileSync(join(projectRoot, file), 'utf8').trim(),
      message: 'settings of npm could lead to another registry, or switch checks off',
    })),
  ]
  return { rules, findings }
}

/** @param licenceOf for packages of which the lock file names none; by path, undefined if not installed */
export function checkPackages(
  packages: Readonly<Record<string, LockedPackage>>,
  manifest: Manifest,
  licenceOf: (path: string) => string | undefined,
): readonly Finding[] {
  const locked = Object.entries(packages).filter(([path, entry]) => path !== '' && !isOwn(path, entry))
  return [
    ...locked.flatMap(([path, entry]) => checkPackage(path, entry, manifest, licenceOf)),
    ...Object.entries({ ...manifest.dependencies, ...manifest.devDependencies })
      .filter(([, range]) => !/^(?:npm:[@\w./-]+@)?[~^]?\d[\w.+-]*$/.test(range))
      .map(([name, range]) => ({
        rule: 'packages/origin',
        place: name,
        match: range,
        message: 'package.json takes it from somewhere else than the registry, or at any version',
      })),
    ...Object.keys(manifest.allowScripts ?? {})
      .filter(
        (name) => !locked.some(([path, { hasInstallScript }]) => hasInstallScript && nameOf(path) === name),
      )
      .map((name) => ({
        rule: 'packages/install-script',
        place: name,
        match: 'allowScripts',
        message: 'allowScripts names a package that has no install script (any more)',
      })),
  ]
}

/** A workspace of this repository, by its folder or by the link that leads there. */
const isOwn = (path: string, { link, resolved = '' }: LockedPackage): boolean =>
  ownFolder.test(path) || (link === true && ownFolder.test(resolved))
const ownFolder = /^sdk\/(?:js\/)?[\w-]+$/

function checkPackage(
  path: string,
  entry: LockedPackage,
  { allowScripts = {} }: Manifest,
  licenceOf: (path: string) => string | undefined,
): readonly Finding[] {
  const place = nameOf(path)
  const findings: Finding[] = []
  const add = (rule: string, match: string, message: string) =>
    findings.push({ rule: `packages/${rule}`, place, match, message })

  const licence = entry.license ?? licenceOf(path)
  if (licence === undefined) add('licence', 'none', 'names no licence')
  else if (!isAllowed(licence, { dev: entry.dev === true })) {
    add('licence', licence, `its licence is not on the list (scripts/security/licences.ts)`)
  }
  if (!/^sha512-[\w+/]{86}==$/.test(entry.integrity ?? '')) {
    add('integrity', entry.integrity ?? 'none', 'has no SHA-512: whatever the registry sends is installed')
  }
  // npm leaves the address out when it is the registry that is configured.
  if (entry.resolved !== undefined || entry.link) {
    add('origin', entry.resolved ?? 'link', 'does not come from the configured registry')
  }
  if (entry.hasInstallScript && !(place in allowScripts)) {
    add(
      'install-script',
      entry.version ?? '',
      'runs a program when it is installed, and nobody decided about it',
    )
  }
  return findings
}

/** `node_modules/a/node_modules/@b/c` is `@b/c`. */
const nameOf = (path: string): string =>
  path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)

/** Older packages write `licenses`, a list. */
function licenceInstalled(path: string): string | undefined {
  if (!exists(`${path}/package.json`)) return undefined
  const { license, licenses } = readJson<{ license?: unknown; licenses?: readonly { type?: string }[] }>(
    `${path}/package.json`,
  )
  if (typeof license === 'string') return license
  return licenses?.flatMap(({ type }) => type ?? []).join(' OR ') || undefined
}

const exists = (file: string): boolean => existsSync(join(projectRoot, file))

const readJson = <T>(file: string): T => JSON.parse(readFileSync(join(projectRoot, file), 'utf8')) as T
