/** Burn rates: each tier fires by itself, soon stops, and ignores what is short, small or rare. */
import { type Objective, objectives } from '../../scripts/ops/objectives.ts'
import { type AlertCase, counter, type Firing, histogram, type Phase, type Series } from './alert-case.ts'

const minutesApart = 2
/** Hours between evaluations; what is looked at must fall on one of them. */
const evaluatedEvery = 0.5
const perSample = 1200
const samplesOf = (hours: number) => Math.round((hours * 60) / minutesApart)

/** Hours with this share of bad requests, one after the other. */
type Hours = readonly (readonly [badShare: number, hours: number])[]

interface Measured {
  readonly alert: string
  readonly objective: Objective
  series(hours: Hours, perSample: number): readonly Series[]
}

const latencyOf = (alert: string, objective: Objective, route: string, bound: string): Measured => ({
  ...{ alert, objective },
  series: (hours, requests) =>
    histogram(
      'authly_http_request_duration_seconds',
      { route, method: 'POST', outcome: 'success' },
      hours.map(([bad, length]) => ({
        perSample: requests,
        below: { [bound]: 1 - bad },
        samples: samplesOf(length),
      })),
    ),
})

const errorsOf = (objective: Objective, route: string): Measured => ({
  ...{ alert: 'ErrorBudgetBurn', objective },
  series: (hours, requests) => {
    const phases = (share: (bad: number) => number): readonly Phase[] =>
      hours.map(([bad, length]) => [requests * share(bad), samplesOf(length)])
    const name = 'authly_http_request_duration_seconds_count'
    return [
      counter(
        name,
        { route, method: 'GET', outcome: 'success' },
        phases((bad) => 1 - bad),
      ),
      counter(
        name,
        { route, method: 'GET', outcome: 'failed' },
        phases((bad) => bad),
      ),
    ]
  },
})

const measured: readonly Measured[] = [
  latencyOf('TokenLatencyBudgetBurn', objectives.tokenLatency, '/oauth/token', '0.05'),
  latencyOf('AdminLatencyBudgetBurn', objectives.adminLatency, '/admin/users', '0.2'),
  errorsOf(objectives.tokenAvailability, '/oauth/introspect'),
  errorsOf(objectives.signInAvailability, '/login'),
  errorsOf(objectives.adminAvailability, '/admin/clients/{client_id}'),
]

/** Three good days, then `times` the rate that the budget allows for so many hours, then perhaps good ones again. */
interface Story {
  readonly title: string
  readonly times: number
  readonly hours: number
  readonly thenGood?: number
  readonly burnRates: readonly string[]
}

const stories: readonly Story[] = [
  { title: '20 times the budget for an hour pages', times: 20, hours: 1, burnRates: ['14.4'] },
  { title: '8 times the budget for six hours pages', times: 8, hours: 6, burnRates: ['6'] },
  { title: '4 times the budget for a day is a ticket', times: 4, hours: 24, burnRates: ['3', '1'] },
  { title: '1.5 times the budget for three days is a ticket', times: 1.5, hours: 72, burnRates: ['1'] },
  { title: '20 times the budget for six minutes does not', times: 20, hours: 0.1, burnRates: [] },
  {
    title: '20 times the budget for an hour, over for ten minutes, does not any more',
    ...{ times: 20, hours: 1, thenGood: 1 / 6, burnRates: [] },
  },
  { title: 'what the budget allows does not', times: 0.8, hours: 72, burnRates: [] },
]

const severityOf = (burnRate: string): Firing['severity'] =>
  burnRate === '14.4' || burnRate === '6' ? 'page' : 'ticket'

export const burnRateCases: readonly AlertCase[] = measured.flatMap((one) => [
  ...stories.map((story) => caseOf(one, story)),
  {
    ...caseOf(one, {
      title: 'four bad requests of a quiet region do not',
      times: 0,
      hours: 1,
      burnRates: [],
    }),
    // One request every other minute, of which the last four were bad.
    series: one.series(
      [
        [0, 6 - 4 / 30],
        [1, 4 / 30],
      ],
      1,
    ),
    atMinute: 6 * 60,
  },
])

function caseOf({ alert, objective, series }: Measured, story: Story): AlertCase {
  const bad = story.times * (1 - objective.target)
  const good = story.thenGood ?? 0
  const end = 72 + Math.ceil((story.hours + good) / evaluatedEvery) * evaluatedEvery
  return {
    alert,
    title: `${objective.slo}: ${story.title}`,
    series: series(
      [[0, end - story.hours - good], [bad, story.hours], ...(good > 0 ? ([[0, good]] as const) : [])],
      perSample * (objective.target > 0.999 ? 10 : 1),
    ),
    everyMinutes: minutesApart,
    evaluatedEveryMinutes: evaluatedEvery * 60,
    atMinute: end * 60,
    firing: story.burnRates.map((burnRate) => ({ alert, severity: severityOf(burnRate), burnRate })),
  }
}
