/**
 * `npm run test:schemathesis`: Schemathesis, an independent reader of the OpenAPI document, sends every route what the
 * document allows and what it forbids, and checks every answer. Any finding fails the run. One operation counts as one
 * test. Needs Python 3.10 or newer with venv; Schemathesis itself is installed into a temporary folder.
 */
import { execFileSync, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startStack } from '../stack/start-stack.ts'
import { projectRoot } from '../stack/worker-bundle.ts'
import { writeTotals } from '../test-report.ts'
import { tokenOfServiceAccount } from './service-account.ts'

/** Pinned: another version has other findings, and CI must not change by itself. */
const version = '4.32.5'
/** Two processes in parallel: its own threads break Python's parser (CPython 3.11). */
const busy = '^/admin/(?:users|audit|scopes)'
const halves = [
  ['--include-path-regex', busy],
  ['--exclude-path-regex', busy],
] as const
const many = { capacity: 1_000_000, per_seconds: 60 }
const vars = {
  AUTHLY_RATE_LIMITS: JSON.stringify({
    ...{ 'login-ip': many, 'token-client': many, 'token-ip-unauthenticated': many, 'authorize-ip': many },
    ...{ 'password-user': many, 'admin-actor': many, 'admin-ip-unauthenticated': many },
  }),
}

const folder = mkdtempSync(join(tmpdir(), 'authly-schemathesis-'))
const stack = await startStack({ vars })
try {
  const program = install()
  const token = await tokenOfServiceAccount(stack, 'schemathesis')
  const counts = await Promise.all(halves.map((half, index) => run(program, token, half, index)))
  const passed = counts.reduce((sum, count) => sum + count.passed, 0)
  const failed = counts.reduce((sum, count) => sum + count.failed, 0)
  writeTotals('schemathesis', passed, failed)
  console.log(`\nSchemathesis ${version}: ${passed} operations passed, ${failed} failed`)
  if (failed > 0) process.exitCode = 1
} finally {
  await stack.stop()
  rmSync(folder, { recursive: true, force: true })
}

/** @returns path of the program */
function install(): string {
  const venv = join(folder, 'venv')
  execFileSync('python3', ['-m', 'venv', venv], { stdio: 'inherit' })
  const pip = join(venv, 'bin/pip')
  execFileSync(pip, ['install', '--quiet', '--disable-pip-version-check', `schemathesis==${version}`], {
    stdio: 'inherit',
  })
  return join(venv, 'bin/schemathesis')
}

/** Runs one half and shows its output when it has finished. */
function run(
  program: string,
  token: string,
  half: readonly string[],
  index: number,
): Promise<{ passed: number; failed: number }> {
  const junit = join(folder, `junit-${index}.xml`)
  // A folder of its own, because Schemathesis leaves caches in the current folder.
  const cwd = join(folder, `run-${index}`)
  mkdirSync(cwd)
  const args = [
    ...['--config-file', join(projectRoot, 'scripts/check/schemathesis.toml'), 'run'],
    ...[join(projectRoot, 'public/openapi.json'), '--url', stack.issuer, ...half],
    ...['--report', 'junit', '--report-junit-path', junit],
    ...process.argv.slice(2),
  ]
  return new Promise((resolve) => {
    const hooks = join(projectRoot, 'scripts/check/schemathesis_hooks.py')
    const env = {
      ...process.env,
      AUTHLY_TOKEN: token,
      SCHEMATHESIS_HOOKS: hooks,
      PYTHONDONTWRITEBYTECODE: '1',
    }
    const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], env })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk))
    const finish = (code: number) => {
      console.log(output)
      resolve(readCounts(junit, code))
    }
    child.on('error', () => finish(1))
    child.on('close', (code) => finish(code ?? 1))
  })
}

/** One operation is one test case. A run that fails without a finding counts as one failure. */
function readCounts(junit: string, code: number): { passed: number; failed: number } {
  let text = ''
  try {
    text = readFileSync(junit, 'utf8')
  } catch {
    return { passed: 0, failed: 1 }
  }
  const cases = text.split('<testcase ').slice(1)
  const failed = cases.filter((one) => /<(?:failure|error)\b/.test(one)).length
  return { passed: cases.length - failed, failed: code === 0 ? failed : Math.max(failed, 1) }
}
