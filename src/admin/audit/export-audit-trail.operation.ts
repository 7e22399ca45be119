import { z } from '@hono/zod-openapi'
import { insertEvents } from '../../audit/insert-events.store.ts'
import { filterBody } from '../../audit/search/event-filter.ts'
import { createSealStore } from '../../evidence/evidence.store.ts'
import type { ExportAuditParams } from '../../evidence/export/export-audit.kind.ts'
import { sealTrail } from '../../evidence/seal-trail.ts'
import { createSignRecord } from '../../evidence/sign-record.ts'
import { err } from '../../kit/result.ts'
import { beginJob } from '../jobs/begin-job.store.ts'
import { jobSchema } from '../jobs/job-view.ts'
import { type AdminCall, defineOperation } from '../operation.ts'
import { invalidRequest } from '../problems.ts'
import { bomDescription } from '../schemas.ts'

const description = `Makes a file of the trail, as a job; fetch it with \`/admin/jobs/{job_id}/results\`.

- \`ndjson\` without filters: whole checkpoints and their events. \`authly audit verify\` proves from the file alone
  that nothing is missing and nothing was altered.
- \`ndjson\` with filters: each event with a proof that it is as it was sealed, and the signed number of them.
- \`csv\`: for spreadsheets; proves nothing.`

const position = (text: string) =>
  z
    .number()
    .int()
    .min(1)
    .max(2 ** 50)
    .optional()
    .openapi({ description: text, example: 1042 })

/** Seals recent events so that the export contains them with their seal; the rest is left to cron. */
const sealBounds = { events: 1000, checkpoints: 5 }

export const exportAuditTrail = defineOperation({
  id: 'exportAuditTrail',
  method: 'post',
  path: '/admin/audit/export',
  tag: 'Audit',
  summary: 'Export the audit trail',
  description,
  permission: 'admin:audit:export',
  dangerous: true,
  body: z
    .strictObject({
      format: z
        .enum(['ndjson', 'csv'])
        .default('ndjson')
        .openapi({ description: '`csv` is for spreadsheets and proves nothing' }),
      to: z.enum(['download', 'r2']).default('download').openapi({
        description: 'Where the file goes. `r2`: also into the bucket of the deployment, if it has one',
      }),
      bom: z.boolean().default(false).openapi({ description: bomDescription }),
      filter: filterBody.default({}),
      from_position: position('Only events at this position or later; whole checkpoints without filters'),
      to_position: position('Only events up to this position; whole checkpoints without filters'),
    })
    .openapi('AuditExport'),
  answers: { 202: { description: 'The job', schema: jobSchema, located: true } },
  async run(call) {
    const { bom, format } = call.body
    if (bom && format !== 'csv') return err(invalidRequest([{ pointer: '#/bom', detail: 'is for CSV' }]))
    await sealNow(call)
    const params: ExportAuditParams = call.body
    const exported = call.event('audit.exported', {
      data: { format: params.format, to: params.to, filters: params.filter },
    })
    const writeOnce: AdminCall['writeOnce'] = (answer, statements) =>
      call.writeOnce(answer, [...statements, insertEvents([exported])])
    return beginJob({ ...call, writeOnce }, { kind: 'audit.export', params })
  },
})

/** Refuses callers who may not export before doing any work for them. */
function sealNow({ db, deps }: AdminCall) {
  const { signJwt, keyring, config, now, root } = deps
  const sign = createSignRecord({ signJwt, keyring, issuer: config.issuer, now })
  return sealTrail({ ...createSealStore(db.runAll), sign, keyring, root }, sealBounds)
}
