/** docs/load.md. Pure. */
import { median } from '../bench/median.ts'
import { table } from '../bench/report/table.ts'
import { howTo } from './how-to.ts'
import { locustSection } from './locust-markdown.ts'
import type { Cost, PartRun, StreamRun } from './measure-part.ts'
import { trendOf } from './memory-trend.ts'
import type { PartName } from './options.ts'
import { findingsOf, type GoalResult, goalResultsOf, type LoadReport } from './report.ts'
import { streamTitles } from './streams.ts'

const partTitles: Record<PartName, string> = {
  tokens: 'Tokens',
  connections: 'Open connections',
  listing: 'Listing beside tokens',
  soak: 'Soak',
  locust: 'Mix of scenarios',
}

const ms = (value: number): string => value.toFixed(value < 10 ? 2 : 0)
const mb = (value: number): string => value.toFixed(0)

const goalRow = ({ subject, measure, goal, figure, isMet }: GoalResult): string[] => [
  ...[subject, measure, goal, figure, isMet ? 'met' : '**missed**'],
]

const goalTable = (goals: readonly GoalResult[]): string =>
  table(['', 'Measure', 'Goal', 'Measured', ''], goals.map(goalRow))

function rateRow(part: PartName, run: StreamRun): string[] {
  const { requests, seconds, connections, requestsPerSecond, closedIdle } = run
  return [
    ...[partTitles[part], streamTitles[run.name], String(connections), String(requestsPerSecond)],
    ...[(requests / seconds).toFixed(0), seconds.toFixed(0)],
    ...[run.p50Ms, run.p90Ms, run.p99Ms, run.p999Ms, run.maxMs].map(ms),
    ...[run.failures - run.limited, run.limited, closedIdle].map(String),
  ]
}

const rateSection = ({ parts, fileLimit }: LoadReport): string => `## Constant rate

A request counts from when it was due, whether a connection was free then or not, so that a stall is seen by all whom it
keeps waiting (coordinated omission). Connections are used in turn. _Closed_: connections that the server closed while they
were idle; it does so five seconds after the last answer, so those that are held each ask for something before that. A
connection takes two file descriptors of workerd, which ends when it has none left, and the limit of a process here is
${fileLimit}: no more were opened than it admits.

${table(
  [
    ...[
      '',
      '',
      'connections',
      'wanted/s',
      'reached/s',
      's',
      'p50 ms',
      'p90 ms',
      'p99 ms',
      'p99.9 ms',
      'most ms',
    ],
    ...['failures', '429', 'closed'],
  ],
  parts.flatMap(({ part, streams }) => streams.map((run) => rateRow(part, run))),
)}`

/** Below, the collector's teeth are the slope. */
const fewestSamples = 300

function costRow(part: PartName, { cpuMs, memoryMb, peakMemoryMb }: Cost, requests: number): string[] {
  const { mbPerMinute } = trendOf(memoryMb)
  const perRequest = (mbPerMinute * 2 ** 20 * (memoryMb.length / 60)) / requests
  const isLong = memoryMb.length >= fewestSamples
  return [
    ...[partTitles[part], String(requests)],
    ...[cpuMs.server, cpuMs.database, cpuMs.gateway].map((value) => value.toFixed(3)),
    ...[mb(memoryMb[0] ?? 0), mb(peakMemoryMb)],
    ...(isLong ? [mbPerMinute.toFixed(2), perRequest.toFixed(0)] : ['', '']),
  ]
}

const total = (counted: readonly { readonly requests: number }[]): number =>
  counted.reduce((sum, { requests }) => sum + requests, 0)

const costSection = ({ parts, locust }: LoadReport): string => `## CPU and memory

Per request of every kind in the part, work after the answer included. Memory is the RSS of workerd; its slope is the line
through one sample a second, without the first third, where the part is long enough to have one. The gateway stands in for Neon's proxy.

${table(
  [
    ...['', 'requests', 'worker CPU ms', 'Postgres CPU ms', 'gateway CPU ms', 'MB before', 'MB at most'],
    ...['MB a minute', 'bytes a request'],
  ],
  [
    ...parts.map((run) => costRow(run.part, run, total(run.streams))),
    ...(locust ? [costRow('locust', locust, total(locust.steps))] : []),
  ],
)}`

function soakSection({ memoryMb }: PartRun): string {
  const minutes = Array.from({ length: Math.ceil(memoryMb.length / 60) }, (_, minute) =>
    memoryMb.slice(minute * 60, (minute + 1) * 60),
  )
  const { startMb, mbPerMinute, growth } = trendOf(memoryMb)
  return `## Memory in the soak

Median of each minute, in MB: ${minutes.map((samples) => mb(median(samples))).join(', ')}.

The line without the first third begins at ${mb(startMb)} MB and rises by ${mbPerMinute.toFixed(2)} MB a minute, by
${(growth * 100).toFixed(1)}% in all.`
}

/** On what the figures were measured, and how. */
function conditions({ machine, accounts, events }: LoadReport): string {
  const { cores, cpu, node, workerd } = machine
  return `- ${cores} cores, ${cpu}; Node ${node}, workerd ${workerd}
- Authly is the production bundle on one process of raw \`workerd serve\`, with Durable Objects on local disk, evicted when
  idle, and durable Postgres with ${accounts} accounts and ${events} audit events
- Every answer was checked. Audit events were counted in Postgres afterwards. Rate limits hold as deployed, except those of
  one client and one administrator, who stand for many`
}

/** The whole document. */
export function renderMarkdown(report: LoadReport): string {
  const { parts, locust } = report
  const goals = goalResultsOf(report)
  const hasRun = parts.length > 0 || locust !== undefined
  const errors = findingsOf(report).flatMap(({ subject, error }) =>
    error ? [`- **${subject}**: ${error}`] : [],
  )
  const soak = parts.find(({ part }) => part === 'soak')
  const sections = [
    ...(hasRun ? [errors.length > 0 ? `Errors:\n\n${errors.join('\n')}` : 'There were no errors.'] : []),
    ...(parts.length > 0 ? [rateSection(report)] : []),
    ...(hasRun ? [costSection(report)] : []),
    ...(soak ? [soakSection(soak)] : []),
    ...(locust ? [locustSection(locust)] : []),
    howTo,
  ]
  return `# Load

Written by \`npm run load\`; do not edit. Load generator, Postgres and server share one machine, which absolute numbers
depend on.

${hasRun ? `${conditions(report)}\n\n` : ''}## Goals

${goals.length === 0 ? 'No part with a goal has been run yet.' : goalTable(goals)}

${sections.join('\n\n')}`
}
