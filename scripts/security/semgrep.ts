/**
 * Semgrep with rules of our own (security/rules/), which say what this code promises. Each rule is tested first: its
 * bad examples must fire, its good ones must not. Nothing is sent or fetched.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { projectRoot } from '../stack/worker-bundle.ts'
import type { Finding, Scan } from './finding.ts'
import { pythonProgram } from './tools.ts'

const version = '1.185.0'
const rulesFolder = join(projectRoot, 'security/rules')
const scanned = ['src', 'cli', 'scripts', 'public/_headers', '.github/workflows']

interface Report {
  readonly results: readonly {
    readonly check_id: string
    readonly path: string
    readonly start: { readonly line: number }
    readonly end: { readonly line: number }
    readonly extra: { readonly message: string }
  }[]
  readonly errors: readonly { readonly message?: string; readonly type?: unknown; readonly path?: string }[]
}

/** Tests the rules, then applies them. */
export function scanWithSemgrep(): Scan {
  const program = pythonProgram('semgrep', `semgrep==${version}`)
  const home = mkdtempSync(join(tmpdir(), 'authly-semgrep-'))
  try {
    const ids = readdirSync(rulesFolder)
      .filter((file) => file.endsWith('.yaml') && !file.endsWith('.test.yaml'))
      .flatMap((file) => idsOf(readFileSync(join(rulesFolder, file), 'utf8')))
    const findings = [...testRules(program, home, ids), ...applyRules(program, home)]
    return {
      rules: ['semgrep/examples', 'semgrep/unread-source', ...ids.map((id) => `semgrep/${id}`)],
      findings,
    }
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

const idsOf = (text: string): readonly string[] =>
  [...text.matchAll(/^ {2}- id: (\S+)$/gm)].map(([, id]) => id as string)

function run(program: string, home: string, options: readonly string[]) {
  return spawnSync(program, options, {
    cwd: projectRoot,
    encoding: 'utf8',
    maxBuffer: 64 * 2 ** 20,
    env: {
      ...process.env,
      SEMGREP_SEND_METRICS: 'off',
      SEMGREP_ENABLE_VERSION_CHECK: '0',
      SEMGREP_SETTINGS_FILE: join(home, 'settings.yml'),
      SEMGREP_LOG_FILE: join(home, 'semgrep.log'),
    },
  })
}

/** A finding for each example that does not do what its comment says, and for each rule without a bad and a good one. */
function testRules(program: string, home: string, ids: readonly string[]): readonly Finding[] {
  const examples = readdirSync(rulesFolder)
    .filter((file) => !/^[^.]+[.]yaml$/.test(file))
    .map((file) => readFileSync(join(rulesFolder, file), 'utf8'))
    .join('\n')
  const without = ids.flatMap((id) =>
    [`ruleid: ${id}`, `ok: ${id}`]
      .filter((comment) => !examples.split('\n').some((line) => line.trim().endsWith(comment)))
      .map((comment) => failure(id, `no example says "${comment}"`)),
  )
  const { status, stdout, stderr } = run(program, home, ['scan', '--test', rulesFolder])
  return status === 0 ? without : [...without, failure('examples', `${stdout}\n${stderr}`)]
}

const failure = (match: string, message: string): Finding => ({
  rule: 'semgrep/examples',
  place: relative(projectRoot, rulesFolder),
  match,
  message,
})

function applyRules(program: string, home: string): readonly Finding[] {
  const { stdout, stderr } = run(program, home, [
    ...['scan', '--json', '--metrics', 'off', '--disable-version-check', '--config', rulesFolder],
    // Exceptions are explained in one list, not in comments; every file counts, however large.
    ...['--disable-nosem', '--max-target-bytes', '0', '--no-git-ignore', '--exclude', 'node_modules'],
    ...scanned,
  ])
  if (!stdout.startsWith('{')) throw new Error(`semgrep did not finish: ${stderr}`)
  const { results, errors } = JSON.parse(stdout) as Report
  return [
    ...results.map(({ check_id, path, start, end, extra }) => ({
      rule: `semgrep/${check_id.slice(check_id.lastIndexOf('.') + 1)}`,
      place: path,
      line: start.line,
      match: sourceOf(path, start.line, end.line),
      message: extra.message,
    })),
    // A file that could not be parsed was not checked.
    ...errors.map(({ message = '', path = '' }) => ({
      rule: 'semgrep/unread-source',
      place: path,
      // Without the line, which moves.
      match: message.replaceAll(/:\d+/g, '').replaceAll(/\s+/g, ' ').slice(0, maxShown),
      message,
    })),
  ]
}

const maxShown = 100

/** The lines of a finding as one; what is cut off is in a hash, so that a change in it is a new finding. */
function sourceOf(path: string, first: number, last: number): string {
  const lines = readFileSync(join(projectRoot, path), 'utf8').split('\n')
  const text = lines
    .slice(first - 1, last)
    .map((line) => line.trim())
    .join(' ')
  if (text.length <= maxShown) return text
  return `${text.slice(0, maxShown)}… ${createHash('sha256').update(text).digest('hex').slice(0, 8)}`
}
