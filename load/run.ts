/**
 * `npm run load`: puts load on the server and writes docs/load.md. Fails on errors; missed goals are reported, because
 * speed is not asserted.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type BenchDatabase, startBenchDatabase } from '../bench/bench-database.ts'
import { describeMachine } from '../bench/report/machine.ts'
import { findFreePort } from '../scripts/process/free-port.ts'
import { takeInstanceLock } from '../scripts/process/instance-lock.ts'
import { bundleWorker, projectRoot } from '../scripts/stack/worker-bundle.ts'
import { writeTotals } from '../scripts/test-report.ts'
import { affordableConnections, fileLimit } from './file-descriptors.ts'
import { installLocust, runLocust } from './locust.ts'
import { renderMarkdown } from './markdown.ts'
import { measureStreams, type PartRun } from './measure-part.ts'
import { type LoadOptions, parseOptions, usage } from './options.ts'
import { streamsOf } from './parts.ts'
import { findingsOf, type LoadReport, merge } from './report.ts'
import { type LoadServer, startLoadServer } from './server.ts'
import { findPages, planStreams, streamTitles } from './streams.ts'

const folder = join(projectRoot, '.authly', 'load')
/** Not committed: what docs/load.md was last written from, here. */
const reportFile = join(folder, 'report.json')

async function load(options: LoadOptions): Promise<LoadReport> {
  mkdirSync(folder, { recursive: true })
  const unlock = await takeInstanceLock(folder, 'npm run load')
  try {
    const locust = options.parts.includes('locust') ? installLocust(folder) : undefined
    return await loadDatabase(options, locust)
  } finally {
    await unlock()
  }
}

async function loadDatabase(options: LoadOptions, locust: string | undefined): Promise<LoadReport> {
  const database = await startBenchDatabase(folder, await findFreePort())
  try {
    const server = await start(options, database)
    try {
      return await play(options, server, locust)
    } finally {
      await server.stop()
    }
  } finally {
    // The soak leaves gigabytes.
    await database.empty().finally(() => database.stop())
  }
}

/** The bundle is made anew: nothing stale is ever measured. */
async function start({ size }: LoadOptions, database: BenchDatabase): Promise<LoadServer> {
  const bundles = join(folder, 'bundles')
  rmSync(bundles, { recursive: true, force: true })
  mkdirSync(bundles, { recursive: true })
  return startLoadServer(await bundleWorker(bundles), database, folder, size)
}

async function play(
  { parts, size: wanted, seconds }: LoadOptions,
  server: LoadServer,
  locust: string | undefined,
): Promise<LoadReport> {
  const connections = affordableConnections(wanted.held.connections, fileLimit())
  const size = { ...wanted, held: { ...wanted.held, connections } }
  const stream = planStreams(server, await findPages(server, size.accountsPerPage))
  const runs: PartRun[] = []
  for (const part of parts) {
    if (part === 'locust') continue
    console.log(`${part}: ${seconds[part]} s`)
    const streams = streamsOf(part, size, stream)
    const run = await measureStreams(server, part, streams, seconds[part], size.warmUpSeconds)
    console.log(describe(run))
    runs.push(run)
  }
  if (locust) console.log(`locust: ${seconds.locust} s`)
  return {
    ...{ machine: describeMachine('constant rate, Locust'), fileLimit: fileLimit() },
    ...{ accounts: size.accounts, events: size.events, parts: runs },
    ...(locust ? { locust: await runLocust(locust, server, folder, size.locust, seconds.locust) } : {}),
  }
}

const describe = ({ streams, cpuMs, peakMemoryMb }: PartRun): string =>
  [
    ...streams.map(
      ({ name, p50Ms, p99Ms, maxMs, failures, closedIdle }) =>
        `  ${streamTitles[name].padEnd(40)} p50 ${p50Ms.toFixed(2)} p99 ${p99Ms.toFixed(2)} most ${maxMs.toFixed(0)} ms` +
        `  ${failures} failures, ${closedIdle} closed`,
    ),
    `  worker CPU ${cpuMs.server.toFixed(3)} ms a request, at most ${peakMemoryMb.toFixed(0)} MB`,
  ].join('\n')

/** A part that was run alone replaces that part of the published report. */
function publish(fresh: LoadReport): void {
  const old = existsSync(reportFile)
    ? (JSON.parse(readFileSync(reportFile, 'utf8')) as LoadReport)
    : undefined
  const report = merge(old, fresh)
  writeFileSync(join(projectRoot, 'docs', 'load.md'), renderMarkdown(report))
  writeFileSync(reportFile, `${JSON.stringify(report)}\n`)
}

let options: LoadOptions
try {
  options = parseOptions(process.argv.slice(2))
} catch (error) {
  console.error(`${error instanceof Error ? error.message : error}\n\n${usage}`)
  process.exit(2)
}
const startedAt = Date.now()
const report = await load(options)
const findings = findingsOf(report)
const errors = findings.filter(({ error }) => error !== undefined)
if (options.isSmoke) writeTotals('load', findings.length - errors.length, errors.length)
else publish(report)
if (!options.isSmoke) console.log(`\n${renderMarkdown(report)}\n`)
for (const { subject, error } of options.isSmoke ? findings : errors)
  console.log(`${subject}: ${error ?? 'ok'}`)
const seconds = ((Date.now() - startedAt) / 1_000).toFixed(0)
console.log(`${findings.length - errors.length} passed, ${errors.length} failed, in ${seconds} s`)
process.exitCode = errors.length === 0 ? 0 : 1
