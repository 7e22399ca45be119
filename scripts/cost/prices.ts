/** What the platform and Postgres cost: list prices in US dollars, without tax, as published on the day below. */

export const pricesAsOf = '2026-11-28'

export interface Price {
  readonly unit: string
  /** Dollars for `per` units beyond what is included. */
  readonly dollars: number
  readonly per: number
  /** Units a month that the plan includes. */
  readonly included: number
  readonly source: keyof typeof sources
}

export const sources = {
  workers: 'Cloudflare, Workers pricing (Standard, Workers Paid)',
  objects: 'Cloudflare, Durable Objects pricing (SQLite storage backend)',
  logs: 'Cloudflare, Workers Logs pricing; ends with November 2026',
  observability: 'Cloudflare, Observability pricing; from 2026-12-01',
  neon: 'Neon, plans (Launch)',
} as const

const million = 1_000_000

/** The Workers Paid plan, a month. */
export const planDollars = 5

export const prices = {
  workerRequests: {
    ...{ unit: 'Worker requests', dollars: 0.3, per: million, included: 10 * million, source: 'workers' },
  },
  cpuMs: { unit: 'CPU ms', dollars: 0.02, per: million, included: 30 * million, source: 'workers' },
  objectRequests: {
    unit: 'Durable Object requests: calls and alarms',
    ...{ dollars: 0.15, per: million, included: million, source: 'objects' },
  },
  objectGbSeconds: {
    unit: 'Durable Object duration, GB-s',
    ...{ dollars: 12.5, per: million, included: 400_000, source: 'objects' },
  },
  rowsRead: {
    unit: 'rows read',
    dollars: 0.001,
    per: million,
    included: 25_000 * million,
    source: 'objects',
  },
  rowsWritten: { unit: 'rows written', dollars: 1, per: million, included: 50 * million, source: 'objects' },
  objectGbMonths: {
    ...{ unit: 'Durable Object storage, GB-month', dollars: 0.2, per: 1, included: 5, source: 'objects' },
  },
  logEvents: { unit: 'log events', dollars: 0.6, per: million, included: 20 * million, source: 'logs' },
  telemetryGb: {
    ...{ unit: 'logs and traces, GB ingested', dollars: 0.25, per: 1, included: 50, source: 'observability' },
  },
  telemetryGbMonths: {
    unit: 'logs and traces, GB-month stored',
    ...{ dollars: 0.1, per: 1, included: 12, source: 'observability' },
  },
  computeHours: { unit: 'Postgres, CU-hours', dollars: 0.106, per: 1, included: 0, source: 'neon' },
  postgresGbMonths: {
    ...{ unit: 'Postgres storage, GB-month', dollars: 0.35, per: 1, included: 0, source: 'neon' },
  },
  historyGbMonths: {
    ...{ unit: 'Postgres history for restores, GB-month', dollars: 0.2, per: 1, included: 0, source: 'neon' },
  },
} as const satisfies Record<string, Price>

export type Unit = keyof typeof prices

/** Quantities by unit; those that are absent are zero. */
export type Usage = Readonly<Partial<Record<Unit, number>>>

export const unitNames = Object.keys(prices) as Unit[]

/** The sum of `usages`, each counted `times`. */
export function addUp(...usages: readonly (readonly [times: number, usage: Usage])[]): Usage {
  const total: Partial<Record<Unit, number>> = {}
  for (const [times, usage] of usages) {
    for (const unit of unitNames) {
      const more = times * (usage[unit] ?? 0)
      if (more !== 0) total[unit] = (total[unit] ?? 0) + more
    }
  }
  return total
}

/** List price of `usage` when the included units are already used up. */
export const marginalDollars = (usage: Usage): number =>
  unitNames.reduce((sum, unit) => sum + ((usage[unit] ?? 0) * prices[unit].dollars) / prices[unit].per, 0)

/** What a month's quantity of one unit costs beyond the included. */
export function billedDollars(unit: Unit, quantity: number): number {
  const { included, dollars, per } = prices[unit]
  return (Math.max(0, quantity - included) * dollars) / per
}
