/**
 * `npm run bench`: measures Authly on raw workerd against bare twins and against oidc-provider, then administration on
 * full tables, and writes docs/performance.md. Fails only when a run is invalid; missed goals are reported, because speed is
 * not asserted.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../scripts/stack/worker-bundle.ts'
import { type AdminReport, runAdminBench } from './admin/run-admin.ts'
import { measureAuditCost } from './audit-cost.ts'
import { startBenchDatabase } from './bench-database.ts'
import { type Bench, benchFolder, makeAuthly, makeTwin, ports } from './environment.ts'
import { pickLoadGenerator } from './load/generate-load.ts'
import { measureTokens } from './measure-tokens.ts'
import { type BenchOptions, parseOptions, usage } from './options.ts'
import { profileOperations } from './profile.ts'
import { describeMachine } from './report/machine.ts'
import { renderMarkdown } from './report/markdown.ts'
import { isValid, merge, type Report } from './report/report.ts'

/** Not committed: what docs/performance.md was last written from, here. */
const reportFile = join(benchFolder, 'report.json')

async function measureAdministration({ options, database, load }: Bench): Promise<AdminReport> {
  await database.empty()
  const { seconds, rounds } = options
  return runAdminBench({
    ...{ database, load: load.run, seconds, rounds },
    ...{ folder: join(benchFolder, 'admin'), ports: ports.admin },
  })
}

async function measureAudit({ options, database }: Bench): Promise<number[]> {
  const figures = await measureAuditCost(database, options.rounds)
  console.log(`an audit event in Postgres: ${figures.map((us) => us.toFixed(1)).join(', ')} us`)
  await database.empty()
  return figures
}

async function measure(bench: Bench): Promise<Report> {
  const { options, load } = bench
  const { seconds, rounds, connections, parts, operations } = options
  const nothing: Report = {
    ...{ machine: describeMachine(load.name), schedule: { seconds, rounds, connections } },
    ...{ measurements: [], steady: [], profiles: [] },
  }
  if (options.profile) {
    const profiles = await profileOperations(await makeAuthly(bench), makeTwin(), options, load.run)
    return { ...nothing, profiles }
  }
  const auditCost = parts.includes('audit') ? await measureAudit(bench) : undefined
  const needsTokens = operations.length > 0 || parts.includes('steady') || parts.includes('start')
  const tokens = needsTokens ? await measureTokens(bench) : {}
  const admin = parts.includes('admin') ? await measureAdministration(bench) : undefined
  return { ...nothing, ...(auditCost ? { auditCost } : {}), ...tokens, ...(admin ? { admin } : {}) }
}

/** A part that was measured alone replaces that part of the published report. */
function publish(fresh: Report): void {
  const old = existsSync(reportFile) ? (JSON.parse(readFileSync(reportFile, 'utf8')) as Report) : undefined
  const report = merge(old, fresh)
  writeFileSync(join(projectRoot, 'docs', 'performance.md'), renderMarkdown(report))
  writeFileSync(reportFile, `${JSON.stringify(report, null, 2)}\n`)
}

async function bench(options: BenchOptions): Promise<boolean> {
  mkdirSync(benchFolder, { recursive: true })
  const startedAt = Date.now()
  const database = await startBenchDatabase(benchFolder, ports.database)
  try {
    const report = await measure({ options, database, load: pickLoadGenerator() })
    console.log(`\n${renderMarkdown(report)}\n${((Date.now() - startedAt) / 60_000).toFixed(1)} minutes`)
    if (!isValid(report)) {
      console.error('Nothing is published: requests failed, see above')
      return false
    }
    if (options.publish) publish(report)
    return true
  } finally {
    await database.stop()
  }
}

let options: BenchOptions
try {
  options = parseOptions(process.argv.slice(2))
} catch (error) {
  console.error(`${error instanceof Error ? error.message : error}\n\n${usage}`)
  process.exit(2)
}
process.exitCode = (await bench(options)) ? 0 : 1
