/** The packages as they are published, made in a copy: nothing in the checkout changes. */
import { execFileSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, sep } from 'node:path'
import { compileSdk } from './compile.ts'
import { type SdkPackage, sdkPackages } from './packages.ts'

const root = join(import.meta.dirname, '..', '..', '..')

export interface PackedPackage {
  readonly name: string
  readonly version: string
  /** The tarball. */
  readonly path: string
  /** In it, without the `package/` before each. */
  readonly files: readonly string[]
}

/**
 * @param folder where the tarballs go
 * @param repository `owner/name` at GitHub, which provenance compares with where it was built
 */
export function packSdk(folder: string, repository?: string): readonly PackedPackage[] {
  const stage = mkdtempSync(join(tmpdir(), 'authly-sdk-'))
  try {
    for (const each of sdkPackages(root)) copyPackage(each, stage, repository)
    cpSync(join(root, 'sdk', 'js', 'tsconfig.base.json'), join(stage, 'sdk', 'js', 'tsconfig.base.json'))
    linkModules(stage)
    compileSdk(stage)
    return sdkPackages(stage).map((each) => pack(each, folder))
  } finally {
    rmSync(stage, { recursive: true, force: true })
  }
}

function copyPackage({ short, folder, manifest }: SdkPackage, stage: string, repository?: string): void {
  const target = join(stage, 'sdk', 'js', short)
  const isOurs = (path: string) => !['dist', 'node_modules'].some((name) => path.includes(join(folder, name)))
  cpSync(folder, target, { recursive: true, filter: isOurs })
  cpSync(join(root, 'LICENSE'), join(target, 'LICENSE'))
  cpSync(join(root, 'sdk', 'js', 'CHANGELOG.md'), join(target, 'CHANGELOG.md'))
  const directory = `sdk/js/${short}`
  const origin = { type: 'git', url: `git+https://github.com/${repository}.git`, directory }
  const whole = {
    ...{ ...manifest, files: [...manifest.files, 'CHANGELOG.md'] },
    ...(repository === undefined ? {} : { repository: origin }),
  }
  writeFileSync(join(target, 'package.json'), `${JSON.stringify(whole, null, 2)}\n`)
}

/** Those of the checkout, except that the packages find each other in the copy. */
function linkModules(stage: string): void {
  const scope = '@authly-server'
  const modules = join(stage, 'node_modules')
  mkdirSync(join(modules, scope), { recursive: true })
  for (const name of readdirSync(join(root, 'node_modules')))
    if (name !== scope) symlinkSync(join(root, 'node_modules', name), join(modules, name))
  for (const { folder, manifest } of sdkPackages(stage))
    symlinkSync(folder, join(modules, ...manifest.name.split('/')))
}

function pack({ folder, manifest }: SdkPackage, target: string): PackedPackage {
  mkdirSync(target, { recursive: true })
  const output = execFileSync(
    'npm',
    ['pack', '--json', '--ignore-scripts', '--pack-destination', realpathSync(target)],
    { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const [packed] = readPacked(output)
  if (!packed) throw new Error(`npm packed nothing of ${manifest.name}`)
  const path = join(target, packed.filename.split(sep).at(-1) ?? '')
  if (!existsSync(path)) throw new Error(`npm wrote no ${path}`)
  return {
    ...{ name: manifest.name, version: manifest.version, path },
    files: packed.files.map((file) => file.path),
  }
}

interface NpmPacked {
  readonly filename: string
  readonly files: readonly { readonly path: string }[]
}

/** A list, or an object by name: npm has printed both. */
function readPacked(output: string): readonly NpmPacked[] {
  const value = JSON.parse(output) as readonly NpmPacked[] | Readonly<Record<string, NpmPacked>>
  return Array.isArray(value) ? value : Object.values(value)
}

/** The names of the sources of a package, which its tarball must hold compiled. */
export const sourcesOf = ({ folder }: SdkPackage): readonly string[] =>
  readdirSync(join(folder, 'src'), { recursive: true, encoding: 'utf8' }).filter((path) =>
    /\.tsx?$/.test(path),
  )

export const packagesOfCheckout = (): readonly SdkPackage[] => sdkPackages(root)

export const changelogOfCheckout = (): string => readFileSync(join(root, 'sdk', 'js', 'CHANGELOG.md'), 'utf8')
