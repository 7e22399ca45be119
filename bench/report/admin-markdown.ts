/** The admin part of docs/performance.md. Pure. */
import type { Explained } from '../admin/explain.ts'
import type { AdminMeasurement } from '../admin/measure-admin.ts'
import type { AdminReport } from '../admin/run-admin.ts'
import { table } from './table.ts'

/** What must be reached by every read, audit search included. */
export const adminGoalMs = 200

/** The goal speaks of reads; writes are measured for their throughput. */
const isRead = ({ group }: AdminMeasurement): boolean => group !== 'Writes'

const ms = (value: number): string => (value < 10 ? value.toFixed(1) : value.toFixed(0))
const pair = ({ p50Ms, p99Ms }: { p50Ms: number; p99Ms: number }): string => `${ms(p50Ms)} / ${ms(p99Ms)}`
const thousands = (count: number): string => count.toLocaleString('en-US')

const verdictOf = (run: AdminMeasurement): string => {
  if (run.failures > 0) return '**invalid**'
  if (!isRead(run)) return ''
  return run.wall.p99Ms < adminGoalMs ? 'met' : '**not met**'
}

const measuredRow = (run: AdminMeasurement): string[] => [
  run.title,
  run.rps.toFixed(0),
  pair(run.wall),
  verdictOf(run),
  pair(run.alone),
  pair(run.database),
  run.cpu.worker.toFixed(2),
  run.cpu.database.toFixed(2),
  run.cpu.gateway.toFixed(2),
]

const measuredHead = [
  '',
  'requests/s',
  'wall p50 / p99 ms',
  `p99 < ${adminGoalMs} ms`,
  'alone p50 / p99 ms',
  'database p50 / p99 ms',
  'worker CPU ms',
  'database CPU ms',
  'gateway CPU ms',
]

function groupSection(group: string, runs: readonly AdminMeasurement[]): string {
  return `### ${group}\n\n${table(measuredHead, runs.map(measuredRow))}`
}

const planRow = (plan: Explained): string[] => [
  plan.title,
  plan.milliseconds.toFixed(2),
  thousands(plan.rows),
  thousands(plan.pages),
  plan.scansTable ? '**yes**' : 'no',
  plan.nodes,
]

/** The section, from its heading on. */
export function renderAdmin(report: AdminReport): string {
  const { users, events, admins, seconds, measurements, plans } = report
  const groups = [...new Set(measurements.map(({ group }) => group))]
  const reads = measurements.filter(isRead)
  const met = reads.filter((run) => verdictOf(run) === 'met').length
  return `## Administration

${thousands(users)} people and ${thousands(events)} audit events. ${admins} administrators, each with a token and a
connection of their own, ask without any pause for ${seconds} s; every answer was checked to be a success. Goal: p99 of
every read below ${adminGoalMs} ms. **${met} of ${reads.length} met.**

- wall: as the administrators wait, all ${admins} at once on the cores that also run Postgres, the gateway and the load
  generator; alone: one request at a time
- database: at the gateway, from the arrival of a request to its last row, under the load of all ${admins}; waiting for
  one of the gateway's 20 connections included
- CPU is per request, of whole process trees

${groups
  .map((group) =>
    groupSection(
      group,
      measurements.filter((run) => run.group === group),
    ),
  )
  .join('\n\n')}

### Query plans

\`EXPLAIN (ANALYZE, BUFFERS)\` of the statements the operations sent, with their values, on these tables. Pages are 8 KiB,
from memory or disk; a scan is a table of 10,000 rows or more read from end to end.

${table(['', 'ms', 'rows', 'pages', 'scan', 'plan'], plans.map(planRow))}
`
}
