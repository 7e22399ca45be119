import { z } from '@hono/zod-openapi'
import { bulkPatch } from '../../../users/user-fields.ts'
import { userFilter } from '../../../users/user-filter.ts'
import { beginJob } from '../../jobs/begin-job.store.ts'
import { jobSchema } from '../../jobs/job-view.ts'
import { defineOperation } from '../../operation.ts'

export const updateUsers = defineOperation({
  id: 'bulkUpdateUsers',
  method: 'post',
  path: '/admin/users/bulk/update',
  tag: 'Bulk',
  summary: 'Change all accounts that match a filter',
  description:
    'Each account is visited once, and each change has its audit event. With `dry_run` the results say which accounts would change.',
  permission: 'admin:users:write',
  dangerous: true,
  body: z
    .strictObject({ filter: userFilter, patch: bulkPatch, dry_run: z.boolean().default(false) })
    .openapi('UserBulkUpdate', {
      example: {
        filter: { locale: 'de' },
        patch: { profile: { zoneinfo: 'Europe/Berlin' } },
        dry_run: true,
      },
    }),
  answers: { 202: { description: 'The job', schema: jobSchema, located: true } },
  run: (call) => beginJob(call, { kind: 'users.update', params: call.body }),
})
