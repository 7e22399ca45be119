/**
 * What an alarm does for a job: one step, depending on its phase. All lasting state is in the object's storage, so that
 * a job interrupted anywhere here resumes with exactly the same step.
 */

import { createEvent } from '../audit/create-event.ts'
import { insertEvents } from '../audit/insert-events.store.ts'
import type { RunBatch } from '../db/run-batch.ts'
import { describeError } from '../kit/describe-error.ts'
import { logError } from '../kit/log.ts'
import { count } from '../telemetry/count.ts'
import { appendFile, type JobState } from './job.table.ts'
import { fileRetentionSeconds, type JobOrder, jobFileNames, logFieldsOf } from './job.ts'
import { type AnyJobKind, findJobKind, type JobWork } from './job-kind.ts'
import { backoffMs, endJob, offerLifetimeMs, postpone, recordStep } from './job-transitions.ts'
import {
  checkMayContinue,
  claimJob,
  finishJob,
  refuseStep,
  type StepFailure,
  sendStep,
} from './jobs.store.ts'
import { publishOutput } from './publish-output.ts'

/** What moving a job needs of its object. */
export interface MovingJob {
  readonly storage: DurableObjectStorage
  readonly state: JobState | undefined
  readonly runBatch: RunBatch
  readonly bucket: R2Bucket | undefined
  readonly kinds: readonly AnyJobKind[]
  workOf(state: JobState): JobWork<object>
  /** False when the token that ordered the job has been revoked. */
  isDelegated(order: JobOrder): Promise<boolean>
  save(state: JobState): void
  discard(): Promise<void>
}

/** The planned step, which may already have been sent. */
const planKey = 'plan'

/** Moves the job by one step. @returns milliseconds until the next; undefined when the job is done */
export async function moveJob(job: MovingJob): Promise<number | undefined> {
  const state = job.state
  if (!state) {
    await job.discard()
    return undefined
  }
  switch (state.phase) {
    case 'offered':
      return claim(job, state)
    case 'stepping':
      return step(job, state)
    case 'publishing':
      return publish(job, state)
    case 'finishing':
      return finish(job, state)
    case 'finished': {
      const left = (state.finished_at ?? 0) + fileRetentionSeconds * 1000 - Date.now()
      if (left > 0) return left
      await job.discard()
      return undefined
    }
  }
}

async function claim(job: MovingJob, state: JobState): Promise<number | undefined> {
  const claimed = await claimJob(job.runBatch, state.order.job_id).catch(() => 'unavailable' as const)
  if (claimed === 'unavailable') return wait(job, postpone(state, 'the database is unavailable'))
  if (claimed === 'unknown') {
    if (Date.now() - state.order.created_at > offerLifetimeMs) {
      await job.discard()
      return undefined
    }
    return wait(job, postpone(state, 'not accepted yet'))
  }
  const taken: JobState = {
    ...state,
    phase: 'stepping',
    status: 'running',
    started_at: Date.now(),
    failures: 0,
    detail: null,
  }
  job.save(
    claimed === 'cancelled' ? endJob(taken, 'cancelled', null) : { ...taken, revision: taken.revision + 1 },
  )
  return 0
}

async function step(job: MovingJob, state: JobState): Promise<number | undefined> {
  if (state.cancelRequested && planOf(job) === undefined) {
    job.save(endJob(state, 'cancelled', null))
    return 0
  }
  const kind = findJobKind(job.kinds, state.order.kind)
  const withdrawn = await findWithdrawal(job, state.order)
  if (withdrawn && planOf(job) === undefined) return giveUp(job, state, withdrawn)
  const work = job.workOf(state)
  if (planOf(job) === undefined) job.storage.kv.put(planKey, await kind.plan(work, state.cursor))
  // Persisted before Postgres sees it: random values in the plan must not be generated twice.
  await job.storage.sync()
  const plan = planOf(job)
  const request = {
    ...{ order: state.order, step: state.step, counts: state.counts },
    ...{ effect: kind.effect(work.params), statement: kind.statement(work, plan) },
  }
  const answer = withdrawn
    ? await refuseStep(job.runBatch, request, withdrawn)
    : await sendStep(job.runBatch, request)
  if (answer.status !== 'done') return giveUp(job, state, answer)
  try {
    await kind.after?.(work, plan, answer.outcome)
  } catch (error) {
    logError('job_after_failed', { ...logFieldsOf(state.order), reason: describeError(error) })
    count('authly_job_steps_total', 1, kind.name, 'postponed')
    return wait(job, postpone(state, 'a part of the server is unavailable'))
  }
  const result = await kind.record(work, plan, answer.outcome)
  job.storage.transactionSync(() => {
    for (const name of jobFileNames) {
      const text = result.append?.[name]
      if (text) appendFile(job.storage.sql, name, text)
    }
    job.storage.kv.delete(planKey)
    job.save(recordStep(state, result, answer.cancelRequested))
  })
  count('authly_job_steps_total', 1, kind.name, 'success')
  if (kind.inputColumns) {
    count('authly_import_rows_total', result.succeeded, kind.name, 'succeeded')
    count('authly_import_rows_total', result.failed, kind.name, 'failed')
  }
  return 0
}

