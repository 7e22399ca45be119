/**
 * Alerts on how fast the error budget of 30 days is spent, over a long window, which makes sure that it matters, and a
 * short one, which ends the alert soon after the cause (Google, The Site Reliability Workbook, chapter 5, table 5-8).
 */
import { type Clock, day, hour, minute } from '../clock.ts'
import { type Objective, objectives } from '../objectives.ts'
import { badRatio, badRequestRate, seriesOf, type Window } from './objective-rules.ts'
import { type AlertRule, type RuleGroup, type RuleOptions, runbookUrl, type Severity } from './rule.ts'

interface Tier {
  readonly long: Window
  readonly short: Window
  /** How many times faster than evenly over 30 days. */
  readonly burnRate: number
  readonly severity: Severity
  /** The share of the budget that is gone when it fires. */
  readonly spent: string
}

const tiers: readonly Tier[] = [
  { long: hour, short: 5 * minute, burnRate: 14.4, severity: 'page', spent: '2 %' },
  { long: 6 * hour, short: 30 * minute, burnRate: 6, severity: 'page', spent: '5 %' },
  { long: day, short: 2 * hour, burnRate: 3, severity: 'ticket', spent: '10 %' },
  { long: 3 * day, short: 6 * hour, burnRate: 1, severity: 'ticket', spent: '10 %' },
]

/** Fewer than this in the long window are no reason to call anyone, whatever share of a quiet region they are. */
const minBadRequests = 5

const alerts: readonly { alert: string; what: string; objectives: readonly Objective[] }[] = [
  { alert: 'TokenLatencyBudgetBurn', what: 'Token requests are slow', objectives: [objectives.tokenLatency] },
  { alert: 'AdminLatencyBudgetBurn', what: 'Admin requests are slow', objectives: [objectives.adminLatency] },
  {
    alert: 'ErrorBudgetBurn',
    what: 'Requests fail',
    objectives: [objectives.tokenAvailability, objectives.signInAvailability, objectives.adminAvailability],
  },
]

export const burnRateGroup = (clock: Clock, options: RuleOptions): RuleGroup => ({
  name: 'authly-burn-rates',
  rules: alerts.flatMap(({ alert, what, objectives: ofAlert }) =>
    ofAlert.flatMap((objective) =>
      tiers.map((tier) => burnRateAlert({ name: alert, what, objective, tier, clock, options })),
    ),
  ),
})

function burnRateAlert(of: {
  name: string
  what: string
  objective: Objective
  tier: Tier
  clock: Clock
  options: RuleOptions
}): AlertRule {
  const { name, what, objective, tier, clock, options } = of
  const limit = `${tier.burnRate} * (1 - ${objective.target})`
  const count = `${seriesOf(badRequestRate(tier.long), objective)} * ${clock.seconds(tier.long)}`
  const expr = [
    `${seriesOf(badRatio(tier.long), objective)} > ${limit}`,
    `${seriesOf(badRatio(tier.short), objective)} > ${limit}`,
    `${count} >= ${minBadRequests}`,
  ].join(' and ')
  return {
    alert: name,
    expr,
    labels: { severity: tier.severity, burn_rate: String(tier.burnRate) },
    annotations: {
      summary: `${what} in {{ $labels.region }}: {{ $value | humanizePercentage }} of "${objective.title}"`,
      description: `${tier.spent} of the error budget of 30 days is spent; the objective is ${objective.target * 100} %.`,
      runbook_url: runbookUrl(name, options),
    },
  }
}
