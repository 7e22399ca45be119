/**
 * `npm run publish:sdk -- --dry-run`: packs the packages of the SDK, checks what is in them, and publishes exactly these
 * tarballs, those that others depend on first. What is there already is passed over, so that a run that broke off can
 * be repeated. In CI the tag must name the version (.github/workflows/sdk-publish.yml).
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureBuilt } from './ensure-built.mjs'
import { faultsOfContents } from './sdk/release/check-contents.ts'
import { changelogOfCheckout, packagesOfCheckout, packSdk, sourcesOf } from './sdk/release/pack.ts'
import { commonVersion } from './sdk/release/packages.ts'
import { publishPacked } from './sdk/release/publish.ts'
import { changesOfVersion } from './sdk/release/versions.ts'

const isDryRun = process.argv.includes('--dry-run')
const { GITHUB_ACTIONS, GITHUB_REF_TYPE, GITHUB_REF_NAME, GITHUB_REPOSITORY } = process.env

ensureBuilt()
const packages = packagesOfCheckout()
const version = commonVersion(packages)
// Attack: a tag that is moved publishes what nobody reviewed under a version that people have read about.
if (GITHUB_REF_TYPE === 'tag' && GITHUB_REF_NAME !== `sdk-v${version}`)
  throw new Error(`the tag ${GITHUB_REF_NAME} is not sdk-v${version}`)
if (!isDryRun && changesOfVersion(changelogOfCheckout(), version) === '')
  throw new Error(`the changelog does not say what is new in ${version}: npm run version:sdk`)

const folder = mkdtempSync(join(tmpdir(), 'authly-publish-'))
try {
  for (const each of packSdk(folder, GITHUB_REPOSITORY)) {
    const { name } = each
    const found = packages.find(({ manifest }) => manifest.name === name)
    const faults = faultsOfContents(each.files, found ? sourcesOf(found) : [])
    if (faults.length > 0) throw new Error(`${name}: ${faults.join(', ')}`)
    if (isDryRun) console.log(`${name}@${version} would be published: ${each.files.length} files`)
    else
      console.log(
        `${name}@${version} ${await publishPacked(each, { provenance: GITHUB_ACTIONS === 'true' })}`,
      )
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
