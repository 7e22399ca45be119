/** Turns measurements into figures per operation and into verdicts on goals. Pure. */
import { cpuPeer, goals, type OperationGoal, steadyGoals } from '../goals.ts'
import type { Measurement } from '../measure.ts'
import { median, type Spread, spreadOf } from '../median.ts'
import type { SteadyRun } from '../steady-load.ts'
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
}

/** One goal, as the rounds met it. */
export interface GoalResult {
  readonly subject: string
  readonly measure: string
  readonly goal: string
  readonly figure: Spread
  readonly isMet: boolean
}

export interface OperationResult {
  readonly operation: OperationName
  readonly title: string
  readonly twinDoes: string
  readonly flowOf?: number
  readonly cells: readonly Cell[]
  readonly goals: readonly GoalResult[]
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
  }
}

interface Round {
  readonly target: string
  readonly round: number
}

/** `read` of one's run divided by that of `other` in the same round: a slow minute of the machine hits both. */
function ratios<Run extends Round>(
  runs: readonly Run[],
  other: string,
  read: (run: Run) => number,
  one = 'authly',
): number[] {
  return runs
    .filter((run) => run.target === one)
    .flatMap((own) => {
      const beside = runs.find((run) => run.target === other && run.round === own.round)
      return beside ? [read(own) / read(beside)] : []
    })
}

export const atLeast = (subject: string, measure: string, values: readonly number[], goal: number) =>
  verdict(subject, measure, values, `>= ${goal}`, (figure) => figure >= goal)

export const atMost = (
  subject: string,
  measure: string,
  values: readonly number[],
  goal: number,
  unit = '',
) => verdict(subject, measure, values, `<= ${goal}${unit}`, (figure) => figure <= goal)

function verdict(
  subject: string,
  measure: string,
  values: readonly number[],
  goal: string,
  isMet: (median: number) => boolean,
): GoalResult[] {
  if (values.length === 0) return []
  const figure = spreadOf(values)
  return [{ subject, measure, goal, figure, isMet: isMet(figure.median) }]
}

function goalResults(
  { title, ofTwin, ofPeerCpu, metricsCpu }: OperationGoal,
  runs: readonly Measurement[],
): GoalResult[] {
  const cpu = ratios(runs, cpuPeer, (run) => run.cpu.server + run.cpu.database)
  const counting = ratios(runs, 'metrics-off', (run) => run.cpu.server, 'metrics-on')
  return [
    ...atLeast(
      title,
      'throughput / bare twin',
      ratios(runs, 'twin', (run) => run.rps),
      ofTwin,
    ),
    ...(ofPeerCpu === undefined ? [] : atMost(title, 'CPU / oidc-provider, Postgres', cpu, ofPeerCpu)),
    ...(metricsCpu === undefined ? [] : atMost(title, 'server CPU, metrics on / off', counting, metricsCpu)),
  ]
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
    const { name: operation, title, twinDoes, flowOf } = goal
    const counted = flowOf === undefined ? {} : { flowOf }
    return [{ operation, title, twinDoes, ...counted, cells, goals: goalResults(goal, runs) }]
  })
}

/** Latency and memory under a constant rate, against the twin's. */
export function steadyResults(runs: readonly SteadyRun[]): GoalResult[] {
  return steadyGoals.operations.flatMap((operation) => {
    const own = runs.filter((run) => run.operation === operation)
    const [first] = own
    if (!first) return []
    const title = goals.find(({ name }) => name === operation)?.title ?? operation
    const subject = `${title}, ${first.requestsPerSecond} requests/s`
    const { p99OfTwin, peakMemoryOfTwin } = steadyGoals
    return [
      ...atMost(
        subject,
        'p99 / bare twin',
        ratios(own, 'twin', (run) => run.p99Ms),
        p99OfTwin,
      ),
      ...atMost(
        subject,
        'peak memory / bare twin',
        ratios(own, 'twin', (run) => run.peakMemoryMb),
        peakMemoryOfTwin,
      ),
    ]
  })
}

/** Runs that count for nothing: a response that was not a success, no responses at all, or audit events missing. */
export const invalidRuns = (measurements: readonly Measurement[]): Measurement[] =>
  measurements.filter((run) => run.failures > 0 || run.requests === 0 || !run.delivered)
