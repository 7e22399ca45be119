/**
 * Recording rules of the objectives: how many requests there were, how many of them broke the promise, and the ratio of
 * the two, over each window that an alert or a dashboard looks at.
 */
import { type Clock, day, hour, minute } from '../clock.ts'
import { type Objective, objectiveList } from '../objectives.ts'
import { createQueries } from '../promql.ts'
import type { RecordingRule, RuleGroup } from './rule.ts'

export const windows = [5 * minute, 30 * minute, hour, 2 * hour, 6 * hour, day, 3 * day] as const
export type Window = (typeof windows)[number]

/** Names of windows in series: those of production, whatever the time scale. */
const windowNames = new Map<Window, string>([
  ...([
    [5 * minute, '5m'],
    [30 * minute, '30m'],
    [hour, '1h'],
    [2 * hour, '2h'],
  ] as const),
  ...([
    [6 * hour, '6h'],
    [day, '1d'],
    [3 * day, '3d'],
  ] as const),
])

/** Level, metric and operation, as the Prometheus documentation names recording rules. */
export const requestRate = (window: Window) => `region_slo:authly_requests:rate${windowNames.get(window)}`
export const badRequestRate = (window: Window) =>
  `region_slo:authly_bad_requests:rate${windowNames.get(window)}`
export const badRatio = (window: Window) =>
  `region_slo:authly_bad_requests:ratio_rate${windowNames.get(window)}`
export const objectiveRatio = 'slo:authly_objective:ratio'

export const seriesOf = (record: string, { slo }: Objective): string => `${record}{slo="${slo}"}`

/** One group per objective: the rules of a group are evaluated in their order, so ratios are of this moment. */
export const objectiveGroups = (clock: Clock): readonly RuleGroup[] =>
  objectiveList.map((objective) => ({
    name: `authly-objective-${objective.slo.replaceAll('_', '-')}`,
    rules: [
      {
        ...{ record: objectiveRatio, expr: `vector(${objective.target})`, labels: { slo: objective.slo } },
      },
      ...windows.flatMap((window) => rulesOf(objective, window, clock)),
    ],
  }))

function rulesOf(objective: Objective, window: Window, clock: Clock): readonly RecordingRule[] {
  const queries = createQueries(clock.duration(window))
  const labels = { slo: objective.slo }
  return [
    { record: requestRate(window), expr: objective.requests(queries).text, labels },
    { record: badRequestRate(window), expr: objective.bad(queries).text, labels },
    {
      record: badRatio(window),
      expr: `${seriesOf(badRequestRate(window), objective)} / (${seriesOf(requestRate(window), objective)} > 0)`,
      labels,
    },
  ]
}
