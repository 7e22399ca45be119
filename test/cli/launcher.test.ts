/** How the program is started: `npx` in the clone, and a Node that is too old to run TypeScript. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let home: string
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'authly-launcher-'))
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

const run = (command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  spawnSync(command, args, { env: { PATH: process.env['PATH'], HOME: home, ...env }, encoding: 'utf8' })

describe('authly', () => {
  it('starts by npx in the clone, without a registry', () => {
    const env = { npm_config_cache: join(home, 'npm'), npm_config_offline: 'true' }
    const { status, stdout, stderr } = run('npx', ['authly', 'roles', '--help'], env)
    expect(status, stderr).toBe(0)
    expect(stdout).toContain('Usage: authly roles')
  }, 60_000)

  it('is handed over by an older Node to the one in node_modules, with its exit status', () => {
    // The same program, but for the version it believes to run on.
    const launcher = join('cli', 'authly.mjs')
    const pretend = join(home, 'pretend.mjs')
    writeFileSync(pretend, "Object.defineProperty(process.versions, 'node', { value: '20.20.2' })\n")
    const old = (...args: string[]) => run(process.execPath, ['--import', pretend, launcher, ...args])
    expect(old('--help').stdout).toContain('Usage: authly')
    expect(old('nothing').status).toBe(2)
  }, 60_000)

  it('keeps compiled code where nobody else can put any', () => {
    const cache = join(home, 'cache')
    expect(
      run(process.execPath, [join('cli', 'authly.mjs'), '--help'], { XDG_CACHE_HOME: cache }).status,
    ).toBe(0)
    expect(statSync(join(cache, 'authly')).mode & 0o777).toBe(0o700)
  }, 60_000)

  it('is the one bin of the package', () => {
    const { bin } = JSON.parse(readFileSync('package.json', 'utf8')) as { bin: unknown }
    expect(bin).toEqual({ authly: 'cli/authly.mjs' })
    expect(statSync('cli/authly.mjs').mode & 0o111).not.toBe(0)
  })
})
