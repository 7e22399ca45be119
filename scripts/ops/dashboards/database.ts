import { maxBy, quantileBy, ratio, sumBy } from '../promql.ts'
import type { Dashboard, Panel } from './panel.ts'
import { selected } from './selected.ts'

const trips = 'authly_postgres_round_trip_duration_seconds'
const statements = 'authly_postgres_batch_statements'

const roundTrips: readonly Panel[] = [
  {
    title: 'Postgres answers',
    description: '1 while it does.',
    type: 'stat',
    unit: 'none',
    limit: { value: 1, isFloor: true },
    targets: [{ expr: maxBy(selected.gauge('authly_postgres_up'), 'region').text, legend: '{{region}}' }],
  },
  {
    title: 'Round trips',
    description: 'Per second. A query is one statement, a batch one transaction.',
    unit: 'ops',
    targets: [
      { expr: sumBy(selected.observed(trips), 'kind', 'outcome').text, legend: '{{kind}} {{outcome}}' },
    ],
  },
  {
    title: 'Round trips for each request',
    description: 'Token requests need none. A rise without more sign-ins means that the cache misses.',
    unit: 'none',
    targets: [
      {
        expr: ratio(
          sumBy(selected.observed(trips), 'region'),
          sumBy(selected.observed('authly_http_request_duration_seconds'), 'region'),
        ).text,
        legend: '{{region}}',
      },
    ],
  },
  ...(['query', 'batch'] as const).map(
    (kind): Panel => ({
      title: `Time of a ${kind}`,
      description: 'From the worker and back. The alert PostgresSlow looks at the median of both kinds.',
      unit: 's',
      limit: { value: 0.1 },
      targets: [0.5, 0.95, 0.99].map((q) => ({
        expr: quantileBy(q, selected.buckets(trips, { kind: `=${kind}` }), 'region').text,
        legend: `{{region}} p${q * 100}`,
      })),
    }),
  ),
  {
    title: 'Failed round trips',
    description: 'Postgres did not answer, or answered with an error that no rule of the database explains.',
    unit: 'ops',
    targets: [
      {
        expr: sumBy(selected.observed(trips, { outcome: '=failed' }), 'region', 'kind').text,
        legend: '{{region}} {{kind}}',
      },
    ],
    emptyBecause: 'no round trip has failed',
  },
]

const capacity: readonly Panel[] = [
  {
    title: 'Statements in a batch',
    description: 'Mean and p95.',
    unit: 'none',
    targets: [
      {
        expr: ratio(sumBy(selected.summed(statements)), sumBy(selected.observed(statements))).text,
        legend: 'mean',
      },
      { expr: quantileBy(0.95, selected.buckets(statements)).text, legend: 'p95' },
    ],
  },
  {
    title: 'Connections',
    description: 'Of this server, by state. `idle in transaction` for long is a fault.',
    unit: 'none',
    targets: [
      {
        expr: sumBy(selected.gauge('authly_postgres_connections'), 'region', 'state').text,
        legend: '{{region}} {{state}}',
      },
    ],
  },
  {
    title: 'Connections taken',
    description: 'Share of what Postgres allows in all.',
    unit: 'percentunit',
    limit: { value: 0.8 },
    targets: [
      {
        expr: ratio(
          sumBy(selected.gauge('authly_postgres_connections'), 'region'),
          maxBy(selected.gauge('authly_postgres_connections_limit'), 'region'),
        ).text,
        legend: '{{region}}',
      },
    ],
  },
]

export const database: Dashboard = {
  uid: 'authly-database',
  title: 'Authly: database',
  description: 'Round trips to Postgres as the server sees them.',
  rows: [
    { title: 'Round trips', panels: roundTrips },
    { title: 'Batches and connections', panels: capacity },
  ],
}
