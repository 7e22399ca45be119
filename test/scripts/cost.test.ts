/** Dollars follow from counted units and published prices, and stay below what somebody else has published. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { billOf, mixes, published, requestsPerMonth, roundsOf } from '../../scripts/cost/months.ts'
import { cpuMsOf, operationNames, readCpuMs, usageOf } from '../../scripts/cost/operations.ts'
import { addUp, billedDollars, marginalDollars, planDollars } from '../../scripts/cost/prices.ts'
import { accessShare, tracedShare } from '../../scripts/cost/telemetry.ts'
import { environmentSchema } from '../../src/config.ts'
import { budgets } from '../contracts/budgets.ts'

const measured = readCpuMs(readFileSync('docs/performance.md', 'utf8'))

describe('a bill', () => {
  test('of 15 million requests with 7 ms each is the one in Cloudflare’s documentation', () => {
    const requests = 15_000_000
    const total =
      planDollars + billedDollars('workerRequests', requests) + billedDollars('cpuMs', 7 * requests)
    expect(total).toBeCloseTo(8)
  })

  test('of 75 GB of telemetry, 20 GB-month stored, too', () => {
    expect(billedDollars('telemetryGb', 75)).toBeCloseTo(6.25)
    expect(billedDollars('telemetryGbMonths', 20)).toBeCloseTo(0.8)
  })

  test('of what is included is nothing', () => {
    expect(billedDollars('rowsWritten', 50_000_000)).toBe(0)
    expect(billedDollars('rowsWritten', 51_000_000)).toBeCloseTo(1)
  })
})

describe('an operation', () => {
  test('has the CPU of the benchmark, by the title it has there', () => {
    const names = ['clientCredentials', 'authorizationCode', 'refreshToken', 'silentAuthorize'] as const
    for (const name of [...names, 'introspect', 'discovery', 'jwks'] as const) {
      const { cpuMs, isMeasured } = cpuMsOf(name, measured)
      expect([name, isMeasured]).toEqual([name, true])
      expect(cpuMs).toBeGreaterThan(0)
    }
  })

  test('costs what its budget says, and its share of leases and audit batches', () => {
    const { objectCalls, rowsWritten, later, sharedEvents } = budgets.refreshToken
    const { leaseRefill, auditBatch: first, anotherAuditBatch: another } = budgets
    const usage = usageOf('refreshToken', measured, 4)
    // One batch in four sets the alarm; one lease lasts for five requests.
    const batch = (first.objectCalls + first.later.alarms + 3 * another.objectCalls) / 4
    const lease = (leaseRefill.objectCalls + leaseRefill.later.alarms) / 5
    expect(usage.objectRequests).toBeCloseTo(objectCalls + later.alarms + sharedEvents * batch + lease)
    const rowsOf = (budget: typeof first | typeof another | typeof leaseRefill) =>
      budget.rowsWritten + budget.later.rowsWritten
    const shared = (rowsOf(first) + 3 * rowsOf(another)) / 4 + rowsOf(leaseRefill) / 5
    expect(usage.rowsWritten).toBeCloseTo(rowsWritten + later.rowsWritten + shared)
    const alone = usageOf('refreshToken', measured).rowsWritten as number
    expect(alone).toBeGreaterThan(usage.rowsWritten as number)
  })

  test('is never free', () => {
    for (const name of operationNames) expect(marginalDollars(usageOf(name, measured))).toBeGreaterThan(0)
  })

  test('sums are sums', () => {
    const sum = addUp([2, { rowsRead: 1, cpuMs: 3 }], [1, { cpuMs: 1 }])
    expect(sum).toEqual({ rowsRead: 2, cpuMs: 7 })
  })
})

describe('a month with 18 million requests', () => {
  test.each(mixes)('$name: all of them are requests', (mix) => {
    const bill = billOf(mix, measured)
    // And the cron.
    expect(bill.usage.workerRequests).toBeGreaterThanOrEqual(requestsPerMonth)
    expect(bill.usage.workerRequests).toBeLessThan(requestsPerMonth * 1.001)
    const lines = [...bill.lines.values()].reduce((sum, dollars) => sum + dollars, planDollars)
    expect(bill.total).toBeCloseTo(lines)
  })

  test('the published mix is 4.5 million sign-ins of four requests', () => {
    expect(roundsOf(mixes[0] as (typeof mixes)[0])).toBe(4_500_000)
  })

  test('the published mix costs less than was published, Postgres and storage included', () => {
    expect(billOf(mixes[0] as (typeof mixes)[0], measured).total).toBeLessThan(published.dollars)
  })
})

test('logs and traces are counted as they are deployed', () => {
  const wrangler = readFileSync('wrangler.toml', 'utf8')
  const tableOf = (name: string) => wrangler.split(`[observability.${name}]`)[1]?.split('\n[')[0] ?? ''
  expect(tableOf('traces')).toContain(`head_sampling_rate = ${tracedShare}\n`)
  expect(tableOf('logs')).toContain('invocation_logs = false\n')
  expect(tableOf('logs')).toContain('head_sampling_rate = 1\n')
  expect(environmentSchema.shape.AUTHLY_LOG_ACCESS_RATIO.parse(undefined)).toBe(accessShare)
})
