/** Bills of a month with 18 million requests, for several mixes of them. */
import { storedBytes } from '../../test/contracts/budgets.ts'
import { assumptions, expiryUsage, newPersonUsage, returningUsage, usageOf } from './operations.ts'
import { addUp, billedDollars, planDollars, type Unit, type Usage, unitNames } from './prices.ts'

export const requestsPerMonth = 18_000_000

/** The best figure that somebody else has published for this runtime, with the mix it was given for. */
export const published = {
  dollars: 79.78,
  by: 'Authrim, README, "Verified by Load Testing (Dec 2025)"',
} as const

type OperationName = Parameters<typeof usageOf>[0]

export interface Mix {
  readonly name: string
  /** What a sign-in, or whatever is counted, consists of. */
  readonly requests: Partial<Record<OperationName, number>>
  /** Objects of people that are stored. */
  readonly people: number
  /** Whether each round begins a session (`new`), or goes on with one that each person begins once a month. */
  readonly session?: 'new' | 'live'
  /** Audit events per round of `requests`, how many of them are shared, and for how many months they are kept. */
  readonly events: number
  readonly shared: number
  readonly monthsKept: number
}

export const mixes: readonly Mix[] = [
  {
    name: 'as published: 4.5 million sign-ins, of a million people each week',
    requests: { silentAuthorize: 1, authorizationCode: 1, userinfo: 1, discovery: 1 },
    ...{ people: 1_000_000, session: 'live', events: 1, shared: 1, monthsKept: 6 },
  },
  {
    name: 'with a password each time, over hosted pages',
    requests: {
      ...{ hostedPage: 2, passwordLogin: 1, resumedAuthorize: 1 },
      ...{ authorizationCode: 1, userinfo: 1, discovery: 1 },
    },
    ...{ people: 600_000, session: 'new', events: 2, shared: 1, monthsKept: 10 },
  },
  {
    name: 'with a passkey each time, over hosted pages',
    requests: {
      ...{ hostedPage: 2, passkeyLogin: 1, resumedAuthorize: 1 },
      ...{ authorizationCode: 1, userinfo: 1, discovery: 1 },
    },
    ...{ people: 600_000, session: 'new', events: 2, shared: 1, monthsKept: 10 },
  },
  {
    name: 'service tokens alone',
    requests: { clientCredentials: 1 },
    ...{ people: 0, events: 1, shared: 1, monthsKept: 6 },
  },
  {
    name: 'refreshes alone, none within two hours of another',
    requests: { refreshToken: 1 },
    ...{ people: 1_000_000, events: 1, shared: 1, monthsKept: 6 },
  },
]

/** Assumptions about Postgres: the cron keeps it awake, and the smallest size is enough for 7 requests a second. */
export const postgres = {
  computeUnits: 0.25,
  hours: 730,
  bytesPerEvent: 800,
  otherGb: 2,
  daysOfHistory: 7,
} as const
const cronRunsPerMonth = (60 / 5) * 24 * 30
const gb = 1e9

export interface Bill {
  readonly usage: Usage
  /** Dollars by unit, beyond what is included. */
  readonly lines: ReadonlyMap<Unit, number>
  readonly total: number
}

/** How often a round of the mix happens in a month. */
export const roundsOf = ({ requests }: Mix): number =>
  requestsPerMonth / Object.values(requests).reduce((sum, times) => sum + times, 0)

const secondsPerMonth = 30 * 86_400
/** Shared outboxes of a region, and how often an alarm delivers what is in one of them. */
const outboxes = { shards: 8, seconds: 6.25 } as const

/** Batches that one alarm finds, if requests come evenly: at least the one that set it. */
const batchesPerDelivery = (batchesPerMonth: number): number =>
  Math.max(1, (batchesPerMonth / secondsPerMonth / outboxes.shards) * outboxes.seconds)

export function billOf(mix: Mix, measured: ReadonlyMap<string, number>): Bill {
  const rounds = roundsOf(mix)
  const together = batchesPerDelivery((rounds * mix.shared) / assumptions.eventsPerBatch)
  const usage = addUp(
    ...Object.entries(mix.requests).map(
      ([name, times]) => [rounds * times, usageOf(name as OperationName, measured, together)] as const,
    ),
    ...sessionUsage(mix, rounds),
    [1, { objectGbMonths: (mix.people * storedBytes.person) / gb }],
    [cronRunsPerMonth, { workerRequests: 1, cpuMs: 20 }],
    [1, postgresUsage(rounds * mix.events, mix.monthsKept)],
  )
  const lines = new Map(unitNames.map((unit) => [unit, billedDollars(unit, usage[unit] ?? 0)] as const))
  return { usage, lines, total: planDollars + [...lines.values()].reduce((sum, dollars) => sum + dollars, 0) }
}

/** What sessions cost when they end, and objects when they begin. */
function sessionUsage({ session, people }: Mix, rounds: number): readonly (readonly [number, Usage])[] {
  // An object lives as long as the device of its person is known, 90 days.
  const created = [people / 3, newPersonUsage()] as const
  if (session === 'new') return [created, [rounds, expiryUsage()]]
  if (session === 'live') return [created, [rounds, returningUsage()], [people, expiryUsage()]]
  return [created]
}

function postgresUsage(eventsPerMonth: number, monthsKept: number): Usage {
  const { computeUnits, hours, bytesPerEvent, otherGb, daysOfHistory } = postgres
  const gbPerMonth = (eventsPerMonth * bytesPerEvent) / gb
  return {
    computeHours: computeUnits * hours,
    postgresGbMonths: gbPerMonth * monthsKept + otherGb,
    historyGbMonths: (gbPerMonth / 30) * daysOfHistory,
  }
}
