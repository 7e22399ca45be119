import { z } from '@hono/zod-openapi'
import { jobs } from '../../db/schema.ts'
import { jobStatuses } from '../../jobs/job.ts'
import { defineList } from '../define-list.store.ts'
import { allOf, equal } from '../list-filter.store.ts'
import { byUuid, keyOrder } from '../list-order.store.ts'
import { pageOf } from '../schemas.ts'
import { jobSummarySchema, toJobSummary } from './job-view.ts'
import { jobRow } from './select-job.store.ts'

export const listJobs = defineList({
  id: 'listJobs',
  path: '/admin/jobs',
  tag: 'Jobs',
  summary: 'List background jobs',
  description: 'Newest first. Counts of a running job are those of its step before.',
  permission: 'admin:jobs:read',
  page: { description: 'A page of jobs', schema: pageOf('JobPage', jobSummarySchema) },
  cursors: 'jobs',
  table: jobs,
  key: [byUuid(jobs.id)],
  // Ids are UUIDv7, so their order is that of creation.
  orders: keyOrder('desc'),
  filters: allOf({
    status: equal(z.enum(jobStatuses).optional(), jobs.status),
    kind: equal(
      z.string().max(64).optional().openapi({ description: 'Jobs that do this', example: 'users.import' }),
      jobs.kind,
    ),
    actor_id: equal(z.string().max(128).optional().openapi({ description: 'Who began it' }), jobs.actor_id),
  }),
  row: jobRow,
  view: toJobSummary,
})