/** The refusal if the token that ordered the job was revoked; otherwise undefined. */
async function findWithdrawal(job: MovingJob, order: JobOrder): Promise<StepFailure | undefined> {
  if (!order.token) return { status: 'refused', detail: 'it was ordered before an upgrade: order it again' }
  try {
    const isLive = await job.isDelegated(order)
    return isLive ? undefined : { status: 'refused', detail: 'the access it was ordered with was revoked' }
  } catch {
    return { status: 'later', detail: 'a part of the server is unavailable' }
  }
}

/** Waits and retries, or ends the job. */
function giveUp(job: MovingJob, state: JobState, answer: StepFailure): number {
  const outcome = answer.status === 'later' ? 'postponed' : 'failed'
  count('authly_job_steps_total', 1, state.order.kind, outcome)
  if (answer.status === 'later') return wait(job, postpone(state, answer.detail, answer.maxAttempts))
  job.save(endJob(state, 'failed', answer.detail))
  return 0
}

/** Copies the output to R2 part by part; finished parts are recorded, so that it resumes where it stopped. */
async function publish(job: MovingJob, state: JobState): Promise<number | undefined> {
  const kind = findJobKind(job.kinds, state.order.kind)
  const key = kind.publishTo?.(job.workOf(state))
  if (key === undefined) {
    job.save(endJob(state, 'succeeded', null))
    return 0
  }
  const failure =
    (await findWithdrawal(job, state.order)) ?? (await checkMayContinue(job.runBatch, state.order))
  if (failure) return giveUp(job, state, failure)
  const bucket = job.bucket
  if (!bucket) {
    job.save(endJob(state, 'failed', 'this deployment has no R2 bucket'))
    return 0
  }
  try {
    const type = kind.files?.(state.order.params).output?.content_type
    const upload = await publishOutput(bucket, job.storage.sql, { key, type, begun: state.upload })
    job.save(upload === 'complete' ? endJob(state, 'succeeded', null) : { ...state, upload, failures: 0 })
    return 0
  } catch (error) {
    logError('job_publish_failed', { ...logFieldsOf(state.order), reason: describeError(error) })
    return wait(job, postpone(state, 'R2 is unavailable', 100))
  }
}

async function finish(job: MovingJob, state: JobState): Promise<number | undefined> {
  const { order, status, counts, detail } = state
  // Created once, so that a second attempt does not write a second event.
  const event = state.endEvent ?? endEventOf(state)
  if (!state.endEvent) job.save({ ...state, endEvent: event })
  try {
    await finishJob(job.runBatch, {
      ...{ jobId: order.job_id, status, counts, detail },
      event: insertEvents([event]),
    })
  } catch {
    return wait(job, postpone({ ...state, endEvent: event }, 'the database is unavailable'))
  }
  const finishedAt = Date.now()
  job.storage.transactionSync(() => {
    job.storage.sql.exec('DELETE FROM input')
    job.storage.kv.delete(planKey)
    job.save({
      ...state,
      endEvent: event,
      detail,
      phase: 'finished',
      finished_at: finishedAt,
      revision: state.revision + 1,
    })
  })
  return 0
}

function endEventOf({ order, status, counts, detail }: JobState) {
  const { authorized, job_id, kind } = order
  const { actor } = authorized
  return createEvent('job.finished', Date.now(), order.origin, {
    outcome: status === 'failed' ? 'failure' : 'success',
    actor_type: actor.type,
    actor_id: actor.id,
    client_id: actor.type === 'client' ? actor.id : undefined,
    entity_type: 'job',
    entity_id: job_id,
    data: { kind, status, ...counts, ...(detail === null ? {} : { detail }) },
  })
}

/** Stores the waiting job. @returns how long it waits, in milliseconds */
export function wait(job: Pick<MovingJob, 'save'>, state: JobState): number {
  job.save(state)
  return backoffMs(state.failures)
}

const planOf = ({ storage }: MovingJob): unknown => storage.kv.get(planKey)
