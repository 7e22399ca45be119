/**
 * A job's statements in Postgres. Each step is one batch, so one transaction: the actor's authorization, the
 * idempotency key, the rows with their audit events, and the progress. Either all of it is committed or none.
 */

import { type SQL, sql } from 'drizzle-orm'
import { authorizationKey, type LastingAuthorization } from '../access/authorized.ts'
import { createAuthorizedDatabase } from '../access/authorized-database.store.ts'
import { selectUnauthorized } from '../access/rights.store.ts'
import type { RunBatch } from '../db/run-batch.ts'
import { databaseErrorOf, isLostRace, sqlStates } from '../kit/database-error.ts'
import { describeError } from '../kit/describe-error.ts'
import { logError } from '../kit/log.ts'
import { isUnavailable } from '../kit/unavailable.ts'
import { type JobCounts, type JobOrder, type JobStatus, logFieldsOf } from './job.ts'
import type { StepStatement } from './job-kind.ts'
import { maxFailures } from './job-transitions.ts'

export interface StepRequest {
  readonly order: JobOrder
  readonly step: number
  readonly effect: 'read' | 'write'
  readonly statement: StepStatement
  /** As of the previous step. */
  readonly counts: JobCounts
}

export type StepAnswer =
  | { readonly status: 'done'; readonly outcome: unknown; readonly cancelRequested: boolean }
  /** Postgres is unavailable or busy: retry the same step later. */
  | { readonly status: 'later'; readonly detail: string; readonly maxAttempts?: number }
  /** Retrying cannot help. */
  | { readonly status: 'refused'; readonly detail: string }

/** Why there is no outcome. */
export type StepFailure = Exclude<StepAnswer, { readonly status: 'done' }>

/** Sends one step. Sent twice, a writing step takes effect once and returns the same outcome. */
export async function sendStep(runBatch: RunBatch, request: StepRequest): Promise<StepAnswer> {
  const { order, step, effect, statement, counts } = request
  const { job_id: jobId } = order
  const { ctes, outcome } = statement
  const progress = sql`
    update jobs set processed = ${counts.processed}::int, succeeded = ${counts.succeeded}::int,
      failed = ${counts.failed}::int, total = coalesce(${counts.total}::int, total), updated_at = now()
    where id = ${jobId}::uuid
    returning cancel_requested_at is not null as cancel_requested`
  const work: SQL[] =
    effect === 'read'
      ? [sql`with ${ctes} select ${outcome} as outcome`]
      : [
          // A second sender of this step waits here for the first and is then refused.
          sql`insert into job_chunks (job_id, chunk, outcome) values (${jobId}::uuid, ${step}::int, 'null')`,
          sql`with ${ctes} update job_chunks set outcome = ${outcome}
              where job_id = ${jobId}::uuid and chunk = ${step}::int returning outcome`,
          // Outcomes of earlier steps are no longer needed: the object stores each before it moves on.
          sql`delete from job_chunks where job_id = ${jobId}::uuid and chunk < ${step}::int`,
        ]
  try {
    const rows = await createAuthorizedDatabase(runBatch, order.authorized).runAll([...work, progress])
    const [answer] = rows[effect === 'read' ? 0 : 1] as readonly { outcome: unknown }[]
    const [state] = rows.at(-1) as readonly { cancel_requested: boolean }[]
    return { status: 'done', outcome: answer?.outcome, cancelRequested: state?.cancel_requested ?? true }
  } catch (error) {
    if (isRepeated(error)) {
      return (
        (await repeated(runBatch, order, step)) ?? { status: 'later', detail: 'the step is being looked for' }
      )
    }
    const failure = failureOf(order, error)
    // The permission may have ended after the step was committed; its side effects (signing users out) must still
    // follow.
    return failure.status === 'refused' ? refuseStep(runBatch, request, failure) : failure
  }
}

/** Checks whether the job may continue, in phases that have no step to check it with. */
export async function checkMayContinue(
  runBatch: RunBatch,
  order: JobOrder,
): Promise<StepFailure | undefined> {
  try {
    await createAuthorizedDatabase(runBatch, order.authorized).runAll([])
    return undefined
  } catch (error) {
    return failureOf(order, error)
  }
}

/**
 * The watchers that are no longer authorized. While Postgres is unavailable the result is empty; it is checked again
 * later.
 */
