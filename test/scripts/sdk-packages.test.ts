/** The packages of the SDK as somebody gets them from npm: what is in them, and that they work in an empty folder. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { faultsOfContents } from '../../scripts/sdk/release/check-contents.ts'
import {
  changelogOfCheckout,
  type PackedPackage,
  packagesOfCheckout,
  packSdk,
  sourcesOf,
} from '../../scripts/sdk/release/pack.ts'
import { commonVersion } from '../../scripts/sdk/release/packages.ts'
import { publishPacked } from '../../scripts/sdk/release/publish.ts'
import { changesOfVersion, nextVersion, releaseChangelog } from '../../scripts/sdk/release/versions.ts'

const root = join(import.meta.dirname, '../..')
const packages = packagesOfCheckout()
const folder = mkdtempSync(join(tmpdir(), 'authly-packages-'))
const consumer = join(folder, 'consumer')
let packed: readonly PackedPackage[]

beforeAll(() => {
  packed = packSdk(join(folder, 'tarballs'), 'example/authly')
}, 240_000)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** `@authly-server/server/hono` and what it is made of. */
const entries = packages.flatMap(({ short, manifest }) =>
  Object.entries(manifest.exports).map(([path, conditions]) => ({
    ...{ short, conditions, specifier: manifest.name + path.slice(1) },
    peers: Object.keys(manifest.peerDependencies ?? {}),
  })),
)
/** Those that run in a page; the rest is for servers and Workers. */
const forBrowsers = new Set(['core', 'browser', 'react', 'webhooks'])
/** Next.js resolves `next/headers` itself; plain Node does not. */
const isForNext = ({ specifier }: { readonly specifier: string }) => specifier.endsWith('/next')

test.each(packages)(
  '$manifest.name says what npm and its users have to know',
  ({ folder: where, manifest }) => {
    expect(manifest).toMatchObject({
      ...{ license: 'Apache-2.0', type: 'module', sideEffects: false, engines: { node: '>=20' } },
      description: expect.stringMatching(/\w/),
      publishConfig: { access: 'public', provenance: true },
    })
    expect(readFileSync(join(where, 'README.md'), 'utf8')).toContain(`# ${manifest.name}`)
  },
)

test('all have one version, and depend on each other by it', () => {
  expect(commonVersion(packages)).toMatch(/^\d+\.\d+\.\d+/)
  for (const { folder: where, manifest } of packages) {
    const constant = join(where, 'src', 'version.ts')
    if (existsSync(constant)) expect(readFileSync(constant, 'utf8')).toContain(`'${manifest.version}'`)
  }
})

describe('a tarball', () => {
  test.each(packages)(
    'of $manifest.name holds what is compiled, its sources and papers, nothing else',
    (each) => {
      const files = packed.find(({ name }) => name === each.manifest.name)?.files ?? []
      expect(faultsOfContents(files, sourcesOf(each))).toEqual([])
    },
  )

  test('with anything else in it is not published', () => {
    const good = [
      ...['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json'],
      ...['dist/a.js', 'dist/a.js.map', 'dist/a.d.ts', 'src/a.ts'],
    ]
    expect(faultsOfContents(good, ['a.ts'])).toEqual([])
    expect(faultsOfContents([...good, 'src/b.d.ts'], ['a.ts', 'b.d.ts'])).toEqual([])
    for (const extra of ['src/a.test.ts', '.env', 'dist/old.js', 'tsconfig.json', 'node_modules/x/index.js'])
      expect(faultsOfContents([...good, extra], ['a.ts'])).toEqual([`${extra} does not belong there`])
    expect(faultsOfContents(good.slice(1), ['a.ts'])).toEqual(['CHANGELOG.md is missing'])
    expect(faultsOfContents(good, ['a.ts', 'b.tsx'])).toHaveLength(4)
  })

  test('says from which repository it comes, which provenance is compared with', () => {
    const manifest = execFileSync('tar', ['-xzOf', packed[0]?.path ?? '', 'package/package.json'], {
      encoding: 'utf8',
    })
    expect(JSON.parse(manifest).repository).toEqual({
      ...{ type: 'git', url: 'git+https://github.com/example/authly.git' },
      directory: 'sdk/js/core',
    })
  })
})

