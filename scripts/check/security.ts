/**
 * `npm run test:security`: scans the source (semgrep, rules of our own), the tree and history (gitleaks), the packages
 * and the hosted pages (wapiti). A finding that `security/explained.json` does not explain fails, and so does an
 * explanation of something that is not there any more. `-- semgrep secrets` runs only those. Needs Python 3.10 or newer
 * with venv, Go and openssl; the programs are kept in `dist/tools`.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  checkExplanations,
  compareWithList,
  type Explanation,
  type Finding,
  type Scan,
} from '../security/finding.ts'
import { scanHostedPages } from '../security/hosted-pages.ts'
import { scanPackages } from '../security/packages.ts'
import { scanForSecrets } from '../security/secrets.ts'
import { scanWithSemgrep } from '../security/semgrep.ts'
import { projectRoot } from '../stack/worker-bundle.ts'
import { writeTotals } from '../test-report.ts'

const scanners: Readonly<Record<string, () => Scan | Promise<Scan>>> = {
  packages: scanPackages,
  semgrep: scanWithSemgrep,
  secrets: scanForSecrets,
  wapiti: scanHostedPages,
}

const wanted = process.argv.slice(2)
const names = wanted.length > 0 ? wanted : Object.keys(scanners)
const unknown = names.filter((name) => !(name in scanners))
if (unknown.length > 0)
  throw new Error(`no such scanner: ${unknown.join(', ')}; there are ${Object.keys(scanners).join(', ')}`)

const list = join(projectRoot, 'security/explained.json')
const explanations = JSON.parse(readFileSync(list, 'utf8')) as readonly Explanation[]
const faults = [...checkExplanations(explanations)]
let passed = 0
let failed = 0
for (const name of names) {
  const startedAt = performance.now()
  const { rules, findings } = await (scanners[name] as () => Scan | Promise<Scan>)()
  const { unexplained, stale } = compareWithList(findings, explanations, name)
  faults.push(...stale)
  for (const finding of unexplained) console.error(describe(finding))
  const broken = new Set(unexplained.map(({ rule }) => rule))
  failed += broken.size
  passed += rules.filter((rule) => !broken.has(rule)).length
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  console.log(`${name}: ${findings.length} findings, ${unexplained.length} not explained (${seconds} s)`)
}
for (const fault of faults) console.error(`✗ ${fault}`)
failed += faults.length
// The pages are a heavy suite of their own (`heavy-suites.ts`).
writeTotals(names.join() === 'wapiti' ? 'hosted-pages' : 'security', passed, failed)
console.log(`\nSecurity: ${passed} passed, ${failed} failed`)
if (failed > 0) process.exitCode = 1

function describe({ rule, place, line, match, message }: Finding): string {
  return `✗ ${rule}\n  ${place}${line === undefined ? '' : `:${line}`}\n  ${match}\n  ${message}\n`
}
