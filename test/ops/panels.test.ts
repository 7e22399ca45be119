/** Every expression of every panel, rule and runbook, evaluated over a server that is in use. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dashboards } from '../../scripts/ops/dashboards/index.ts'
import { isAlert } from '../../scripts/ops/rules/rule.ts'
import { ruleGroups } from '../../scripts/ops/rules/rule-files.ts'
import { projectRoot } from '../../scripts/stack/worker-bundle.ts'
import { type ObservedAuthly, startObservedAuthly, watchAlerts } from './observed-authly.ts'

let authly: ObservedAuthly

/** How long there was traffic before anything is looked at. */
const warmUpSeconds = 75
/** Samples of this many seconds are enough. */
const lookBackSeconds = 40

beforeAll(async () => {
  authly = await startObservedAuthly()
  await sleep(warmUpSeconds * 1000)
})

afterAll(() => authly?.stop())

/** As Grafana fills in its variables. */
const fillIn = (expr: string): string =>
  expr.replaceAll('$__rate_interval', '30s').replaceAll('$region', '.*')

const hasData = (series: readonly (readonly number[])[]): boolean =>
  series.some((values) => values.some((value) => !Number.isNaN(value)))

describe('a server in use', () => {
  it('answers its traffic', () => {
    expect(authly.traffic.failures()).toEqual([])
  })

  it('raises no alert', async () => {
    expect(await watchAlerts(authly, { seconds: 20 })).toEqual([])
  })
})

describe.each(dashboards)('$title', ({ rows }) => {
  const panels = rows.flatMap((row) => row.panels)

  it.each(panels)('$title', async ({ targets, emptyBecause }) => {
    for (const { expr, legend } of targets) {
      const series = await authly.prometheus.samples(fillIn(expr), lookBackSeconds)
      if (emptyBecause === undefined) expect(hasData(series), `${legend}: ${fillIn(expr)}`).toBe(true)
    }
  })
})

describe('rules', () => {
  it('are evaluated without an error', async () => {
    expect(await authly.prometheus.ruleErrors()).toEqual([])
  })

  const recorded = ruleGroups().flatMap(({ rules }) => rules.flatMap((rule) => (isAlert(rule) ? [] : [rule])))
  it.each(recorded)('$record $labels.slo has data', async ({ record, labels = {} }) => {
    const series = await authly.prometheus.samples(`${record}{slo="${labels['slo']}"}`, lookBackSeconds)
    expect(hasData(series)).toBe(true)
  })

  const alerts = ruleGroups().flatMap(({ rules }) => rules.filter(isAlert))
  it.each(alerts)('$alert $labels.burn_rate compares with what exists', async ({ expr }) => {
    for (const operand of operandsOf(expr)) {
      const isMetric = /authly_|up\{/.test(operand)
      const mayBeAbsent =
        operand.startsWith('absent(') || absentWithoutAFault.some((name) => operand.includes(name))
      const series = await authly.prometheus.samples(operand, lookBackSeconds)
      if (isMetric && !mayBeAbsent) expect(hasData(series), operand).toBe(true)
    }
  })
})

/** Metrics without a series while all is well. */
const absentWithoutAFault = [
  // Only clients all of whose secrets expire have one.
  'authly_client_secret_expiry_timestamp_seconds',
  // Only while a job runs: those of the test last for moments.
  'authly_jobs{state="running"}',
  'authly_job_steps_total{outcome="failed"}',
  'authly_audit_events_lost_total',
  // Only where the deployment names a list.
  'authly_breached_password_checks_total',
  // Only where people are asked for a second factor.
  'method=~"totp|recovery_code"',
  // Only where codes go by text message, and to numbers without end.
  'authly_codes_issued_total{channel="sms"}',
  'authly_rate_limited_total{policy="sms-day"}',
  // Only where people register, get accounts back, or sign out of clients that are told.
  'authly_registrations_total',
  'authly_recoveries_total',
  'authly_logout_deliveries_total',
  // Only where there are webhook endpoints.
  'authly_webhook_',
  // Only sign-ins that come later than a minute after the last one read a copy again.
  'authly_passkey_copy_refreshes_total',
]

/** The expressions that an alert combines and compares, without their limits. */
const operandsOf = (expr: string): readonly string[] =>
  expr
    .split(/ (?:and|or|unless) (?![(]?0 )/)
    .map((part) => part.replace(/ (?:>=|<=|==|>|<) [-\d.*() ]+$/, ''))

describe('runbooks', () => {
  const folder = join(projectRoot, 'docs/runbooks')
  const queries = readdirSync(folder).flatMap((page) =>
    [...readFileSync(join(folder, page), 'utf8').matchAll(/^ *```promql\n([\s\S]*?)```/gm)].map(
      ([, text = '']) => ({
        page,
        query: text.trim(),
      }),
    ),
  )
  it.each(queries)('$page: $query', async ({ query }) => {
    await authly.prometheus.samples(query, lookBackSeconds)
  })
})