export async function findUnauthorized(
  runBatch: RunBatch,
  watching: readonly LastingAuthorization[],
): Promise<readonly LastingAuthorization[]> {
  try {
    const [rows = []] = await runBatch([selectUnauthorized(watching.map(({ authorized }) => authorized))])
    const keys = new Set(rows.map(({ key }) => key))
    return watching.filter(({ authorized }) => keys.has(authorizationKey(authorized)))
  } catch {
    return []
  }
}

/** A step that may no longer be sent; if it was sent before, its outcome still counts. */
export async function refuseStep(
  runBatch: RunBatch,
  { order, step, effect }: Pick<StepRequest, 'order' | 'step' | 'effect'>,
  refusal: StepAnswer,
): Promise<StepAnswer> {
  return (effect === 'write' && (await repeated(runBatch, order, step))) || refusal
}

/** The outcome of a step that was committed but whose response was lost. */
async function repeated(runBatch: RunBatch, order: JobOrder, step: number): Promise<StepAnswer | undefined> {
  try {
    const [rows] = await runBatch([
      sql`select outcome, cancel_requested_at is not null as cancel_requested from job_chunks
          join jobs on jobs.id = job_id where job_id = ${order.job_id}::uuid and chunk = ${step}::int`,
    ])
    const [row] = rows as readonly { outcome: unknown; cancel_requested: boolean }[]
    return row && { status: 'done', outcome: row.outcome, cancelRequested: row.cancel_requested }
  } catch (error) {
    return failureOf(order, error)
  }
}

export type Claim = 'running' | 'cancelled' | 'unknown'

/** Starts the job if Postgres has its row, which is written after the upload, or never. */
export async function claimJob(runBatch: RunBatch, jobId: string): Promise<Claim> {
  const [rows] = await runBatch([
    sql`update jobs set status = 'running', updated_at = now(), version = version + 1
        where id = ${jobId}::uuid and finished_at is null
        returning cancel_requested_at is not null as cancel_requested`,
  ])
  const [row] = rows as readonly { cancel_requested: boolean }[]
  if (!row) return 'unknown'
  return row.cancel_requested ? 'cancelled' : 'running'
}

export interface JobEnd {
  readonly jobId: string
  readonly status: JobStatus
  readonly counts: JobCounts
  readonly detail: string | null
  /** JSON of the audit event; created once, so that a second attempt adds none. */
  readonly event: SQL
}

/** Records the end of the job in Postgres. Safe to repeat. */
export async function finishJob(runBatch: RunBatch, end: JobEnd): Promise<void> {
  const { jobId, status, counts, detail, event } = end
  await runBatch([
    sql`update jobs set status = ${status}, processed = ${counts.processed}::int, succeeded = ${counts.succeeded}::int,
          failed = ${counts.failed}::int, total = coalesce(${counts.total}::int, total), detail = ${detail},
          finished_at = coalesce(finished_at, now()), updated_at = now(), version = version + 1
        where id = ${jobId}::uuid`,
    sql`delete from job_chunks where job_id = ${jobId}::uuid`,
    event,
  ])
}

const isRepeated = (error: unknown): boolean => {
  const failure = databaseErrorOf(error)
  return failure?.code === sqlStates.uniqueViolation && failure.constraint === 'job_chunks_job_id_chunk_pk'
}

/** Another transaction came first: waiting for its lock took too long, or it violated a unique index first. */
const busyStates: ReadonlySet<string | undefined> = new Set([
  sqlStates.lockNotAvailable,
  sqlStates.uniqueViolation,
])

function failureOf(order: JobOrder, error: unknown): StepFailure {
  const failure = databaseErrorOf(error)
  const code = failure?.code ?? ''
  if (failure && (isLostRace(failure) || busyStates.has(code)))
    return { status: 'later', detail: 'another change was in the way', maxAttempts: maxFailures }
  if (isUnavailable(error)) return { status: 'later', detail: 'the database is unavailable' }
  if (code === 'AU403') return { status: 'refused', detail: 'the actor may not do this any more' }
  logError('job_step_failed', { ...logFieldsOf(order), code, reason: describeError(error) })
  return { status: 'refused', detail: `the database refused the step${code && ` (${code})`}` }
}
