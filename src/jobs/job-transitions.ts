/**
 * The state machine of a job: pure functions over its state, so that every crash can be a row in a test table. The
 * object stores the state; nothing here does I/O.
 */

import type { JobState } from './job.table.ts'
import { fileRetentionSeconds, type JobCounts, type JobProgress, type JobStatus } from './job.ts'
import type { StepResult } from './job-kind.ts'

const maxBackoffMs = 60_000
/** An upload that was never accepted (its request failed or was refused) is deleted after this. */
export const offerLifetimeMs = 15 * 60_000
/** About a day and a half of outage; then a job ends as failed. */
const maxOutages = 2_000
/** Retries after an unexpected error; a race or a bug will not resolve itself for long. */
export const maxFailures = 20

/** How long to wait after `failures` attempts in a row. */
export const backoffMs = (failures: number): number =>
  Math.min(maxBackoffMs, 500 * 2 ** Math.min(failures, 10))

/** After a step: counts its rows and moves to the next one. */
export function recordStep(state: JobState, result: StepResult<unknown>, cancelRequested: boolean): JobState {
  const counts: JobCounts = {
    total: result.total ?? state.counts.total,
    processed: state.counts.processed + result.processed,
    succeeded: state.counts.succeeded + result.succeeded,
    failed: state.counts.failed + result.failed,
  }
  const moved: JobState = {
    ...state,
    counts,
    cursor: result.cursor,
    step: state.step + 1,
    failures: 0,
    detail: null,
    cancelRequested: state.cancelRequested || cancelRequested,
    revision: state.revision + 1,
  }
  if (result.failure !== undefined) return endJob(moved, 'failed', result.failure)
  if (result.done) return { ...moved, phase: 'publishing' }
  return moved.cancelRequested ? endJob(moved, 'cancelled', null) : moved
}

/** What remains is to record the end in Postgres. */
export const endJob = (state: JobState, status: JobStatus, detail: string | null): JobState => ({
  ...state,
  phase: 'finishing',
  status,
  detail,
  revision: state.revision + 1,
})

/** A failed attempt: retries the same step later, or ends the job. @param maxAttempts in a row */
export function postpone(state: JobState, detail: string, maxAttempts = maxOutages): JobState {
  const failures = state.failures + 1
  // A job that has ended shows why it ended, not why recording that is delayed.
  const said = state.phase === 'finishing' ? state.detail : detail
  const postponed = { ...state, failures, detail: said, revision: state.revision + 1 }
  const isOver = failures > maxAttempts && (state.phase === 'stepping' || state.phase === 'publishing')
  return isOver ? endJob(postponed, 'failed', detail) : postponed
}

/** The progress that callers see. @param now milliseconds since the Unix epoch */
export function progressOf(state: JobState, files: JobProgress['files'], now: number): JobProgress {
  const { counts, started_at, finished_at } = state
  return {
    status: state.status,
    ...counts,
    revision: state.revision,
    started_at,
    finished_at,
    files_expire_at: finished_at === null ? null : finished_at + fileRetentionSeconds * 1000,
    eta_seconds: etaSeconds(state, now),
    detail: state.detail,
    files,
  }
}

function etaSeconds({ counts, started_at, status }: JobState, now: number): number | null {
  const { total, processed } = counts
  if (status !== 'running' || total === null || processed === 0 || started_at === null) return null
  return Math.ceil(((total - processed) * (now - started_at)) / processed / 1000)
}
