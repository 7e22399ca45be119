/** What the lock file must not hold: packages of another place, without a hash, with another licence, that run something. */
import { describe, expect, test } from 'vitest'
import { isAllowed } from '../../../scripts/security/licences.ts'
import {
  checkPackages,
  type LockedPackage,
  type Manifest,
  scanPackages,
} from '../../../scripts/security/packages.ts'

const integrity = `sha512-${'A'.repeat(86)}==`
const good: LockedPackage = { version: '1.0.0', integrity, license: 'MIT' }
const noLicence = () => undefined

const rulesOf = (
  entry: LockedPackage,
  manifest: Manifest = {},
  licenceOf: () => string | undefined = noLicence,
) => checkPackages({ '': {}, 'node_modules/a': entry }, manifest, licenceOf).map(({ rule }) => rule)

describe('the lock file', () => {
  test('may hold a package with a hash and a known licence', () => {
    expect(rulesOf(good)).toEqual([])
  })

  test.each<[rule: string, entry: LockedPackage]>([
    ['packages/integrity', { version: '1.0.0', license: 'MIT' }],
    ['packages/integrity', { ...good, integrity: 'sha1-2jmj7l5rSw0yVb/vlWAYkK/YBwk=' }],
    ['packages/origin', { ...good, resolved: 'https://packages.example/a/-/a-1.0.0.tgz' }],
    ['packages/origin', { ...good, resolved: 'git+ssh://git@code.example/a.git#0123' }],
    ['packages/origin', { ...good, link: true }],
    ['packages/licence', { version: '1.0.0', integrity }],
    ['packages/licence', { ...good, license: 'GPL-3.0-only' }],
    ['packages/licence', { ...good, license: 'MPL-2.0' }],
    ['packages/install-script', { ...good, hasInstallScript: true }],
  ])('is refused by %s for %j', (rule, entry) => {
    expect(rulesOf(entry)).toEqual([rule])
  })

  test('may link to the packages of this repository, and to no other folder', () => {
    const linked = (resolved: string, path = resolved) =>
      checkPackages({ 'node_modules/@own/a': { resolved, link: true }, [path]: {} }, {}, noLicence)
    expect(linked('sdk/js/core')).toEqual([])
    expect(linked('sdk/demo')).toEqual([])
    expect(linked('../elsewhere')).not.toEqual([])
    expect(linked('sdk/js/../../elsewhere')).not.toEqual([])
  })

  test('may hold more licences in development, and scripts that somebody decided about', () => {
    expect(rulesOf({ ...good, license: 'MPL-2.0', dev: true })).toEqual([])
    expect(rulesOf({ ...good, hasInstallScript: true }, { allowScripts: { a: false } })).toEqual([])
  })

  test('takes the licence from the package when it names none itself', () => {
    expect(rulesOf({ version: '1.0.0', integrity }, {}, () => 'ISC')).toEqual([])
    expect(rulesOf({ version: '1.0.0', integrity }, {}, () => 'SSPL-1.0')).toEqual(['packages/licence'])
  })

  test('finds a decision about a script that is not there', () => {
    expect(rulesOf(good, { allowScripts: { a: true } })).toEqual(['packages/install-script'])
  })

  test.each([
    'github:someone/a',
    'git+https://code.example/a',
    'file:../a',
    '*',
    'latest',
    '>=1',
    'https://a.example/a.tgz',
  ])('is not made from %s in package.json', (range) => {
    expect(rulesOf(good, { dependencies: { a: range } })).toEqual(['packages/origin'])
  })

  test.each(['1.2.3', '^1.2.3', '~1.2.3', '18.4.0-beta.17', 'npm:typescript@^6.0.3'])(
    'may be made from %s in package.json',
    (range) => {
      expect(rulesOf(good, { devDependencies: { a: range } })).toEqual([])
    },
  )

  test('of this repository gives every package a hash, and takes all from the configured registry', () => {
    const { findings } = scanPackages()
    expect(findings.filter(({ rule }) => !/licence|install-script/.test(rule))).toEqual([])
  })
})

describe('licence expressions (SPDX)', () => {
  test.each([
    ['MIT', true],
    ['MIT OR GPL-3.0-only', true],
    ['GPL-3.0-only OR MIT', true],
    ['MIT AND GPL-3.0-only', false],
    ['(MIT OR GPL-3.0-only) AND ISC', true],
    ['(MIT AND GPL-3.0-only) OR SSPL-1.0', false],
    ['MIT AND', false],
    ['(MIT', false],
    ['MIT ISC', false],
    ['SEE LICENSE IN LICENSE', false],
    ['', false],
  ])('%s is allowed: %s', (expression, expected) => {
    expect(isAllowed(expression, { dev: false })).toBe(expected)
  })
})
