/** One measured run, and the schedule of all of them. */
import type { LoadGenerator } from './load/generate-load.ts'
import { cpuSeconds, untilIdle } from './process-cpu.ts'
import type { OperationName, ProcessRoots, Target, TargetName } from './target.ts'
import { userCount } from './targets/requests.ts'

export interface Measurement {
  readonly operation: OperationName
  readonly target: TargetName
  readonly round: number
  readonly requests: number
  readonly rps: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** CPU-seconds per 1,000 requests, by who used them. */
  readonly cpu: {
    readonly server: number
    /** The part of `server` used after the last answer. */
    readonly deferred: number
    readonly database: number
    readonly gateway: number
  }
  readonly failures: number
  /** Whether everything the server put off was done in the end: audit events stand in the database. */
  readonly delivered: boolean
  readonly failureSample?: string
}

export interface Schedule {
  readonly operations: readonly OperationName[]
  readonly rounds: number
  readonly seconds: number
  readonly warmUpSeconds: number
  readonly connections: number
}

type CpuReading = Record<keyof ProcessRoots, number>

const readCpu = (roots: ProcessRoots): CpuReading => ({
  server: cpuSeconds(roots.server),
  database: cpuSeconds(roots.database),
  gateway: cpuSeconds(roots.gateway),
})

/** Single-use requests are prepared for this many requests per second when nothing is known yet. */
const firstGuessRps = 3_000
/** Never prepared for less, so that one stall of the disk does not leave the next run without requests. */
const slowestRps = 500

/**
 * Runs every operation on every target, `rounds` times, targets interleaved within a round so that a slow minute
 * of the machine hits all of them. `onMeasured` sees each result as it comes.
 */
export async function measureAll(
  targets: readonly Target[],
  schedule: Schedule,
  load: LoadGenerator,
  onMeasured: (measurement: Measurement) => void,
): Promise<Measurement[]> {
  const { seconds, warmUpSeconds, connections } = schedule
  const measurements: Measurement[] = []

  const play = async (target: Target, operation: OperationName, duration: number, expectedRps: number) => {
    const plan = await target.plan(operation, Math.ceil(expectedRps * duration * 1.2))
    const result = await load(plan, { seconds: duration, connections })
    target.afterRun(operation, result)
    return result
  }

  /**
   * Warms up until everybody's Durable Object has been called and what that put off is done. Opening an object costs
   * several times as much as calling it.
   */
  const warmUp = async (target: Target, operation: OperationName, round: number): Promise<number> => {
    const sinceMs = Date.now()
    let requests = 0
    let rps = firstGuessRps
    // In later rounds objects are open and code is compiled: only caches may have grown old.
    const enough = round === 1 ? userCount * 1.5 : 1
    for (let turn = 0; turn < 6 && requests < enough; turn += 1) {
      const result = await play(target, operation, warmUpSeconds, rps)
      requests += result.requests
      rps = Math.max(result.requests / result.seconds, slowestRps)
    }
    await target.untilDelivered(operation, sinceMs, requests)
    return rps
  }

  const run = async (target: Target, operation: OperationName, round: number): Promise<Measurement> => {
    const warmRps = await warmUp(target, operation, round)
    const plan = await target.plan(operation, Math.ceil(warmRps * seconds * 1.5))
    const roots = target.roots()
    const all = [...roots.server, ...roots.database, ...roots.gateway]
    await untilIdle(all)
    const before = readCpu(roots)
    const sinceMs = Date.now()
    const result = await load(plan, { seconds, connections })
    target.afterRun(operation, result)
    const atEnd = readCpu(roots)
    const delivered = await target.untilDelivered(operation, sinceMs, result.requests)
    await untilIdle(all)
    const after = readCpu(roots)
    const perThousand = (who: keyof ProcessRoots): number =>
      ((after[who] - before[who]) / result.requests) * 1_000
    return {
      ...{ operation, target: target.name, round },
      ...{ requests: result.requests, rps: result.requests / result.seconds },
      ...{ p50Ms: result.p50Ms, p99Ms: result.p99Ms, failures: result.failures, delivered },
      cpu: {
        server: perThousand('server'),
        deferred: ((after.server - atEnd.server) / result.requests) * 1_000,
        database: perThousand('database'),
        gateway: perThousand('gateway'),
      },
      ...(result.failureSample === undefined ? {} : { failureSample: result.failureSample }),
    }
  }

  for (const operation of schedule.operations) {
    const able = targets.filter((target) => target.operations.has(operation))
    for (let round = 1; round <= schedule.rounds; round += 1) {
      for (const target of able) {
        const measurement = await run(target, operation, round)
        measurements.push(measurement)
        onMeasured(measurement)
      }
    }
  }
  return measurements
}
