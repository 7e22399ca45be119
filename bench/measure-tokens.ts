/** The parts that need the token endpoints running: throughput and CPU, latency at a constant rate, start. */
import { join } from 'node:path'
import { measureBundle } from './bundle-size.ts'
import { measureStartUpCpuMs } from './check-startup.ts'
import {
  type Bench,
  benchFolder,
  compatibilityDate,
  makeAuthly,
  makeMetrics,
  makePeer,
  makeTwin,
  ports,
} from './environment.ts'
import { type Measurement, measureAll } from './measure.ts'
import type { Report, StartReport } from './report/report.ts'
import { measureColdStarts } from './start-up.ts'
import { measureSteadyLoad, type SteadyRun } from './steady-load.ts'
import type { Target, TargetName } from './target.ts'
import type { AuthlyTarget } from './targets/authly-target.ts'
import { bundleTwin } from './targets/bundle-twin.ts'

type TokenParts = Pick<Report, 'measurements' | 'steady' | 'start'>

export async function measureTokens(bench: Bench): Promise<TokenParts> {
  const { options, load } = bench
  const measuresSteady = options.parts.includes('steady')
  const names = options.operations.length > 0 ? options.targets : (['authly', 'twin'] as const)
  const authly = await makeAuthly(bench)
  const twin = makeTwin()
  const make = (name: TargetName): Target => {
    if (name === 'authly') return authly
    if (name === 'metrics-off' || name === 'metrics-on') return makeMetrics(name, authly)
    return name === 'twin' ? twin : makePeer(name, bench)
  }
  const targets = names.map(make)
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
    for (const target of targets) if (target !== authly && target !== twin) await target.stop()
    const steady = measuresSteady
      ? await measureSteadyLoad({ authly, twin }, options.rounds, load.run, (run) =>
          console.log(describeSteady(run)),
        )
      : []
    const start = options.parts.includes('start') ? await measureStart(authly) : undefined
    return { measurements, steady, ...(start ? { start } : {}) }
  } finally {
    for (const stop of stops.reverse()) await stop()
  }
}

/** Cold starts of the stopped worker, and of a hello-world worker beside it. */
async function measureStart(authly: AuthlyTarget): Promise<StartReport> {
  await authly.stopWorker()
  const plan = await authly.plan('client_credentials', 1)
  const firstToken = plan.kind === 'rotate' ? plan.requests[0] : undefined
  if (!firstToken) throw new Error('no client_credentials request')
  const twin = { name: 'hello', port: ports.twin + 9, durableObjects: [] }
  const hello = await bundleTwin(join(benchFolder, 'cold'), twin, compatibilityDate())
  return {
    bundle: await measureBundle(authly.rawOptions.bundle),
    moduleCpuMs: await measureStartUpCpuMs(),
    authly: await measureColdStarts(authly.rawOptions, firstToken),
    hello: await measureColdStarts(hello, { method: 'GET', path: '/', headers: {} }),
  }
}

function describe(run: Measurement): string {
  const { server, deferred, database, gateway } = run.cpu
  return [
    `${run.operation.padEnd(18)} ${run.target.padEnd(22)} ${run.rps.toFixed(0).padStart(6)} rps`,
    `p50 ${run.p50Ms.toFixed(2)} p99 ${run.p99Ms.toFixed(2)} ms`,
    `cpu ${server.toFixed(3)} (deferred ${deferred.toFixed(3)}) + db ${database.toFixed(3)} (gateway ${gateway.toFixed(3)})`,
    ...(run.delivered ? [] : ['INVALID: audit events are missing']),
    ...failuresOf(run),
  ].join('  ')
}

const describeSteady = (run: SteadyRun): string =>
  [
    `${run.operation.padEnd(18)} ${run.target.padEnd(22)} ${run.requestsPerSecond} requests/s`,
    `p50 ${run.p50Ms.toFixed(2)} p99 ${run.p99Ms.toFixed(2)} ms  peak ${run.peakMemoryMb.toFixed(0)} MB`,
    ...failuresOf(run),
  ].join('  ')

const failuresOf = ({ failures, failureSample }: { failures: number; failureSample?: string }): string[] =>
  failures > 0 ? [`INVALID: ${failures} failures, first: ${failureSample ?? 'lost connection'}`] : []
