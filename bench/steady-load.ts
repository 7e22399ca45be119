/** Latency and peak memory of Authly and of the twin under the same constant rate, round by round. */
import { steadyGoals } from './goals.ts'
import { runConstantRate } from './load/constant-rate.ts'
import type { LoadGenerator } from './load/generate-load.ts'
import { untilIdle } from './process-cpu.ts'
import { forgetPeaks, peakMb } from './process-memory.ts'
import type { OperationName, Target } from './target.ts'

export interface SteadyRun {
  readonly operation: OperationName
  readonly target: 'authly' | 'twin'
  readonly round: number
  readonly requestsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** The most memory (RSS) that a process of the server held during the run. */
  readonly peakMemoryMb: number
  readonly failures: number
  readonly failureSample?: string
}

const measuredSeconds = 6
const warmUpSeconds = 2

export async function measureSteadyLoad(
  { authly, twin }: { readonly authly: Target; readonly twin: Target },
  rounds: number,
  load: LoadGenerator,
  onMeasured: (run: SteadyRun) => void,
): Promise<SteadyRun[]> {
  const { connections } = steadyGoals
  const runs: SteadyRun[] = []

  const play = async (target: Target, operation: OperationName, rate: number, seconds: number) => {
    const plan = await target.plan(operation, 0)
    const result = await runConstantRate(plan, { seconds, connections, requestsPerSecond: rate })
    target.afterRun(operation, result)
    return result
  }

  /** Half of what the twin can do, where that is less than the rate wanted: above it, only the queue is measured. */
  async function rateFor(operation: OperationName): Promise<number> {
    const result = await load(await twin.plan(operation, 0), { seconds: 2, connections })
    twin.afterRun(operation, result)
    const possible = (result.requests / result.seconds) * steadyGoals.shareOfTwin
    return Math.min(steadyGoals.requestsPerSecond, Math.floor(possible / 50) * 50)
  }

  for (const operation of steadyGoals.operations) {
    const requestsPerSecond = await rateFor(operation)
    for (let round = 1; round <= rounds; round += 1) {
      for (const target of [authly, twin]) {
        const { server, database } = target.roots()
        await play(target, operation, requestsPerSecond, warmUpSeconds)
        await untilIdle([...server, ...database])
        forgetPeaks(server)
        const { p50Ms, p99Ms, failures, failureSample } = await play(
          ...([target, operation, requestsPerSecond, measuredSeconds] as const),
        )
        const run: SteadyRun = {
          ...{ operation, target: target.name as SteadyRun['target'], round, requestsPerSecond },
          ...{ p50Ms, p99Ms, failures, peakMemoryMb: peakMb(server) },
          ...(failureSample === undefined ? {} : { failureSample }),
        }
        runs.push(run)
        onMeasured(run)
      }
    }
  }
  return runs
}
