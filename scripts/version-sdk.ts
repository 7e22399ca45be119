/**
 * `npm run version:sdk -- minor` (or `major`, `patch`, a version): gives all packages of the SDK the next version, and
 * moves the unreleased changes of their changelog below it. The commit and its tag are made by whoever runs it
 * (docs/development.md, .github/workflows/sdk-version.yml).
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { commonVersion, sdkPackages } from './sdk/release/packages.ts'
import { nextVersion, releaseChangelog } from './sdk/release/versions.ts'

const root = join(import.meta.dirname, '..')
const edit = (path: string, change: (text: string) => string) =>
  writeFileSync(join(root, path), change(readFileSync(join(root, path), 'utf8')))
const editJson = (path: string, change: (value: Json) => void) =>
  edit(path, (text) => {
    const value = JSON.parse(text) as Json
    change(value)
    return `${JSON.stringify(value, null, 2)}\n`
  })

interface Json {
  version: string
  dependencies?: Record<string, string>
  packages: Record<string, Json>
}

const packages = sdkPackages(root)
const names = new Set(packages.map(({ manifest }) => manifest.name))
const version = nextVersion(commonVersion(packages), process.argv[2] ?? '')

const setVersion = (value: Json) => {
  value.version = version
  for (const name of Object.keys(value.dependencies ?? {}))
    if (names.has(name) && value.dependencies) value.dependencies[name] = `^${version}`
}

// Before anything else is written: it may have nothing to say.
edit('sdk/js/CHANGELOG.md', (text) =>
  releaseChangelog(text, version, new Date().toISOString().slice(0, 'yyyy-mm-dd'.length)),
)
for (const { short } of packages) {
  editJson(`sdk/js/${short}/package.json`, setVersion)
  const constant = `sdk/js/${short}/src/version.ts`
  if (existsSync(join(root, constant)))
    edit(constant, (text) => text.replace(/(export const version = ').*(')/, `$1${version}$2`))
}
editJson('package-lock.json', (lock) => {
  for (const { short } of packages) {
    const entry = lock.packages[`sdk/js/${short}`]
    if (entry) setVersion(entry)
  }
})
console.log(version)
