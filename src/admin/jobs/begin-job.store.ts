/**
 * Begins a background job: its object stores the order (and the upload) first, then one batch writes the row that lets
 * it run. A request that fails in between leaves an offer without a row, which the object deletes.
 */

import { sql } from 'drizzle-orm'
import { insertEvents } from '../../audit/insert-events.store.ts'
import { instantOf } from '../../db/fragments.ts'
import type { JobOrder } from '../../jobs/job.ts'
import { uuidv7 } from '../../kit/ids.ts'
import type { Problem } from '../../kit/problem.ts'
import { err, ok, type Result } from '../../kit/result.ts'
import { isUnavailable } from '../../kit/unavailable.ts'
import { carriedContext } from '../../telemetry/observe.ts'
import type { AdminCall, Answer } from '../operation.ts'
import { unauthorized } from '../problems.ts'
import { type JobRow, toJob } from './job-view.ts'

export interface JobRequest {
  readonly kind: string
  readonly params: Readonly<Record<string, unknown>>
  readonly upload?: { readonly body: ReadableStream<Uint8Array>; readonly format: 'csv' | 'ndjson' }
}

export type JobAnswer = Answer<202, ReturnType<typeof toJob>> & { readonly body: ReturnType<typeof toJob> }

/** Responds 202 with the job, or reports why the upload cannot be read. */
export async function beginJob(call: AdminCall, request: JobRequest): Promise<Result<JobAnswer, Problem>> {
  const { actor, authorized, now, origin, token } = call
  const order: JobOrder = {
    ...{ job_id: uuidv7(now), kind: request.kind, authorized, token },
    ...{ params: request.params, created_at: now, origin, trace: carriedContext('future') },
  }
  const job = call.deps.jobOf(order.job_id)
  const offered = await job.offer(order, request.upload)
  if (!offered.ok && offered.code === 'token_revoked') return err(unauthorized('invalid_token'))
  if (!offered.ok) return err(unreadableUpload(offered.code, offered.line, offered.detail))
  call.identifyUpload(offered.digest)
  const answer: JobAnswer = {
    ...{ status: 202, location: `/admin/jobs/${order.job_id}` },
    body: toJob(rowOf(order, offered.rows), undefined),
  }
  try {
    await call.writeOnce(answer, [
      sql`insert into jobs (id, kind, actor_type, actor_id, parameters, total, created_at)
          values (${order.job_id}::uuid, ${order.kind}, ${actor.type}, ${actor.id},
            ${JSON.stringify(order.params)}::jsonb, ${offered.rows}::int, ${instantOf(now)})`,
      insertEvents([
        call.event('job.created', {
          ...{ entity_type: 'job', entity_id: order.job_id },
          data: { kind: order.kind, ...(offered.rows === null ? {} : { rows: offered.rows }) },
        }),
      ]),
    ])
  } catch (error) {
    // Refused, or a repetition that was already answered: this copy is not needed. If Postgres became unavailable,
    // perhaps after writing the row, the object finds out by itself.
    if (!isUnavailable(error)) await job.discard()
    throw error
  }
  return ok(answer)
}

const rowOf = (order: JobOrder, rows: number | null): JobRow => ({
  ...{ id: order.job_id, kind: order.kind, status: 'queued', parameters: order.params },
  ...{ actor_type: order.authorized.actor.type, actor_id: order.authorized.actor.id, total: rows },
  ...{ processed: 0, succeeded: 0, failed: 0, detail: null, cancel_requested_at: null },
  ...{ created_at: new Date(order.created_at), finished_at: null },
})

/** No part of an upload is used when any part cannot be read; the problem names the line. */
const unreadableUpload = (code: string, line: number, detail: string): Problem => ({
  code: 'unreadable_upload',
  status: 400,
  title: 'The upload cannot be read',
  detail: `Line ${line}: ${detail}.`,
  detailForLog: code,
  errors: [{ pointer: `#/line/${line}`, detail: `${code}: ${detail}` }],
})
