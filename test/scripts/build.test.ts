/** Files that are built and not committed: the same bytes anywhere, made again when a source is newer. */
import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  cpSync,
  existsSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { apiFiles, loadDocument } from '../../scripts/docs/api-files.ts'
import { vendorFiles } from '../../scripts/docs/vendor-files.ts'
import { opsFiles } from '../../scripts/ops/ops-files.ts'
import { makeClone } from './clone.ts'

let clone: ReturnType<typeof makeClone>
beforeAll(() => {
  clone = makeClone()
})
afterAll(() => clone?.remove())

const at = (path: string) => join(clone.folder, path)
const manifest = 'dist/built-files.json'
const names = (): string[] => JSON.parse(readFileSync(at(manifest), 'utf8'))

/** @returns what it printed, and its exit status */
function ensureBuilt(args: readonly string[] = [], env: NodeJS.ProcessEnv = {}) {
  const options = { cwd: clone.folder, env: { ...process.env, ...env }, encoding: 'utf8' } as const
  try {
    execFileSync(process.execPath, ['scripts/ensure-built.mjs', ...args], { ...options, stdio: 'pipe' })
    return { status: 0, output: '' }
  } catch (error) {
    const { status, stderr } = error as { status: number; stderr: string }
    return { status, output: stderr }
  }
}

/** Dates the last build before everything, or after. */
const dateBuild = (seconds: number) => utimesSync(at(manifest), seconds, seconds)
const isFresh = () => statSync(at(manifest)).mtimeMs > 1_000_000_000_000

test('are the same byte for byte in another folder, language and time zone', async () => {
  expect(
    ensureBuilt([], { TZ: 'Pacific/Kiritimati', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' }).status,
  ).toBe(0)
  const files = { ...vendorFiles(), ...apiFiles(await loadDocument()), ...opsFiles() }
  expect(names()).toEqual(Object.keys(files))
  for (const [path, text] of Object.entries(files)) {
    // Not compared by `toBe`, which would print megabytes.
    expect(readFileSync(at(path), 'utf8') === text, path).toBe(true)
  }
})

test('are none that git would commit', () => {
  const ignored = execFileSync('git', ['check-ignore', ...names(), manifest], { encoding: 'utf8' })
  expect(ignored.trim().split('\n').sort()).toEqual([...names(), manifest].sort())
})

describe('a build', () => {
  test('is left alone while no source is newer', () => {
    const before = statSync(at(manifest)).mtimeMs
    ensureBuilt()
    expect(statSync(at(manifest)).mtimeMs).toBe(before)
  })

  test('is made again when a source is newer, or was removed', () => {
    dateBuild(1)
    ensureBuilt()
    expect(isFresh()).toBe(true)
    writeFileSync(at('src/new.ts'), '')
    ensureBuilt()
    const before = statSync(at(manifest)).mtimeMs
    rmSync(at('src/new.ts'))
    ensureBuilt()
    expect(statSync(at(manifest)).mtimeMs).toBeGreaterThan(before)
  })

  test('is made again when one of its files is gone, also under `wrangler dev`, which otherwise leaves it', () => {
    dateBuild(1)
    ensureBuilt([], { WRANGLER_COMMAND: 'dev' })
    expect(isFresh()).toBe(false)
    rmSync(at('public/openapi.json'))
    ensureBuilt([], { WRANGLER_COMMAND: 'dev' })
    expect(existsSync(at('public/openapi.json'))).toBe(true)
    expect(isFresh()).toBe(true)
  })

  test('in a package, which npm makes without package-lock.json, is left alone', () => {
    rmSync(at('package-lock.json'))
    dateBuild(1)
    ensureBuilt()
    expect(isFresh()).toBe(false)
    cpSync('package-lock.json', at('package-lock.json'))
    ensureBuilt()
    expect(isFresh()).toBe(true)
  })

  test('that fails stops a deployment, while development and the command line go on with the last one', () => {
    appendFileSync(at('src/token-routes.ts'), '\nsyntax error')
    const deployed = ensureBuilt([], { WRANGLER_COMMAND: 'deploy' })
    expect(deployed.status).toBe(1)
    expect(deployed.output).toContain('cannot be built')
    expect(ensureBuilt(['--may-stay-old']).status).toBe(0)
    rmSync(at('cli/operations.json'))
    expect(ensureBuilt(['--may-stay-old']).status).toBe(1)
  })
})
