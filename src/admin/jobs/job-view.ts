/** A background job as the API shows it. */
import { z } from 'zod'
import { type JobProgress, jobFileNames, jobStatuses } from '../../jobs/job.ts'
import { timestamp, uuid } from '../../kit/field-schemas.ts'

/** The shown columns of a row of `jobs`. */
export interface JobRow {
  readonly id: string
  readonly kind: string
  readonly status: (typeof jobStatuses)[number]
  readonly actor_type: 'user' | 'client'
  readonly actor_id: string
  readonly parameters: Readonly<Record<string, unknown>>
  readonly total: number | null
  readonly processed: number
  readonly succeeded: number
  readonly failed: number
  readonly detail: string | null
  readonly cancel_requested_at: Date | null
  readonly created_at: Date
  readonly finished_at: Date | null
}

const count = (description: string) => z.number().int().describe(description)

const summary = {
  id: uuid('The job'),
  kind: z.string().meta({ description: 'What it does', example: 'users.import' }),
  status: z.enum(jobStatuses),
  actor: z.object({ type: z.enum(['user', 'client']), id: z.string() }).meta({
    'x-authly-name': 'JobActor',
    description: 'Who began it; each of its steps is done in their name, with the rights they have then',
  }),
  parameters: z.record(z.string(), z.unknown()),
  total: count('Rows there are; null while nobody knows').nullable(),
  processed: count('Rows done, whatever came of them'),
  succeeded: count('Rows that are as they should be'),
  failed: count('Rows that are not; see the results'),
  detail: z.string().nullable().describe('Why it failed, or what it waits for'),
  cancel_requested: z.boolean(),
  created_at: timestamp('When it was accepted'),
  finished_at: timestamp('When it ended').nullable(),
}

export const jobSummarySchema = z.object(summary).meta({ id: 'JobSummary' })

const file = z
  .object({ name: z.enum(jobFileNames), size_bytes: z.number().int(), content_type: z.string() })
  .meta({ 'x-authly-name': 'JobFile' })

export const jobSchema = z
  .object({
    ...summary,
    started_at: timestamp('When its first step began').nullable(),
    eta_seconds: z.number().int().nullable().describe('How long it will take at the speed so far'),
    files: z.array(file).describe('What can be downloaded'),
    files_expire_at: timestamp('When its files are deleted').nullable(),
  })
  .meta({ id: 'Job' })

export const jobParams = z.object({ job_id: uuid('The job') })

const fromMs = (time: number | null): string | null => (time === null ? null : new Date(time).toISOString())

export const toJobSummary = (row: JobRow) => ({
  id: row.id,
  kind: row.kind,
  status: row.status,
  actor: { type: row.actor_type, id: row.actor_id },
  parameters: { ...row.parameters },
  total: row.total,
  processed: row.processed,
  succeeded: row.succeeded,
  failed: row.failed,
  detail: row.detail,
  cancel_requested: row.cancel_requested_at !== null,
  created_at: row.created_at.toISOString(),
  finished_at: row.finished_at?.toISOString() ?? null,
})

/** The row lags behind by a step; for a running job the object's progress is newer. */
export const toJob = (row: JobRow, progress: JobProgress | undefined) => {
  const job = toJobSummary(row)
  const live = progress !== undefined && job.finished_at === null ? liveParts(progress) : {}
  return {
    ...job,
    ...live,
    started_at: fromMs(progress?.started_at ?? null),
    eta_seconds: progress?.eta_seconds ?? null,
    files: (progress?.files ?? []).map(({ name, size_bytes, content_type }) => ({
      name,
      size_bytes,
      content_type,
    })),
    files_expire_at: fromMs(progress?.files_expire_at ?? null),
  }
}

const liveParts = ({ total, processed, succeeded, failed, detail }: JobProgress) => ({
  ...{ total, processed, succeeded, failed, detail },
})
