import { z } from '@hono/zod-openapi'
import { type SQL, sql } from 'drizzle-orm'
import type { Actor } from '../../access/actor.ts'
import { requirePermission } from '../../access/rights.store.ts'
import { insertEvents } from '../../audit/insert-events.store.ts'
import { jobKinds } from '../../job-kinds.ts'
import { openCredentialLines } from '../../jobs/credentials.ts'
import { type ExportFormat, exportFormats } from '../../jobs/formats/row-writers.ts'
import { type JobFileName, jobFileNames } from '../../jobs/job.ts'
import { openFailureLines } from '../../jobs/sealed-upload.ts'
import { queryFlag } from '../../kit/field-schemas.ts'
import { noStoreHeaders } from '../../kit/json-response.ts'
import { err, ok } from '../../kit/result.ts'
import { defineOperation } from '../operation.ts'
import { invalidRequest, notFound } from '../problems.ts'
import { bomDescription } from '../schemas.ts'
import { convertLines, withMark } from './convert-lines.ts'
import { jobParams } from './job-view.ts'

const description = `- \`results\`: one row per row of the job: \`line\` of the upload, \`outcome\`, \`user_id\`, \`errors\`
- \`failures\`: the rows that failed as they came, with \`_line\` and \`_errors\`: correct them and send the file again
- \`credentials\`: passwords and invitations the job made. It can be read once: when its last byte was sent, it is gone
- \`output\`: what an export made

Files are kept for seven days after the job ended. Reading them takes the permission that the job itself takes;
\`failures\` and \`credentials\` are for who began it alone.`

/** Files that may hold secrets. */
const ownFiles: readonly string[] = ['failures', 'credentials']
const permissionByKind = JSON.stringify(
  Object.fromEntries(jobKinds.map(({ name, permission }) => [name, permission])),
)

/** How files that are sealed are opened. */
const openers: Partial<Record<JobFileName, typeof openCredentialLines>> = {
  credentials: openCredentialLines,
  failures: openFailureLines,
}

/** Callers who did not start the job get the same answer as for a missing file. */
const refuseOthers = ({ type, id }: Actor, jobId: string): SQL => sql`
  select authly_refuse('AU404', 'job') from jobs
  where id = ${jobId}::uuid and (actor_type, actor_id) <> (${type}::text, ${id}::text)`

export const getJobResults = defineOperation({
  id: 'getJobResults',
  method: 'get',
  path: '/admin/jobs/{job_id}/results',
  tag: 'Jobs',
  summary: 'Download a file of a background job',
  description,
  permission: 'admin:jobs:read',
  params: jobParams,
  query: z.object({
    file: z.enum(jobFileNames).default('results'),
    format: z
      .enum(exportFormats)
      .optional()
      .openapi({ description: 'Of `results`; other files are as they are', example: 'ndjson' }),
    bom: queryFlag(`${bomDescription}; of \`results\` and \`failures\``),
  }),
  answers: {
    200: {
      description: 'The file, streamed',
      content: {
        'application/x-ndjson': z.string().openapi({ example: '{"line":2,"outcome":"created"}\n' }),
        'text/csv': z.string().openapi({ example: 'line,outcome,user_id,errors\r\n2,created,,\r\n' }),
        'application/json': z.array(z.unknown()),
      },
    },
  },
  async run({ actor, db, deps, event, params: { job_id }, query: { file, format, bom } }) {
    const wanted: ExportFormat | undefined = file === 'results' ? (format ?? 'ndjson') : undefined
    if (bom && wanted !== 'csv' && file !== 'failures') {
      return err(invalidRequest([{ parameter: 'bom', detail: 'is for results and failures as CSV' }]))
    }
    const job = deps.jobOf(job_id)
    const known = (await job.progress())?.files.find(({ name }) => name === file)
    const read = event('job.file_read', { entity_type: 'job', entity_id: job_id, data: { file } })
    // Recorded before the first byte is sent, in the transaction that authorizes the download.
    const [rows] = await db.runAll([
      sql`select ${requirePermission(actor, sql`${permissionByKind}::jsonb ->> kind`)}
          from jobs where id = ${job_id}::uuid`,
      ...(ownFiles.includes(file) ? [refuseOthers(actor, job_id)] : []),
      ...(known ? [insertEvents([read])] : []),
    ])
    const kept = rows?.length && known ? await job.readFile(file) : undefined
    if (!kept || !known) return err(notFound)
    const extension = wanted ?? known.extension
    const isMarked = bom && extension === 'csv'
    const stream = openers[file]?.(deps.root, job_id, kept) ?? kept
    const converted = wanted && convertLines(stream, wanted, ['line', 'outcome', 'user_id', 'errors'])
    const body = converted?.body ?? stream
    return ok(
      new Response(isMarked ? withMark(body) : body, {
        headers: {
          'content-type': converted?.contentType ?? known.content_type,
          'content-disposition': `attachment; filename="job-${job_id}-${file}.${extension}"`,
          ...noStoreHeaders,
        },
      }),
    )
  },
})
