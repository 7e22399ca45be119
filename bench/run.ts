/**
 * `npm run bench`: measures Authly on raw workerd against bare twins and against oidc-provider, then administration on
 * full tables, and writes docs/performance.md. Fails only when a run is invalid; missed goals are reported, because speed is
 * not asserted.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { unstable_readConfig } from 'wrangler'
import { bundleWorker, projectRoot } from '../scripts/stack/worker-bundle.ts'
import { type AdminReport, runAdminBench } from './admin/run-admin.ts'
import { type BenchDatabase, startBenchDatabase } from './bench-database.ts'
import { measureBundle } from './bundle-size.ts'
import { measureStartUpCpuMs } from './check-startup.ts'
import { type LoadGenerator, pickLoadGenerator } from './load/generate-load.ts'
import { type Measurement, measureAll } from './measure.ts'
import { type BenchOptions, parseOptions, usage } from './options.ts'
import { profileAuthly } from './profile.ts'
import { renderAdmin } from './report/admin-markdown.ts'
import { compare, invalidRuns } from './report/compare.ts'
import { describeMachine } from './report/machine.ts'
import { type Report, renderMarkdown } from './report/markdown.ts'
import { measureColdStarts } from './start-up.ts'
import type { Target, TargetName } from './target.ts'
import { type AuthlyTarget, authlyTarget } from './targets/authly-target.ts'
import { bundleTwin } from './targets/bundle-twin.ts'
import { oidcProviderTarget } from './targets/oidc-provider-target.ts'
import { twinTarget } from './targets/twin-target.ts'

const folder = join(projectRoot, '.authly', 'bench')
/** Not committed: what docs/performance.md was last written from, here. */
const publishedReport = join(folder, 'performance.json')
const twinsFolder = join(folder, 'twins')
const ports = {
  twin: 22_001,
  authly: 22_010,
  gateway: 22_011,
  memory: 22_020,
  postgres: 22_021,
  database: 22_030,
  admin: { worker: 22_040, gateway: 22_041, control: 22_042 },
}

/** The report, and every run behind it. */
type PublishedReport = Report & { readonly measurements: readonly Measurement[] }

interface Bench {
  readonly options: BenchOptions
  readonly database: BenchDatabase
  readonly load: { readonly name: string; readonly run: LoadGenerator }
}

/** The production bundle, made anew: nothing stale is ever measured. */
async function makeAuthly({ database, load }: Bench): Promise<AuthlyTarget> {
  const bundles = join(folder, 'bundles')
  rmSync(bundles, { recursive: true, force: true })
  mkdirSync(bundles, { recursive: true })
  return authlyTarget({
    ...{ bundle: await bundleWorker(bundles), database, load: load.run, folder: join(folder, 'authly') },
    ...{ port: ports.authly, gatewayPort: ports.gateway },
  })
}

/** Twins run with the same compatibility date as Authly. */
const compatibilityDate = (): string =>
  unstable_readConfig({ config: join(projectRoot, 'wrangler.toml') }, { hideWarnings: true })
    .compatibility_date ?? ''

function describe(run: Measurement): string {
  const { server, deferred, database, gateway } = run.cpu
  return [
    `${run.operation.padEnd(18)} ${run.target.padEnd(22)} ${run.rps.toFixed(0).padStart(6)} rps`,
    `p50 ${run.p50Ms.toFixed(2)} p99 ${run.p99Ms.toFixed(2)} ms`,
    `cpu ${server.toFixed(3)} (deferred ${deferred.toFixed(3)}) + db ${database.toFixed(3)} (gateway ${gateway.toFixed(3)})`,
    ...(run.delivered ? [] : ['INVALID: audit events are missing']),
    ...(run.failures > 0
      ? [`INVALID: ${run.failures} failures, first: ${run.failureSample ?? 'lost connection'}`]
      : []),
  ].join('  ')
}

