import { z } from '@hono/zod-openapi'
import { narrow } from '../../access/authorized.ts'
import { wholeNumberPattern } from '../../kit/patterns.ts'
import { err, ok } from '../../kit/result.ts'
import { serverSentEventHeaders } from '../../kit/server-sent-events.ts'
import { defineOperation } from '../operation.ts'
import { invalidRequest, notFound } from '../problems.ts'
import { jobParams } from './job-view.ts'
import { selectJob } from './select-job.store.ts'

const example = `retry: 2000
id: 7
event: progress
data: {"status":"running","total":100000,"processed":3500,"succeeded":3498,"failed":2,"eta_seconds":31}

`

export const streamJob = defineOperation({
  id: 'streamJob',
  method: 'get',
  path: '/admin/jobs/{job_id}/events',
  tag: 'Jobs',
  summary: 'Follow a background job (Server-Sent Events)',
  description: `Each \`progress\` event is the whole progress; its \`id\` grows with every change. The stream ends with the job,
after ten minutes, or with the token or the right behind it: a browser then connects again by itself, with \`Last-Event-ID\`, and hears at
once if there is something newer.`,
  permission: 'admin:jobs:read',
  params: jobParams,
  headers: {
    'Last-Event-ID': z
      .string()
      .regex(wholeNumberPattern)
      .optional()
      .openapi({ description: 'Id of the last event received', example: '7' }),
  },
  answers: {
    200: {
      description: 'The stream',
      content: { 'text/event-stream': z.string().openapi({ example }) },
    },
  },
  async run({ authorized, db, deps, params: { job_id }, request, token }) {
    // Clients that never received an id may send an empty one.
    const last = request.headers.get('last-event-id') || undefined
    if (last !== undefined && !wholeNumberPattern.test(last)) {
      return err(invalidRequest([{ header: 'last-event-id', detail: 'must be a number' }]))
    }
    const [row] = await db.run(selectJob(job_id))
    if (!row) return err(notFound)
    const authorization = { authorized: narrow(authorized), token }
    const after = last === undefined ? undefined : Number(last)
    const stream = await deps.jobOf(job_id).watch({ after, authorization })
    if (!stream) return err(notFound)
    return ok(new Response(stream, { headers: serverSentEventHeaders }))
  },
})
