/**
 * `npm run test:heavy`: the suites that build or drive other people's programs and take minutes each. Those that pass are
 * recorded in `docs/heavy-suites.md`; `-- --if-changed` runs only those whose subject is no longer the recorded one, as
 * CI does. `-- --minutes=10` leaves those that would take longer, together, to a run by hand, and says so: CI has a limit.
 * `-- traces` runs one.
 */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { runScript } from '../process/run-script.ts'
import { projectRoot } from '../stack/worker-bundle.ts'
import { readTotals, writeTotals } from '../test-report.ts'
import { type HeavySuite, heavySuites } from './heavy-suites-list.ts'
import { describeRecord, parseRecord } from './heavy-suites-record.ts'

const recordFile = join(projectRoot, 'docs/heavy-suites.md')

const { positionals: names, values } = parseArgs({
  allowPositionals: true,
  options: {
    'if-changed': { type: 'boolean', default: false },
    minutes: { type: 'string', default: 'Infinity' },
  },
})
const endsAt = Date.now() + Number(values.minutes) * 60_000
const unknown = names.filter((name) => !heavySuites.some((suite) => suite.name === name))
if (unknown.length > 0) throw new Error(`no such suite: ${unknown.join(', ')}`)

await runScript(['scripts/ensure-built.mjs'])
const recorded = new Map(existsSync(recordFile) ? parseRecord(readFileSync(recordFile, 'utf8')) : [])
for (const suite of heavySuites) {
  if (names.length > 0 && !names.includes(suite.name)) continue
  const digest = digestOf(suite)
  if (values['if-changed'] && recorded.get(suite.name)?.digest === digest) {
    console.log(`${suite.name}: unchanged since it passed (docs/heavy-suites.md)`)
    writeTotals(suite.name, 0, 0)
    continue
  }
  if (Date.now() + suite.minutes * 60_000 > endsAt) {
    console.log(
      `${suite.name}: has changed since it passed; there is no time left for it. Run npm run test:heavy`,
    )
    writeTotals(suite.name, 0, 0)
    continue
  }
  console.log(`\n━━ ${suite.name}: ${suite.what}`)
  const isGood = await runScript(suite.command)
  const { passed, failed } = readTotals(suite.name)
  if (!isGood || failed > 0) process.exitCode = 1
  else recorded.set(suite.name, { digest, passed, date: new Date().toISOString().slice(0, 10) })
}
writeFileSync(recordFile, describeRecord(heavySuites, recorded))

/** Of all files that the suite covers, in the order of their paths. */
function digestOf({ covers }: HeavySuite): string {
  const hash = createHash('sha256')
  for (const file of covers.flatMap(filesBelow).sort()) {
    hash.update(`${file}\n`).update(readFileSync(join(projectRoot, file)))
  }
  return hash.digest('hex').slice(0, 32)
}

function filesBelow(path: string): readonly string[] {
  if (statSync(join(projectRoot, path)).isFile()) return [path]
  return readdirSync(join(projectRoot, path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.parentPath.includes('__pycache__'))
    .map((entry) => relative(projectRoot, join(entry.parentPath, entry.name)))
}
