import { z } from '@hono/zod-openapi'
import { queryFlag } from '../../../kit/field-schemas.ts'
import { type CreateParams, createColumns } from '../../../users/jobs/create-users.kind.ts'
import { ownColumns } from '../../../users/jobs/upload-row.ts'
import { beginJob } from '../../jobs/begin-job.store.ts'
import { jobSchema } from '../../jobs/job-view.ts'
import { defineOperation } from '../../operation.ts'
import { openUpload, userUpload } from './upload.ts'

const columns = ownColumns.filter((name) => createColumns.has(name)).map((name) => `\`${name}\``)

const description = `Streams a CSV (RFC 4180, with a header) or JSON lines, in the shape of a single account: columns
${columns.join(', ')},
each claim (\`name\`, \`given_name\` …) and each part of the address (\`address_country\` …). UTF-8 without compression,
at most 100 MiB, a million rows, 64 columns. A file that cannot be read is refused as a whole, with the line; rows
that are not valid fail alone. The answer is a job, however small the upload.`

export const createUsers = defineOperation({
  id: 'bulkCreateUsers',
  method: 'post',
  path: '/admin/users/bulk/create',
  tag: 'Bulk',
  summary: 'Create many accounts',
  description,
  permission: 'admin:users:write',
  upload: userUpload,
  query: z.object({
    credentials: z.enum(['none', 'temporary_password', 'invitation']).default('none').openapi({
      description:
        'For rows without a password. What is made stands in the file `credentials` of the job, to be read once.',
      example: 'invitation',
    }),
    dry_run: queryFlag('Only say what would happen'),
  }),
  answers: { 202: { description: 'The job', schema: jobSchema, located: true } },
  async run(call) {
    const upload = openUpload(call.request)
    if (!upload.ok) return upload
    const params: CreateParams = {
      ...call.query,
      format: upload.value.format,
      password_rules: await call.deps.readPasswordRules(),
    }
    return beginJob(call, { kind: 'users.create', params, upload: upload.value })
  },
})
