/** The rules of design: each of them must catch the file it is about, or it protects nothing. */
import { spawnSync } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkArchitecture } from '../../scripts/check/architecture.ts'
import { rightsInSql } from '../../scripts/check/rights-in-sql.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Rule, offending file, what it imports. */
const violations: readonly (readonly [rule: string, file: string, imports: string])[] = [
  ['domain-is-pure', 'src/users/uses-hono.ts', 'hono'],
  ['domain-is-pure', 'src/users/uses-drizzle.ts', 'drizzle-orm/pg-core'],
  ['domain-is-pure', 'src/users/uses-platform.ts', 'cloudflare:workers'],
  ['domain-imports-domain', 'src/users/uses-object.ts', '../sessions/user-sessions.object.ts'],
  ['domain-imports-domain', 'src/users/uses-everything.ts', '../dependencies.ts'],
  ['sdk-stands-alone', 'sdk/js/core/src/uses-server.ts', '../../../../src/users/user.ts'],
  ['server-without-sdk', 'src/users/uses-sdk.ts', '../../sdk/js/core/src/index.ts'],
  ['kit-stands-alone', 'src/kit/knows-users.ts', '../users/user.ts'],
  ['stores-and-objects-are-wired', 'src/users/users.route.ts', './users.store.ts'],
  ['adapters-stay-in-their-capability', 'src/sessions/borrows.object.ts', '../users/users.store.ts'],
  ['wrappers-are-wired', 'src/users/users.page.tsx', '../db/schema.ts'],
  ['authentication-authorizes', 'src/users/authorizes.ts', '../access/authorize-actor.ts'],
  ['routes-are-mounted-by-app', 'src/users/calls-route.ts', './other.route.ts'],
  ['routes-of-one-capability', 'src/sessions/sessions.route.ts', '../users/other.route.ts'],
  ['web-helpers-serve-the-web', 'src/users/describes-routes.ts', '../kit/describe-route.ts'],
  ['one-way-from-worker-to-app', 'src/users/knows-app.ts', '../app.ts'],
  ['wiring-is-called-at-the-edge', 'src/users/wires.ts', '../wiring.ts'],
  ['wiring-is-one-thing', 'src/cron-entry.ts', './wiring/keys.ts'],
  ['source-needs-only-source', 'src/users/uses-script.ts', '../../scripts/tool.ts'],
  ['command-line-speaks-http', 'cli/uses-store.ts', '../src/users/users.store.ts'],
  ['nothing-imports-tests', 'scripts/uses-test.ts', '../test/fake.ts'],
  ['everything-resolves', 'src/users/lost.ts', './nowhere.ts'],
]

/** Files that break nothing, and are there to be imported. */
const innocent = [
  'src/app.ts',
  'src/wiring.ts',
  'src/wiring/keys.ts',
  'src/dependencies.ts',
  'src/access/authorize-actor.ts',
  'src/db/schema.ts',
  'src/db/run-batch.ts',
  'src/kit/describe-route.ts',
  'src/users/user.ts',
  'src/users/users.store.ts',
  'src/users/other.route.ts',
  'src/sessions/user-sessions.object.ts',
  'scripts/tool.ts',
  'sdk/js/core/src/index.ts',
  'test/fake.ts',
]

