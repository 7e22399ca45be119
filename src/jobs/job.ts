/** A background job as callers see it: the order, who gave it, and the progress. */

import type { Actor, LiveToken } from '../access/actor.ts'
import type { Authorized, LastingAuthorization } from '../access/authorized.ts'
import type { Origin } from '../audit/event.ts'
import type { LogFields } from '../kit/log.ts'
import type { InputProblem } from './formats/input-row.ts'

export const jobStatuses = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const
export type JobStatus = (typeof jobStatuses)[number]

/** A job in one of these states does nothing more. */
export const isFinal = (status: JobStatus): boolean => status !== 'queued' && status !== 'running'

/** What a job object receives when it is created. Plain data. */
export interface JobOrder {
  readonly job_id: string
  /** Name of its kind (`src/job-kinds.ts`). */
  readonly kind: string
  /** Checked again at every step. */
  readonly authorized: Authorized
  /** The token that ordered it, whose revocation stops the job; absent in an order of an older version. */
  readonly token: LiveToken | undefined
  /** Already parsed by the kind's own schema. */
  readonly params: Readonly<Record<string, unknown>>
  /** Milliseconds since the Unix epoch. */
  readonly created_at: number
  /** Of the request that created the job; recorded in every audit event of the job. */
  readonly origin: Origin
  /** The `traceparent` of that request, if it is recorded. */
  readonly trace?: string | undefined
}

/**
 * How an older version stored who ordered a job. It grants no permissions, so the job ends; the trail names its actor.
 */
interface FormerOrder extends Omit<JobOrder, 'authorized' | 'token'> {
  readonly actor: Pick<Actor, 'type' | 'id'>
}

/** Reads a stored order of any version. */
export function readOrder(kept: JobOrder | FormerOrder): JobOrder {
  if ('authorized' in kept) return kept
  const authorized = { actor: { ...kept.actor, clientId: '' }, scopes: [], permission: '' }
  return { ...kept, authorized: authorized as unknown as Authorized, token: undefined }
}

/** What every line of the log about a job says: which job, and the request that ordered it. */
export const logFieldsOf = ({ job_id, origin }: JobOrder): Pick<LogFields, 'job_id' | 'request_id'> => ({
  job_id,
  request_id: origin.request_id,
})

/** Counts of rows; `total` is null while it is unknown. */
export interface JobCounts {
  readonly total: number | null
  readonly processed: number
  readonly succeeded: number
  readonly failed: number
}

export interface JobProgress extends JobCounts {
  readonly status: JobStatus
  /** Increases with every change; the id of the progress event. */
  readonly revision: number
  /** Milliseconds since the Unix epoch. */
  readonly started_at: number | null
  readonly finished_at: number | null
  /** When the object deletes its files. */
  readonly files_expire_at: number | null
  /** Estimated seconds left, at the speed so far. */
  readonly eta_seconds: number | null
  /** Why it failed, or what it waits for. No personal data. */
  readonly detail: string | null
  readonly files: readonly JobFile[]
}

/**
 * `results`: one JSON line per row. `failures`: the failed rows in their original format, to be corrected and sent
 * again. `credentials`: generated secrets, readable once. `output`: the result of an export.
 */
export const jobFileNames = ['results', 'failures', 'credentials', 'output'] as const
export type JobFileName = (typeof jobFileNames)[number]

export interface JobFile {
  readonly name: JobFileName
  readonly size_bytes: number
  readonly content_type: string
  /** Without the dot. */
  readonly extension: string
}

export type Offered =
  /** `digest`: base64url(SHA-256) of the upload. */
  | { readonly ok: true; readonly rows: number | null; readonly digest: string }
  | { readonly ok: false; readonly code: InputProblem; readonly line: number; readonly detail: string }
  /** The token was revoked during the upload. */
  | { readonly ok: false; readonly code: 'token_revoked' }

/** The client of one job object. */
export interface JobHandle {
  /** Stores an order and its upload; nothing happens until Postgres has the job's row. */
  offer(
    order: JobOrder,
    upload?: { readonly body: ReadableStream<Uint8Array>; readonly format: 'csv' | 'ndjson' },
  ): Promise<Offered>
  /** Deletes an offer that was not accepted. */
  discard(): Promise<void>
  /** Makes the object check at once for a cancellation. Repeatable. */
  nudge(): Promise<void>
  /** Undefined when the job's data has been deleted. */
  progress(): Promise<JobProgress | undefined>
  readFile(name: JobFileName): Promise<ReadableStream<Uint8Array> | undefined>
  /** Server-sent events. @param watch `after`: `Last-Event-ID` */
  watch(watch: {
    readonly after: number | undefined
    readonly authorization: LastingAuthorization
  }): Promise<ReadableStream<Uint8Array> | undefined>
  /** The same over a WebSocket; undefined when the job is gone or has too many watchers. */
  connect(authorization: LastingAuthorization): Promise<WebSocket | undefined>
}

/** Returns the client of a job object. Makes no call by itself. */
export type JobOf = (jobId: string) => JobHandle

/** How long a finished job's files are kept. */
export const fileRetentionSeconds = 7 * 86_400
