import { z } from '@hono/zod-openapi'
import { queryFlag } from '../../../kit/field-schemas.ts'
import type { ImportParams } from '../../../users/jobs/import-users.kind.ts'
import { beginJob } from '../../jobs/begin-job.store.ts'
import { jobSchema } from '../../jobs/job-view.ts'
import { defineOperation } from '../../operation.ts'
import { openUpload, userUpload } from './upload.ts'

const description = `As \`/admin/users/bulk/create\`, for accounts of another system: \`password_hash\` takes its hash (those of
most systems, see the documentation of imports; in CSV also an object as JSON), which the next sign-in replaces by ours, and
\`id\` keeps a UUID. A row meets an account that has its id, username or e-mail address, whatever the case.
Roles are never imported.`

export const importUsers = defineOperation({
  id: 'importUsers',
  method: 'post',
  path: '/admin/users/import',
  tag: 'Bulk',
  summary: 'Import accounts from another system',
  description,
  permission: 'admin:users:import',
  dangerous: true,
  upload: userUpload,
  query: z.object({
    on_conflict: z.enum(['fail', 'skip', 'update']).default('fail').openapi({
      description:
        'For rows that meet an account: `update` writes what the row gives and leaves the rest. A replaced password ends the sessions.',
      example: 'skip',
    }),
    dry_run: queryFlag('Only say what would happen'),
  }),
  answers: { 202: { description: 'The job', schema: jobSchema, located: true } },
  async run(call) {
    const upload = openUpload(call.request)
    if (!upload.ok) return upload
    const params: ImportParams = { ...call.query, format: upload.value.format }
    return beginJob(call, { kind: 'users.import', params, upload: upload.value })
  },
})
