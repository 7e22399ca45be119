/** The admin part of docs/performance.md. Pure. */
import type { Explained } from '../admin/explain.ts'
import type { AdminMeasurement } from '../admin/measure-admin.ts'
import type { AdminReport } from '../admin/run-admin.ts'
import { adminGoals } from '../goals.ts'
import { median, spreadOf } from '../median.ts'
import { table } from './table.ts'

/** The goal speaks of reads; writes are measured for their throughput. */
const isRead = ({ group }: AdminMeasurement): boolean => group !== 'Writes'

const ms = (value: number): string => (value < 10 ? value.toFixed(1) : value.toFixed(0))
const thousands = (count: number): string => count.toLocaleString('en-US')

/** One scenario over all rounds. */
interface Scenario {
  readonly group: string
  readonly title: string
  readonly isRead: boolean
  readonly runs: readonly AdminMeasurement[]
}

function scenariosOf(runs: readonly AdminMeasurement[]): Scenario[] {
  return [...Map.groupBy(runs, ({ group, title }) => `${group}: ${title}`).values()].map((own) => {
    const first = own[0] as AdminMeasurement
    return { group: first.group, title: first.title, isRead: isRead(first), runs: own }
  })
}

type Read = (run: AdminMeasurement) => number

const togetherP99: Read = ({ wall }) => wall.p99Ms
const aloneP99: Read = ({ alone }) => alone.p99Ms
const medianOf = ({ runs }: Scenario, read: Read): number => median(runs.map(read))

/** Median, and from where to where the rounds went. */
function figure({ runs }: Scenario, read: Read): string {
  const { median: middle, least, most } = spreadOf(runs.map(read))
  return `${ms(middle)} (${ms(least)}–${ms(most)})`
}

const isMet = (scenario: Scenario): boolean =>
  medianOf(scenario, togetherP99) < adminGoals.togetherP99Ms &&
  medianOf(scenario, aloneP99) < adminGoals.aloneP99Ms

const measuredRow = (scenario: Scenario): string[] => [
  scenario.title,
  medianOf(scenario, ({ rps }) => rps).toFixed(0),
  ms(medianOf(scenario, ({ wall }) => wall.p50Ms)),
  figure(scenario, togetherP99),
  ms(medianOf(scenario, ({ alone }) => alone.p50Ms)),
  figure(scenario, aloneP99),
  scenario.isRead ? (isMet(scenario) ? 'met' : '**not met**') : '',
  ms(medianOf(scenario, ({ database }) => database.p99Ms)),
  medianOf(scenario, ({ cpu }) => cpu.worker).toFixed(2),
  medianOf(scenario, ({ cpu }) => cpu.database).toFixed(2),
  medianOf(scenario, ({ cpu }) => cpu.gateway).toFixed(2),
]

const measuredHead = [
  '',
  'requests/s',
  'p50 ms',
  `p99 ms (< ${adminGoals.togetherP99Ms})`,
  'alone p50 ms',
  `alone p99 ms (< ${adminGoals.aloneP99Ms})`,
  '',
  'database p99 ms',
  'worker CPU ms',
  'database CPU ms',
  'gateway CPU ms',
]

/** How many reads meet both of their goals. */
export function adminReads(report: AdminReport): { readonly met: number; readonly all: number } {
  const reads = scenariosOf(report.measurements).filter((scenario) => scenario.isRead)
  return { met: reads.filter(isMet).length, all: reads.length }
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
  const { users, events, admins, seconds, plans } = report
  const all = scenariosOf(report.measurements)
  const reads = adminReads(report)
  const rounds = Math.max(...report.measurements.map(({ round }) => round))
  const groups = [...Map.groupBy(all, ({ group }) => group)]
  return `## Administration

${thousands(users)} people and ${thousands(events)} audit events. ${admins} administrators, each with a token and a
connection of their own, ask without any pause for ${seconds} s; every answer was checked to be a success. Goal of every read:
p99 below ${adminGoals.togetherP99Ms} ms with all of them at once on the cores that also run Postgres, the gateway and the
load generator, and below ${adminGoals.aloneP99Ms} ms for one request at a time. **${reads.met} of ${reads.all} met.** Medians
of ${rounds} rounds, with the least and the most in parentheses.

- database: at the gateway, from the arrival of a request to its last row, under the load of all ${admins}; waiting for
  one of the gateway's 20 connections included
- CPU is per request, of whole process trees

${groups.map(([group, own]) => `### ${group}\n\n${table(measuredHead, own.map(measuredRow))}`).join('\n\n')}

### Query plans

\`EXPLAIN (ANALYZE, BUFFERS)\` of the statements the operations sent, with their values, on these tables. Pages are 8 KiB,
from memory or disk; a scan is a table of 10,000 rows or more read from end to end.

${table(['', 'ms', 'rows', 'pages', 'scan', 'plan'], plans.map(planRow))}
`
}