describe('architecture rules (docs/architecture.md)', () => {
  let folder: string
  let output: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'authly-architecture-'))
    const write = async (file: string, text: string) => {
      await mkdir(dirname(join(folder, file)), { recursive: true })
      await writeFile(join(folder, file), text)
    }
    await write('tsconfig.json', '{"compilerOptions":{"allowImportingTsExtensions":true,"noEmit":true}}')
    for (const file of innocent) await write(file, 'export const thing = 1\n')
    for (const [, file, imports] of violations) {
      await write(file, `import type * as thing from '${imports}'\nexport type Thing = typeof thing\n`)
    }
    await write('src/admin/own-batch.store.ts', "export { thing } from '../db/run-batch.ts'\n")
    await write('src/users/asks.store.ts', "export const sql = 'select authly_covers(held, wanted)'\n")
    await write('src/access/asks.store.ts', "export const sql = 'select authly_covers(held, wanted)'\n")
    await write('src/users/chicken.ts', "import './egg.ts'\n")
    await write('src/users/egg.ts', "import './chicken.ts'\n")
    await write(
      'src/users/asks-sessions.ts',
      "import type {} from '../sessions/answers-users.ts'\nexport {}\n",
    )
    await write('src/sessions/answers-users.ts', 'export {}\n')
    await write(
      'src/sessions/asks-users.ts',
      "import type {} from '../users/answers-sessions.ts'\nexport {}\n",
    )
    await write('src/users/answers-sessions.ts', 'export {}\n')
    output = checkArchitecture(folder).output
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  test.each(violations)('%s refuses %s importing %s, even as a type', (rule, file) => {
    expect(output).toContain(`error ${rule}: ${file} → `)
  })

  test('one-door-to-postgres refuses an administrative file that makes its own batches', () => {
    expect(output).toContain('error one-door-to-postgres: src/admin/own-batch.store.ts → src/db/run-batch.ts')
  })

  test('rights-are-asked-in-access refuses SQL that asks about rights elsewhere', () => {
    expect(output).toContain('error rights-are-asked-in-access: src/users/asks.store.ts → authly_covers')
    expect(output).not.toContain('src/access/asks.store.ts')
  })

  test('rights-are-asked-in-access knows every function of the database that asks about rights', async () => {
    const files = (await readdir(join(root, 'drizzle'), { recursive: true })).filter((file) =>
      file.endsWith('.sql'),
    )
    const texts = await Promise.all(files.map((file) => readFile(join(root, 'drizzle', file), 'utf8')))
    const definitions = texts.flatMap((text) => text.split(/create (?:or replace )?function /i).slice(1))
    const asking = definitions.filter((definition) =>
      /authly_(permissions_of|lent_permissions|covers)/.test(definition),
    )
    const names = asking.map((definition) => definition.slice(0, definition.indexOf('(')))
    expect(names.length).toBeGreaterThan(5)
    for (const name of names)
      expect(
        rightsInSql.some((known) => name.startsWith(known)),
        name,
      ).toBe(true)
    for (const known of rightsInSql)
      expect(
        texts.some((text) => text.includes(known)),
        known,
      ).toBe(true)
  })

  test('no-cycles refuses two files that import each other', () => {
    expect(output).toMatch(/error no-cycles: src\/users\/(chicken|egg)\.ts/)
  })

  test('no-folder-cycles refuses two folders that import each other, though no two files do', () => {
    expect(output).toContain(
      'error no-folder-cycles: src/users/asks-sessions.ts → src/sessions/answers-users.ts',
    )
    expect(output).toContain(
      'error no-folder-cycles: src/sessions/asks-users.ts → src/users/answers-sessions.ts',
    )
  })

  test('files that keep to the rules are not blamed', () => {
    for (const file of innocent) expect(output).not.toContain(`: ${file} → `)
  })
})

test('console is used in src/kit/log.ts alone, and where the server is not', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'authly-log-'))
  for (const file of ['src/users/logs.ts', 'src/login/logs.page.tsx', 'src/kit/log.ts', 'scripts/logs.ts']) {
    await mkdir(dirname(join(folder, file)), { recursive: true })
    await writeFile(join(folder, file), "console.error('x')\n")
  }
  await copyFile(join(root, 'biome.json'), join(folder, 'biome.json'))
  const { stdout } = spawnSync(
    join(root, 'node_modules/.bin/biome'),
    ['lint', '--vcs-enabled=false', '--reporter=github'],
    { cwd: folder, encoding: 'utf8' },
  )
  const faults = [...stdout.matchAll(/lint\/suspicious\/noConsole,file=\S*?(src|scripts)(\/[^,]+)/g)]
  expect(faults.map(([, top, rest]) => `${top}${rest}`).sort()).toEqual([
    'src/login/logs.page.tsx',
    'src/users/logs.ts',
  ])
  await rm(folder, { recursive: true })
})

describe('the list of folders (docs/architecture.md)', () => {
  test('names each folder of src/ once, above every folder that imports it', async () => {
    const text = await readFile(join(root, 'docs/architecture.md'), 'utf8')
    const section = text.slice(text.indexOf('## Folders'), text.indexOf('## The dependency rule'))
    const listed = [...section.matchAll(/^\| `([\w-]+)\/`/gm)].map(([, name]) => name as string)
    const folders = (await readdir(join(root, 'src'), { withFileTypes: true })).filter((entry) =>
      entry.isDirectory(),
    )
    expect([...listed].sort()).toEqual(folders.map(({ name }) => name).sort())
    for (const [place, folder] of listed.entries()) {
      for (const imported of await foldersImportedBy(folder)) {
        expect(listed.indexOf(imported), `${folder}/ imports ${imported}/`).toBeLessThan(place)
      }
    }
  })
})

test('no two files of src/ have one name, lists (index.ts) aside: a name says what is inside', async () => {
  const entries = await readdir(join(root, 'src'), { recursive: true, withFileTypes: true })
  const names = entries.filter((entry) => entry.isFile() && entry.name !== 'index.ts').map(({ name }) => name)
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
})

/** Folders of `src/` that the files of `folder` import. */
async function foldersImportedBy(folder: string): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  for (const entry of await readdir(join(root, 'src', folder), { recursive: true, withFileTypes: true })) {
    if (!/[.]tsx?$/.test(entry.name)) continue
    const text = await readFile(join(entry.parentPath, entry.name), 'utf8')
    for (const [, specifier = ''] of text.matchAll(/(?:from|import\()\s*'([.][^']+)'/g)) {
      const [source, target] = relative(root, join(entry.parentPath, specifier)).split('/')
      if (source === 'src' && target !== folder && target && !target.includes('.')) found.add(target)
    }
  }
  return found
}
