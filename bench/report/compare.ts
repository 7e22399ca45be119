/** Turns measurements into verdicts: medians, ratios, pass or miss. Pure. */
import { goals, type OperationGoal } from '../goals.ts'
import type { Measurement } from '../measure.ts'
import { median } from '../median.ts'
import { type OperationName, type TargetName, targetNames } from '../target.ts'

export interface Cell {
  readonly target: TargetName
  readonly rps: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** CPU-seconds per 1,000 requests. */
  readonly serverCpu: number
  /** The part of `serverCpu` used after the last answer. */
  readonly deferredCpu: number
  readonly databaseCpu: number
  readonly gatewayCpu: number
  /** What is compared: server and database. */
  readonly cpu: number
}

export type Verdict = 'pass' | 'miss'

export interface Comparison {
  readonly against: TargetName
  readonly measure: 'throughput' | 'cpu'
  /** Throughput: Authly's divided by the twin's. CPU: Authly's divided by the peer's. */
  readonly ratio: number
  readonly goal: string
  /** The bare twin's CPU divided by the peer's: below this no worker that does the same work can get. */
  readonly floor?: number
  readonly verdict: Verdict
}

export interface OperationResult {
  readonly operation: OperationName
  readonly title: string
  readonly twinDoes: string
  readonly cells: readonly Cell[]
  readonly comparisons: readonly Comparison[]
}

function cellOf(target: TargetName, runs: readonly Measurement[]): Cell {
  const of = (read: (run: Measurement) => number): number => median(runs.map(read))
  return {
    target,
    rps: of((run) => run.rps),
    p50Ms: of((run) => run.p50Ms),
    p99Ms: of((run) => run.p99Ms),
    serverCpu: of((run) => run.cpu.server),
    deferredCpu: of((run) => run.cpu.deferred),
    databaseCpu: of((run) => run.cpu.database),
    gatewayCpu: of((run) => run.cpu.gateway),
    cpu: of((run) => run.cpu.server + run.cpu.database),
  }
}

function comparisonsOf(goal: OperationGoal, cells: readonly Cell[]): Comparison[] {
  const authly = cells.find((cell) => cell.target === 'authly')
  if (!authly) return []
  return cells.flatMap((cell): Comparison[] => {
    if (cell.target === 'authly') return []
    if (cell.target === 'twin') {
      const ratio = authly.rps / cell.rps
      const verdict = ratio >= goal.ofTwin ? 'pass' : 'miss'
      return [{ against: 'twin', measure: 'throughput', ratio, goal: `>= ${goal.ofTwin}`, verdict }]
    }
    if (!goal.cheaperThan.includes(cell.target)) return []
    const ratio = authly.cpu / cell.cpu
    return [
      { against: cell.target, measure: 'cpu', ratio, goal: '< 1', verdict: ratio < 1 ? 'pass' : 'miss' },
    ]
  })
}

/** One result per operation that was measured, in the order of the goals. */
export function compare(measurements: readonly Measurement[]): OperationResult[] {
  return goals.flatMap((goal) => {
    const runs = measurements.filter((run) => run.operation === goal.name)
    if (runs.length === 0) return []
    const cells = targetNames.flatMap((target) => {
      const own = runs.filter((run) => run.target === target)
      return own.length === 0 ? [] : [cellOf(target, own)]
    })
    const { name: operation, title, twinDoes } = goal
    return [{ operation, title, twinDoes, cells, comparisons: comparisonsOf(goal, cells) }]
  })
}

/** Runs that count for nothing: a response that was not a success, no responses at all, or audit events missing. */
export const invalidRuns = (measurements: readonly Measurement[]): Measurement[] =>
  measurements.filter((run) => run.failures > 0 || run.requests === 0 || !run.delivered)