/** Cold starts of the stopped worker, and of a hello-world worker beside it. */
async function measureStart(authly: AuthlyTarget): Promise<NonNullable<Report['start']>> {
  await authly.stopWorker()
  const plan = await authly.plan('client_credentials', 1)
  const firstToken = plan.kind === 'rotate' ? plan.requests[0] : undefined
  if (!firstToken) throw new Error('no client_credentials request')
  const twin = { name: 'hello', port: ports.twin, durableObjects: [] }
  const hello = await bundleTwin(join(folder, 'cold'), twin, compatibilityDate())
  const moduleCpuMs = await measureStartUpCpuMs()
  return {
    ...(moduleCpuMs === undefined ? {} : { moduleCpuMs }),
    authly: await measureColdStarts(authly.rawOptions, firstToken),
    hello: await measureColdStarts(hello, { method: 'GET', path: '/', headers: {} }),
  }
}

/** The report as far as it goes without administration, and whether every run counts. */
async function measureTokens(bench: Bench): Promise<{ report: PublishedReport; valid: boolean }> {
  const { options, database, load } = bench
  const authly = options.targets.includes('authly') ? await makeAuthly(bench) : undefined
  const make: Record<Exclude<TargetName, 'authly'>, () => Target> = {
    twin: () =>
      twinTarget({ folder: twinsFolder, firstPort: ports.twin, compatibilityDate: compatibilityDate() }),
    'oidc-provider-memory': () => oidcProviderTarget({ port: ports.memory, load: load.run }),
    'oidc-provider-postgres': () => oidcProviderTarget({ port: ports.postgres, load: load.run, database }),
  }
  const peers = options.targets.flatMap((name) => (name === 'authly' ? [] : [make[name]()]))
  const targets: Target[] = [...(authly ? [authly] : []), ...peers]
  const stops: (() => Promise<void>)[] = []
  try {
    for (const target of targets) {
      stops.push(target.stop)
      console.log(`starting ${target.name}`)
      await target.start()
    }
    const measurements = await measureAll(targets, { ...options, warmUpSeconds: 1 }, load.run, (run) =>
      console.log(describe(run)),
    )
    await Promise.all(peers.map((target) => target.stop()))
    const report: PublishedReport = {
      ...{ machine: describeMachine(load.name), schedule: options, operations: compare(measurements) },
      ...(authly
        ? { bundle: await measureBundle(authly.rawOptions.bundle), start: await measureStart(authly) }
        : {}),
      measurements,
    }
    const invalid = invalidRuns(measurements)
    for (const run of invalid) console.error(describe(run))
    return { report, valid: invalid.length === 0 }
  } finally {
    for (const stop of stops.reverse()) await stop()
  }
}

async function measureAdministration({ options, database, load }: Bench): Promise<AdminReport> {
  await database.empty()
  return runAdminBench({
    ...{ database, load: load.run, seconds: options.seconds },
    ...{ folder: join(folder, 'admin'), ports: ports.admin },
  })
}

/** A part that was measured alone replaces that part of the published report. */
function publish(report: PublishedReport): void {
  writeFileSync(join(projectRoot, 'docs', 'performance.md'), renderMarkdown(report))
  writeFileSync(publishedReport, `${JSON.stringify(report, null, 2)}\n`)
}

const readPublished = (): PublishedReport | undefined =>
  existsSync(publishedReport)
    ? (JSON.parse(readFileSync(publishedReport, 'utf8')) as PublishedReport)
    : undefined

async function measure(bench: Bench): Promise<boolean> {
  const { options } = bench
  const tokens = options.operations.length > 0 ? await measureTokens(bench) : undefined
  const admin = options.admin ? await measureAdministration(bench) : undefined
  const base = tokens?.report ?? readPublished()
  const report = base && { ...base, ...(admin ? { admin } : {}) }
  if (report && (tokens || !admin)) console.log(`\n${renderMarkdown(report)}`)
  else if (admin) console.log(`\n${renderAdmin(admin)}`)
  const valid = (tokens?.valid ?? true) && (admin?.measurements ?? []).every(({ failures }) => failures === 0)
  if (options.publish && valid) {
    if (report) publish(report)
    else console.log('docs/performance.md stays as it is: its other part was not measured here yet.')
  }
  return valid
}

async function bench(options: BenchOptions): Promise<boolean> {
  mkdirSync(folder, { recursive: true })
  const database = await startBenchDatabase(folder, ports.database)
  try {
    const parts: Bench = { options, database, load: pickLoadGenerator() }
    if (!options.profile) return await measure(parts)
    await profileAuthly(await makeAuthly(parts), options, parts.load.run)
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
