import { maxBy, sumBy } from '../promql.ts'
import type { Dashboard, Panel } from './panel.ts'
import { selected } from './selected.ts'

const background: readonly Panel[] = [
  {
    title: 'Jobs by state',
    description: 'Queued and running now; ended in the last 24 hours.',
    unit: 'none',
    targets: [
      { expr: sumBy(selected.gauge('authly_jobs'), 'kind', 'state').text, legend: '{{kind}} {{state}}' },
    ],
  },
  {
    title: 'Steps',
    description: 'Per second. Postponed: Postgres was unavailable, tried again later.',
    unit: 'ops',
    targets: [
      {
        expr: sumBy(selected.rate('authly_job_steps_total'), 'kind', 'outcome').text,
        legend: '{{kind}} {{outcome}}',
      },
    ],
  },
  {
    title: 'Longest wait',
    description: 'Age of the oldest job that has not begun.',
    unit: 's',
    targets: [
      {
        expr: maxBy(selected.gauge('authly_job_oldest_queued_age_seconds'), 'region').text,
        legend: '{{region}}',
      },
    ],
  },
  {
    title: 'Rows of uploads',
    description: 'Per second.',
    unit: 'ops',
    targets: [
      {
        expr: sumBy(selected.rate('authly_import_rows_total'), 'kind', 'result').text,
        legend: '{{kind}} {{result}}',
      },
    ],
  },
]

const cron: readonly Panel[] = [
  {
    title: 'Since the last success',
    description: 'Of each cron job. They run every five minutes.',
    unit: 's',
    limit: { value: 1800 },
    width: 12,
    targets: [
      {
        expr: `time() - ${maxBy(selected.gauge('authly_cron_last_success_timestamp_seconds'), 'region', 'task').text}`,
        legend: '{{region}} {{task}}',
      },
    ],
  },
  {
    title: 'Runs',
    description: 'Per second, by outcome.',
    unit: 'ops',
    width: 12,
    targets: [
      {
        expr: sumBy(selected.rate('authly_cron_runs_total'), 'task', 'outcome').text,
        legend: '{{task}} {{outcome}}',
      },
    ],
  },
]

export const jobs: Dashboard = {
  uid: 'authly-jobs',
  title: 'Authly: jobs',
  description: 'Background jobs that administrators ordered, and what the cron trigger runs.',
  rows: [
    { title: 'Background jobs', panels: background },
    { title: 'Cron jobs', panels: cron },
  ],
}
