/** docs/performance.md. Pure. */
import type { AdminReport } from '../admin/run-admin.ts'
import type { BundleSize } from '../bundle-size.ts'
import type { ColdStart } from '../start-up.ts'
import type { TargetName } from '../target.ts'
import { renderAdmin } from './admin-markdown.ts'
import type { Comparison, OperationResult } from './compare.ts'
import type { Machine } from './machine.ts'
import { table } from './table.ts'

export interface Report {
  readonly machine: Machine
  readonly schedule: { readonly seconds: number; readonly rounds: number; readonly connections: number }
  readonly operations: readonly OperationResult[]
  readonly admin?: AdminReport
  readonly bundle?: BundleSize
  readonly start?: {
    readonly authly: ColdStart
    readonly hello: ColdStart
    /** By `wrangler check startup`. */
    readonly moduleCpuMs?: number
  }
}

const labels: Record<TargetName, string> = {
  authly: 'Authly',
  twin: 'bare twin',
  'oidc-provider-memory': 'oidc-provider, memory',
  'oidc-provider-postgres': 'oidc-provider, Postgres',
}

const goalRow = (operation: OperationResult, comparison: Comparison): string[] => [
  operation.title,
  comparison.measure === 'throughput'
    ? 'throughput / bare twin'
    : `CPU per request / ${labels[comparison.against]}`,
  comparison.goal,
  comparison.ratio.toFixed(2),
  comparison.floor?.toFixed(2) ?? '',
  comparison.verdict === 'pass' ? 'pass' : '**miss**',
]

function operationSection(operation: OperationResult): string {
  const rows = operation.cells.map((cell) => [
    labels[cell.target],
    cell.rps.toFixed(0),
    cell.p50Ms.toFixed(2),
    cell.p99Ms.toFixed(2),
    cell.serverCpu.toFixed(3),
    cell.deferredCpu.toFixed(3),
    cell.databaseCpu.toFixed(3),
    cell.gatewayCpu.toFixed(3),
  ])
  const head = [
    '',
    'requests/s',
    'p50 ms',
    'p99 ms',
    'server CPU',
    'of that, deferred',
    'database CPU',
    'gateway CPU',
  ]
  return `### ${operation.title}\n\nBare twin: ${operation.twinDoes}.\n\n${table(head, rows)}`
}

const kilobytes = (bytes: number): string => `${(bytes / 1024).toFixed(0)} KiB`

function sizeSection({ bundle, start }: Report): string {
  const rows: string[][] = []
  if (bundle)
    rows.push(['Worker bundle', `${kilobytes(bundle.gzipBytes)} gzip, ${kilobytes(bundle.bytes)} raw`])
  if (start) {
    const { authly, hello, moduleCpuMs } = start
    const total = (cold: ColdStart): number => cold.startCpuMs + cold.firstAnswerCpuMs
    if (moduleCpuMs !== undefined) {
      rows.push(['Start-up CPU (`wrangler check startup`)', `${moduleCpuMs.toFixed(0)} ms`])
    }
    rows.push(
      ['First token of a cold process', `${authly.firstAnswerMs.toFixed(0)} ms`],
      [
        'CPU from process start to first token',
        `${total(authly).toFixed(0)} ms; hello world to its first answer: ${total(hello).toFixed(0)} ms`,
      ],
      ['Second token', `${authly.secondAnswerMs.toFixed(1)} ms`],
    )
  }
  return rows.length === 0 ? '' : `## Size and cold start\n\n${table(['', ''], rows)}\n\n`
}

/** The whole document. */
export function renderMarkdown(report: Report): string {
  const { machine, schedule, operations } = report
  const verdicts = operations.flatMap((operation) =>
    operation.comparisons.map((comparison) => goalRow(operation, comparison)),
  )
  return `# Performance

Written by \`npm run bench\`; do not edit. Everything was measured on one machine, administration perhaps in a run
of its own (\`npm run bench -- --only admin\`). Ratios travel between
machines, absolute numbers do not.

- ${machine.cores} cores, ${machine.cpu}; Node ${machine.node}, workerd ${machine.workerd}, oidc-provider ${machine.oidcProvider}
- ${machine.loadGenerator}, one thread, ${schedule.connections} connections; ${schedule.rounds} rounds of ${schedule.seconds} s per operation
  and target, interleaved, each after a warm-up; medians
- Authly is the production bundle on raw \`workerd serve\` with Durable Objects on local disk and durable Postgres.
  Every response was checked to be a success; audit events were written. Rate limits are counted but set wide
- CPU is in CPU-seconds per 1,000 requests (user and system, whole process trees, deferred work included). Server and
  database count in the comparison; the gateway stands in for Neon's proxy and is shown only
- A bare twin is a raw worker that does only the unavoidable work of the operation. "Bare twin" beside a CPU ratio is
  the twin's own CPU against that peer: where it is 1 or more, no worker that signs and writes the same can be cheaper
- Durable Objects stay loaded during the run; workerd would evict idle ones between two rounds

## Goals

${table(['Operation', 'Ratio of', 'Goal', 'Measured', 'Bare twin', ''], verdicts)}

${sizeSection(report)}## Measurements

${operations.map(operationSection).join('\n\n')}
${report.admin ? `\n${renderAdmin(report.admin)}` : ''}`
}
