import { hour, minute } from '../clock.ts'
import { objectiveList } from '../objectives.ts'
import { maxBy } from '../promql.ts'
import {
  badRatio,
  badRequestRate,
  objectiveRatio,
  requestRate,
  type windows,
} from '../rules/objective-rules.ts'
import type { Dashboard, Panel } from './panel.ts'
import { ofRegions, selected } from './selected.ts'

/** How many times faster than evenly over 30 days the budget is spent. */
const burnRate = (window: (typeof windows)[number]) =>
  `${badRatio(window)}{${ofRegions}} / on (slo) group_left () (1 - ${objectiveRatio})`

const overMonth = (record: string) => `sum_over_time(${record}{${ofRegions}}[30d])`

const budgetLeft: Panel = {
  title: 'Error budget left of 30 days',
  description: 'Full at 100 %; below 0 % the promise of the month is broken.',
  type: 'stat',
  unit: 'percentunit',
  limit: { value: 0, isFloor: true },
  width: 24,
  targets: [
    {
      expr: `1 - (${overMonth(badRequestRate(hour))} / (${overMonth(requestRate(hour))} > 0)) / on (slo) group_left () (1 - ${objectiveRatio})`,
      legend: '{{slo}} {{region}}',
    },
  ],
}

const burnRates: readonly Panel[] = [5 * minute, hour, 6 * hour].map((window) => ({
  title: `Burn rate over ${window === 5 * minute ? '5 minutes' : window === hour ? '1 hour' : '6 hours'}`,
  description:
    'At 1 the budget lasts exactly 30 days. A page comes at 14.4 over an hour or 6 over six hours.',
  unit: 'none',
  limit: { value: window === 6 * hour ? 6 : 14.4 },
  targets: [{ expr: burnRate(window as 300 | 3600 | 21_600), legend: '{{slo}} {{region}}' }],
}))

const perObjective: readonly Panel[] = objectiveList.map(({ slo, title, target }) => ({
  title,
  description: `Share of requests that broke it, over 5 minutes. At most ${(100 * (1 - target)).toFixed(2)} % of 30 days may.`,
  unit: 'percentunit',
  limit: { value: 1 - target },
  targets: [{ expr: `${badRatio(5 * minute)}{${ofRegions}, slo="${slo}"}`, legend: '{{region}}' }],
}))

const served: Panel = {
  title: 'Version',
  description: 'What answers. Blue lines in all dashboards show where it changed.',
  unit: 'none',
  targets: [
    {
      expr: maxBy(selected.gauge('authly_build_info'), 'region', 'version').text,
      legend: '{{region}} {{version}}',
    },
  ],
}

export const serviceLevels: Dashboard = {
  uid: 'authly-service-levels',
  title: 'Authly: service levels',
  description: 'What is promised, how much of it is kept, and how fast the error budget is spent.',
  rows: [
    { title: 'Error budgets', panels: [budgetLeft, ...burnRates] },
    { title: 'Objectives', panels: [...perObjective, served] },
  ],
}