describe('in an empty folder', () => {
  beforeAll(() => {
    mkdirSync(consumer)
    writeFileSync(join(consumer, 'package.json'), '{"private":true,"type":"module"}')
    // Without a registry: what they depend on comes from here too.
    const jose = execFileSync('npm', ['pack', '--json', '--pack-destination', folder], {
      ...{ cwd: join(root, 'node_modules', 'jose'), encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
    })
    const [{ filename }] = Object.values(JSON.parse(jose)) as [{ filename: string }]
    const tarballs = [...packed.map(({ path }) => path), join(folder, filename)]
    const options = ['--offline', '--ignore-scripts', '--legacy-peer-deps', '--no-audit', '--no-fund']
    execFileSync('npm', ['install', ...options, ...tarballs], { cwd: consumer, stdio: 'pipe' })
    for (const name of [
      'hono',
      'express',
      'react',
      'react-dom',
      '@types/react',
      '@types/express',
      '@types/node',
    ])
      link(name)
  }, 120_000)

  const link = (name: string) => {
    mkdirSync(join(consumer, 'node_modules', '@types'), { recursive: true })
    symlinkSync(join(root, 'node_modules', name), join(consumer, 'node_modules', name))
  }

  test('no package has a second copy of another', () => {
    const installed = readdirSync(join(consumer, 'node_modules', '@authly-server')).sort()
    expect(installed).toEqual(packages.map(({ short }) => short).sort())
    for (const name of installed)
      expect(existsSync(join(consumer, 'node_modules', '@authly-server', name, 'node_modules'))).toBe(false)
  })

  test.each(entries.filter((entry) => !isForNext(entry)))(
    '$specifier is imported by plain Node',
    ({ specifier }) => {
      const script = `const names = Object.keys(await import('${specifier}')); console.log(names.join())`
      for (const node of nodes()) {
        const output = execFileSync(node, ['--input-type=module', '-e', script], {
          cwd: consumer,
          encoding: 'utf8',
        })
        expect(output.trim(), node).not.toBe('')
      }
    },
  )

  test.each(entries)('$specifier is bundled for where it runs', async ({ specifier, short, peers }) => {
    const isForBrowsers = forBrowsers.has(short)
    const { outputFiles, warnings } = await build({
      stdin: { contents: `export * from '${specifier}'`, resolveDir: consumer },
      ...{ bundle: true, write: false, format: 'esm', minify: true, logLevel: 'silent' },
      platform: isForBrowsers ? 'browser' : 'neutral',
      mainFields: ['module', 'main'],
      conditions: isForBrowsers ? [] : ['workerd', 'worker', 'import'],
      external: [...peers, ...peers.map((peer) => `${peer}/*`)],
    })
    expect(warnings).toEqual([])
    const code = outputFiles[0]?.text ?? ''
    expect(code.length).toBeGreaterThan(200)
    // Nothing of Node, which neither a browser nor every Worker has.
    expect(code).not.toMatch(/(?:from|import\()\s*["']node:/)
  })

  test('types resolve by both ways of resolution, with every library checked', () => {
    const uses = entries.filter((entry) => !isForNext(entry))
    const lines = uses.map(({ specifier }, index) => `export * as entry${index} from '${specifier}'`)
    writeFileSync(
      join(consumer, 'index.ts'),
      [
        ...lines,
        "import { createManagement, type User, NotFound } from '@authly-server/management'",
        "const management = createManagement({ issuer: 'https://auth.example.com', token: () => '' })",
        'export async function find(id: string): Promise<User | undefined> {',
        '  try { return await management.users.get(id) } catch (error) {',
        '    if (error instanceof NotFound) return undefined',
        '    throw error',
        '  }',
        '}',
        '// @ts-expect-error the version is required',
        "void management.users.delete('id')",
        '// @ts-expect-error there is no such filter',
        'void management.users.list({ frobnicate: true })',
      ].join('\n'),
    )
    for (const [module, moduleResolution] of [
      ['nodenext', 'nodenext'],
      ['esnext', 'bundler'],
    ]) {
      const compilerOptions = {
        ...{
          module,
          moduleResolution,
          target: 'es2023',
          lib: ['es2023', 'dom', 'dom.iterable', 'dom.asynciterable'],
        },
        ...{ strict: true, exactOptionalPropertyTypes: true, noEmit: true, types: ['node'] },
        skipLibCheck: false,
      }
      writeFileSync(join(consumer, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['index.ts'] }))
      expect(compile('tsconfig.json')).toBe('')
    }
  })

  test('the examples of the management package compile', () => {
    const readme = readFileSync(join(root, 'sdk/js/management/README.md'), 'utf8')
    const examples = [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code = '']) => code)
    expect(examples.length).toBeGreaterThan(10)
    const files = examples.map((code, index) => {
      const isModule = code.includes('export default')
      const imports = code.match(/^import .*$/gm) ?? []
      const body = code.replaceAll(/^import .*$/gm, '')
      const isMade = body.includes('const management =') || isModule
      const known = [
        ...(isMade ? [] : ["import { createManagement as known } from '@authly-server/management'"]),
        ...(isMade ? [] : ['declare const management: ReturnType<typeof known>']),
        ...(/const user =/.test(body) ? [] : ['declare const user: { readonly id: string }']),
        'declare const orderId: string',
        'declare const rows: readonly { readonly username: string }[]',
        'declare const readPosition: () => Promise<number | undefined>',
        'declare const savePosition: (position: number) => void',
        'declare const process: (value: unknown) => void',
        'declare const forward: (value: unknown) => void',
        'interface Env { AUTHLY_ISSUER: string; AUTHLY_CLIENT_ID: string; AUTHLY_CLIENT_SECRET: string }',
      ]
      const name = `example-${index}.ts`
      const lines = isModule
        ? [body]
        : ['export async function example(): Promise<unknown> {', body, 'return', '}']
      writeFileSync(join(consumer, name), [...imports, ...known, ...lines].join('\n'))
      return name
    })
    const compilerOptions = {
      ...{
        module: 'nodenext',
        target: 'es2023',
        lib: ['es2023', 'dom', 'dom.iterable', 'dom.asynciterable'],
      },
      ...{ strict: true, noEmit: true, types: [], allowUnreachableCode: true },
    }
    writeFileSync(join(consumer, 'tsconfig.examples.json'), JSON.stringify({ compilerOptions, files }))
    expect(compile('tsconfig.examples.json')).toBe('')
  })

  const compile = (project: string): string => {
    const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
    try {
      execFileSync(process.execPath, [tsc, '--project', project], { cwd: consumer, encoding: 'utf8' })
      return ''
    } catch (error) {
      return String((error as { stdout: string }).stdout)
    }
  }
})

/** That of the tests, and the oldest that the packages promise, where the machine has it. */
function nodes(): readonly string[] {
  const others = (process.env['PATH'] ?? '')
    .split(':')
    .filter((path) => !path.includes('node_modules'))
    .map((path) => join(path, 'node'))
    .filter((path) => existsSync(path))
  return [process.execPath, ...others.slice(0, 1)]
}

describe('versions', () => {
  test.each([
    ['0.1.0', 'patch', '0.1.1'],
    ['0.1.0', 'minor', '0.2.0'],
    ['0.9.3', 'major', '1.0.0'],
    ['1.0.0', '1.1.0-beta.1', '1.1.0-beta.1'],
    ['1.1.0-beta.9', '1.1.0-beta.10', '1.1.0-beta.10'],
    ['1.1.0-beta.10', 'patch', '1.1.0'],
  ])('after %s, by %s: %s', (current, bump, next) => {
    expect(nextVersion(current, bump)).toBe(next)
  })

  test.each(['', 'huge', '1', '0.1', '0.1.0', '0.0.9', '0.1.0-beta.1', 'v0.2.0', '0.2.0\n'])(
    'after 0.1.0 none is %j',
    (bump) => {
      expect(() => nextVersion('0.1.0', bump)).toThrow()
    },
  )

  test('move what is new below them, and need something new', () => {
    const before = '# Changes\n\n## Unreleased\n\n- A thing\n\n## 0.1.0 (2026-01-01)\n\n- First\n'
    const after = releaseChangelog(before, '0.2.0', '2026-02-03')
    expect(after).toContain('## Unreleased\n\n## 0.2.0 (2026-02-03)\n\n- A thing\n\n## 0.1.0')
    expect(changesOfVersion(after, '0.2.0')).toBe('- A thing')
    expect(changesOfVersion(after, '0.3.0')).toBe('')
    expect(() => releaseChangelog(after, '0.3.0', '2026-02-04')).toThrow('no unreleased changes')
  })

  test('are given to all packages, the lock file and the constant at once', () => {
    const clone = join(folder, 'clone')
    for (const path of [
      'sdk/js',
      'scripts/sdk',
      'scripts/version-sdk.ts',
      'package-lock.json',
      'package.json',
    ])
      cpSync(join(root, path), join(clone, path), {
        recursive: true,
        filter: (source) => !/\/(?:node_modules|dist)$/.test(source),
      })
    const current = commonVersion(packages)
    const next = nextVersion(current, 'minor')
    const before = readFileSync(join(clone, 'package-lock.json'), 'utf8')
    writeFileSync(
      join(clone, 'sdk/js/CHANGELOG.md'),
      changelogOfCheckout().replace('## Unreleased\n', '## Unreleased\n\n- Something new\n'),
    )
    const script = join(clone, 'scripts/version-sdk.ts')
    expect(execFileSync(process.execPath, [script, 'minor'], { encoding: 'utf8' }).trim()).toBe(next)
    for (const { short, manifest } of packages) {
      const changed = JSON.parse(readFileSync(join(clone, 'sdk/js', short, 'package.json'), 'utf8'))
      expect(changed.version).toBe(next)
      for (const name of Object.keys(manifest.dependencies ?? {}).filter((each) =>
        each.startsWith('@authly-server/'),
      ))
        expect(changed.dependencies[name]).toBe(`^${next}`)
    }
    expect(readFileSync(join(clone, 'sdk/js/management/src/version.ts'), 'utf8')).toContain(`'${next}'`)
    // Nothing but their lines, as npm would have written it.
    const lock = readFileSync(join(clone, 'package-lock.json'), 'utf8')
    expect(lock.split('\n').length).toBe(before.split('\n').length)
    const changed = lock.split('\n').filter((line, index) => line !== before.split('\n')[index])
    expect(changed.length).toBeGreaterThan(packages.length)
    for (const line of changed) expect(line).toMatch(new RegExp(`": "\\^?${next.replaceAll('.', '[.]')}"`))
    expect(changesOfVersion(readFileSync(join(clone, 'sdk/js/CHANGELOG.md'), 'utf8'), next)).toContain(
      'Something new',
    )
  })
})

describe('publishing', () => {
  let registry: Server
  let published: Map<string, { readonly integrity: string; readonly tag: string }>
  let address: string

  beforeAll(async () => {
    published = new Map()
    registry = createServer(async (request, response) => {
      const name = decodeURIComponent(request.url ?? '').slice(1)
      if (request.method === 'PUT') {
        let body = ''
        for await (const chunk of request) body += chunk
        const { versions, _attachments, 'dist-tags': tags } = JSON.parse(body)
        const [version] = Object.keys(versions)
        const [attachment] = Object.values(_attachments) as [{ data: string }]
        const bytes = Buffer.from(attachment.data, 'base64')
        const integrity = createHash('sha512').update(bytes).digest('base64')
        published.set(`${name}@${version}`, { integrity, tag: Object.keys(tags).join() })
        response.writeHead(201, { 'content-type': 'application/json' }).end('{"ok":true}')
        return
      }
      const versions = [...published.keys()].filter((each) => each.startsWith(`${name}@`))
      const status = versions.length > 0 ? 200 : 404
      const known = versions.map((each) => each.slice(name.length + 1))
      const document = {
        ...{ name, 'dist-tags': { latest: known.at(-1) } },
        versions: Object.fromEntries(
          known.map((version) => [version, { name, version, dist: { tarball: address } }]),
        ),
      }
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(document))
    })
    await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve))
    address = `http://127.0.0.1:${(registry.address() as AddressInfo).port}`
    const userconfig = join(folder, 'npmrc')
    writeFileSync(
      userconfig,
      `registry=${address}/\n//${address.slice('http://'.length)}/:_authToken=a-token\n`,
    )
  })
  afterAll(() => new Promise((resolve) => registry.close(resolve)))

  const publish = async (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const { execFile } = await import('node:child_process')
    const { PATH, HOME } = process.env
    return new Promise<{ readonly output: string; readonly status: number }>((resolve) => {
      const child = execFile(
        process.execPath,
        [join(root, 'scripts/publish-sdk.ts'), ...args],
        {
          env: {
            PATH,
            HOME,
            npm_config_userconfig: join(folder, 'npmrc'),
            npm_config_cache: join(folder, 'cache'),
            ...env,
          },
        },
        (_, stdout, stderr) => resolve({ output: stdout + stderr, status: child.exitCode ?? 1 }),
      )
    })
  }
  const version = commonVersion(packages)

  test('is tried without a registry, and says what would happen', async () => {
    const { output, status } = await publish(['--dry-run'])
    expect(status, output).toBe(0)
    for (const { manifest } of packages)
      expect(output).toContain(`${manifest.name}@${version} would be published`)
    expect(published.size).toBe(0)
  }, 240_000)

  test('is refused under a tag that names another version', async () => {
    const env = { GITHUB_REF_TYPE: 'tag', GITHUB_REF_NAME: 'sdk-v9.9.9' }
    const { output, status } = await publish(['--dry-run'], env)
    expect(status).not.toBe(0)
    expect(output).toContain(`the tag sdk-v9.9.9 is not sdk-v${version}`)
  })

  test('sends the tarballs that were checked, byte for byte, and those that are there already never again', async () => {
    const { PATH, HOME } = process.env
    const env = {
      ...{ PATH, HOME, npm_config_userconfig: join(folder, 'npmrc') },
      npm_config_cache: join(folder, 'cache'),
    }
    const outcomes: string[] = []
    for (const each of packed) outcomes.push(await publishPacked(each, { provenance: false, env }))
    expect(outcomes).toEqual(packed.map(() => 'published'))
    for (const { name, path } of packed) {
      const integrity = createHash('sha512').update(readFileSync(path)).digest('base64')
      expect(published.get(`${name}@${version}`)).toEqual({ integrity, tag: 'latest' })
    }
    const [first] = packed
    expect(first && (await publishPacked(first, { provenance: false, env }))).toBe('there already')
  }, 120_000)
})

describe('.github/workflows', () => {
  const publishing = readFileSync(join(root, '.github/workflows/sdk-publish.yml'), 'utf8')
  const versioning = readFileSync(join(root, '.github/workflows/sdk-version.yml'), 'utf8')
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

  test('publish on a tag of the SDK alone, with provenance', () => {
    expect(publishing).toContain('tags: ["sdk-v*"]')
    expect(publishing).toContain('id-token: write')
    expect(publishing).toContain('npm run publish:sdk')
    expect(readFileSync(join(root, '.github/workflows/deploy.yml'), 'utf8')).toContain('tags: ["v*"]')
  })

  test('run scripts that there are', () => {
    for (const [, name] of `${publishing}${versioning}`.matchAll(/npm run ([\w:]+)/g))
      expect(Object.keys(scripts)).toContain(name)
  })
})
