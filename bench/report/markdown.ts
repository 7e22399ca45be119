/** docs/performance.md. Pure. */
import { auditEventGoal, steadyGoals } from '../goals.ts'
import { median } from '../median.ts'
import type { SteadyRun } from '../steady-load.ts'
import type { TargetName } from '../target.ts'
import { adminReads, renderAdmin } from './admin-markdown.ts'
import { atMost, compare, type GoalResult, type OperationResult, steadyResults } from './compare.ts'
import type { Profile, Report } from './report.ts'
import { renderStart, startResults } from './start-markdown.ts'
import { table } from './table.ts'

const labels: Record<TargetName, string> = {
  authly: 'Authly',
  'metrics-off': 'Authly, fresh, metrics off',
  'metrics-on': 'Authly, fresh, metrics on',
  twin: 'bare twin',
  'oidc-provider-memory': 'oidc-provider, memory',
  'oidc-provider-postgres': 'oidc-provider, Postgres',
}

const number = (value: number): string => (value < 10 ? value.toFixed(2) : value.toFixed(0))

const goalRow = ({ subject, measure, goal, figure, isMet }: GoalResult): string[] => [
  subject,
  measure,
  goal,
  number(figure.median),
  figure.least === figure.most ? '' : `${number(figure.least)}–${number(figure.most)}`,
  isMet ? 'met' : '**missed**',
]

function goalResultsOf(
  { steady, auditCost, start }: Report,
  operations: readonly OperationResult[],
): GoalResult[] {
  const { microseconds, batchSize } = auditEventGoal
  return [
    ...operations.flatMap(({ goals }) => goals),
    ...steadyResults(steady),
    ...atMost('Audit event', `us of Postgres, batches of ${batchSize}`, auditCost ?? [], microseconds),
    ...(start ? startResults(start) : []),
  ]
}

function operationSection({ title, twinDoes, flowOf, cells }: OperationResult): string {
  const rows = cells.map((cell) => [
    labels[cell.target],
    cell.rps.toFixed(0),
    cell.p50Ms.toFixed(2),
    cell.p99Ms.toFixed(2),
    cell.serverCpu.toFixed(3),
    cell.deferredCpu.toFixed(3),
    cell.databaseCpu.toFixed(3),
    cell.gatewayCpu.toFixed(3),
  ])
  const latencies = [flowOf === undefined ? 'requests/s' : 'flows/s', 'p50 ms', 'p99 ms']
  const counted =
    flowOf === undefined
      ? ''
      : `Counted are whole flows, of ${flowOf} requests that follow from each other: latency is that of a flow, CPU in
CPU-seconds per 1,000 flows. Assertions and proofs are signed before the run, because the client makes them.\n\n`
  const cpu = ['server CPU', 'of that, deferred', 'database CPU', 'gateway CPU']
  return `### ${title}\n\n${counted}Bare twin: ${twinDoes}.\n\n${table(['', ...latencies, ...cpu], rows)}`
}

function steadySection(runs: readonly SteadyRun[]): string {
  const groups = [...Map.groupBy(runs, ({ operation, target }) => `${operation} ${target}`).values()]
  const rows = groups.map((own) => {
    const { operation, target, requestsPerSecond } = own[0] as SteadyRun
    const of = (read: (run: SteadyRun) => number): number => median(own.map(read))
    return [
      ...[operation, labels[target], String(requestsPerSecond)],
      ...[of((run) => run.p50Ms).toFixed(2), of((run) => run.p99Ms).toFixed(2)],
      of((run) => run.peakMemoryMb).toFixed(0),
    ]
  })
  return `## Latency and memory at a constant rate

${steadyGoals.connections} connections. A request counts from when it was due, whether a connection was free then or not
(coordinated omission). The rate is ${steadyGoals.requestsPerSecond} requests/s or, where the twin cannot answer twice as many
here, half of what it can: above that, only the queue would be measured. Peak memory is the RSS of workerd, by the kernel.

${table(['', '', 'requests/s', 'p50 ms', 'p99 ms', 'peak MB'], rows)}`
}

const profileSection = (profiles: readonly Profile[]): string =>
  `## Where the time goes

${profiles.map(({ operation, target, text }) => `### ${operation}, ${target}\n\n\`\`\`text\n${text}\n\`\`\``).join('\n\n')}`

/** The whole document. */
export function renderMarkdown(report: Report): string {
  const { machine, schedule, steady, start, admin, profiles } = report
  const operations = compare(report.measurements)
  const goals = goalResultsOf(report, operations)
  const reads = admin && adminReads(admin)
  const sections = [
    ...(start ? [renderStart(start)] : []),
    ...(steady.length > 0 ? [steadySection(steady)] : []),
    ...(operations.length > 0 ? [`## Measurements\n\n${operations.map(operationSection).join('\n\n')}`] : []),
    ...(admin ? [renderAdmin(admin)] : []),
    ...(profiles.length > 0 ? [profileSection(profiles)] : []),
  ]
  return `# Performance

Written by \`npm run bench\`; do not edit. Everything was measured on one machine, parts of it perhaps in runs of their own
(\`npm run bench -- --only admin\`). Ratios travel between machines, absolute numbers do not.

- ${machine.cores} cores, ${machine.cpu}; Node ${machine.node}, workerd ${machine.workerd}, oidc-provider ${machine.oidcProvider}
- ${machine.loadGenerator}, one thread (flows: a client of our own, also one thread), ${schedule.connections} connections; ${schedule.rounds} rounds of ${schedule.seconds} s per operation
  and target, interleaved, each after a warm-up. A goal is met when the median of all rounds is; the spread is beside it
- Authly is the production bundle on raw \`workerd serve\` with Durable Objects on local disk and durable Postgres.
  Every response was checked to be a success; audit events were written. Rate limits are counted but set wide
- CPU is in CPU-seconds per 1,000 requests (user and system, whole process trees, deferred work included). Server and
  database count in the comparison; the gateway stands in for Neon's proxy and is shown only
- A bare twin is a raw worker that does only the unavoidable work of the operation
- Durable Objects stay loaded during the run; workerd would evict idle ones between two rounds

## Goals

${table(['', 'Measure', 'Goal', 'Median', 'Spread', ''], goals.map(goalRow))}
${reads ? `\nOf administration, **${reads.met} of ${reads.all}** reads meet both of their goals.\n` : ''}
${sections.join('\n\n')}
`
}
