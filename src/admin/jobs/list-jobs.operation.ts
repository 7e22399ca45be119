import { z } from '@hono/zod-openapi'
import { sql } from 'drizzle-orm'
import { jobStatuses } from '../../jobs/job.ts'
import { err } from '../../kit/result.ts'
import { answer, defineOperation } from '../operation.ts'
import { decodeCursor, encodeCursor, toPage } from '../page-cursor.ts'
import { invalidRequest } from '../problems.ts'
import { pageOf, pageQuery } from '../schemas.ts'
import { type JobRow, jobSummarySchema, toJobSummary } from './job.ts'

export const listJobs = defineOperation({
  id: 'listJobs',
  method: 'get',
  path: '/admin/jobs',
  tag: 'Jobs',
  summary: 'List background jobs',
  description: 'Newest first. Counts of a running job are those of its step before.',
  permission: 'admin:jobs:read',
  query: z.object({
    ...pageQuery,
    status: z.enum(jobStatuses).optional(),
    kind: z.string().max(64).optional().openapi({ example: 'users.import' }),
    actor_id: z.string().max(128).optional().openapi({ description: 'Who began it' }),
  }),
  answers: { 200: { description: 'A page of jobs', schema: pageOf('JobPage', jobSummarySchema) } },
  async run({ db, query }) {
    const { limit, cursor, status, kind, actor_id, include_total } = query
    const after = cursor === undefined ? undefined : decodeCursor('jobs', cursor, ['uuid'])
    // Ids are UUIDv7, so their order is that of creation.
    const [afterId] = after ?? []
    if (cursor !== undefined && !after) {
      return err(invalidRequest([{ parameter: 'cursor', detail: 'is no cursor of this list' }]))
    }
    const condition = sql`(${status ?? null}::text is null or status = ${status ?? null})
      and (${kind ?? null}::text is null or kind = ${kind ?? null})
      and (${actor_id ?? null}::text is null or actor_id = ${actor_id ?? null})`
    const page = sql`select to_jsonb(jobs) as job from jobs
      where ${condition} and (${afterId ?? null}::uuid is null or id < ${afterId ?? null}::uuid)
      order by id desc limit ${limit + 1}`
    const count = sql`select count(*)::int as total from jobs where ${condition}`
    const [rows, counted] = await db.runAll(include_total ? [page, count] : [page])
    const items = (rows as unknown as readonly { job: JobRow }[]).map(({ job }) => toJobSummary(job))
    const total = counted?.[0]?.['total'] as number | undefined
    const found = toPage(items, limit, ({ id }) => encodeCursor('jobs', [id]), total)
    return answer(200, { items: [...found.items], page_info: found.page_info })
  },
})
