/**
 * Gitleaks over the files of the working tree and over every commit: a secret that was removed again is still there for
 * everybody who has the repository. Findings are named by a fingerprint; a secret is never printed.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { projectRoot } from '../stack/worker-bundle.ts'
import type { Finding, Scan } from './finding.ts'
import { goProgram } from './tools.ts'

const version = 'v8.30.1'
const module = 'github.com/zricethezav/gitleaks/v8'
const config = join(projectRoot, 'security/gitleaks.toml')

interface Leak {
  readonly RuleID: string
  readonly Description: string
  readonly File: string
  readonly StartLine: number
  readonly Secret: string
  readonly Commit: string
}

/** Looks for secrets in the tree, and in the history if this is a clone. */
export function scanForSecrets(): Scan {
  const program = goProgram('gitleaks', module, version)
  const folder = mkdtempSync(join(tmpdir(), 'authly-secrets-'))
  try {
    const tree = join(folder, 'tree')
    copyTree(tree)
    const inTree = run(program, folder, ['dir', tree]).map((leak) => ({
      ...leak,
      File: relative(tree, leak.File),
    }))
    const inHistory = run(program, folder, ['git', projectRoot, '--log-opts=--full-history HEAD'])
    const findings = new Map<string, Finding>()
    for (const leak of [...inTree, ...inHistory]) {
      const finding = toFinding(leak)
      const key = `${finding.rule} ${finding.place} ${finding.match}`
      if (!findings.has(key)) findings.set(key, finding)
    }
    const found = [...findings.values()]
    return {
      rules: ['secrets/tree', 'secrets/history', ...new Set(found.map(({ rule }) => rule))],
      findings: found,
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Copies what git would commit, so that nothing ignored (a developer's own secrets) is read. */
function copyTree(to: string): void {
  const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: projectRoot,
    encoding: 'utf8',
    maxBuffer: 64 * 2 ** 20,
  })
  for (const file of files.split('\0')) {
    const from = join(projectRoot, file)
    if (file === '' || !existsSync(from) || !lstatSync(from).isFile()) continue
    mkdirSync(dirname(join(to, file)), { recursive: true })
    copyFileSync(from, join(to, file))
  }
}

function run(program: string, folder: string, command: readonly string[]): readonly Leak[] {
  const report = join(folder, 'report.json')
  rmSync(report, { force: true })
  const { status, stderr } = spawnSync(
    program,
    [
      ...command,
      ...['--config', config, '--report-format', 'json', '--report-path', report, '--no-banner'],
      // Exceptions are explained in one list, not in comments.
      ...['--ignore-gitleaks-allow', '--exit-code', '0', '--log-level', 'warn'],
    ],
    { cwd: projectRoot, encoding: 'utf8' },
  )
  if (status !== 0 || !existsSync(report)) throw new Error(`gitleaks did not finish: ${stderr}`)
  return JSON.parse(readFileSync(report, 'utf8')) as readonly Leak[]
}

const toFinding = ({ RuleID, Description, File, StartLine, Secret, Commit }: Leak): Finding => ({
  rule: `secrets/${RuleID}`,
  place: File,
  line: StartLine,
  match: createHash('sha256').update(Secret).digest('hex').slice(0, 12),
  message: `${Description}${Commit === '' ? '' : ` (in commit ${Commit.slice(0, 10)})`}`,
})
