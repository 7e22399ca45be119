/**
 * What a kind of background job is. One file per kind beside its subject, one line in
 * `src/job-kinds.ts`. The job object drives every
 * kind by the same three functions, so that each gets all of it for nothing: resuming after eviction and after an
 * outage, no row lost or doubled, authorization at every step, cancel, progress, files.
 *
 *   plan       what the next step will do. Its answer is kept BEFORE anything is sent, and sent again unchanged
 *              after a crash: random ids, passwords and hashes belong here.
 *   statement  that step as SQL. Sent in one batch behind the authorization of the actor; a writing step also
 *              behind the row of `job_chunks` that makes it happen once.
 *   record     what to keep of the outcome: file lines, counts, and where to go on. One transaction.
 */
import type { SQL } from 'drizzle-orm'
import type { z } from 'zod'
import type { Permission } from '../access/permissions.ts'
import type { RootSecret } from '../kit/root-secret.ts'
import type { PasswordHasher } from '../passwords/password-hasher.ts'
import type { EndAllSessions } from '../sessions/end-session.ts'
import type { InputFormat, InputRow } from './formats/input-row.ts'
import type { JobCounts, JobFileName, JobOrder } from './job.ts'

export type SignOutReason = NonNullable<EndAllSessions['reason']>

/** Rows that were uploaded, in chunks as they are stored. */
export interface JobInput {
  readonly format: InputFormat
  /** CSV: the header, in order. */
  readonly columns: readonly string[]
  readonly rows: number
  readonly chunks: number
  /** @param chunk from 0 */
  read(chunk: number): Promise<readonly InputRow[]>
}

export interface JobWork<Params> {
  readonly order: JobOrder
  readonly params: Params
  readonly counts: JobCounts
  /** Set for kinds that take an upload. */
  readonly input: JobInput | undefined
  readonly root: RootSecret
  readonly passwordHasher: PasswordHasher
  /** Before an account is taken away: nobody signs in to it with a passkey any more. Harmless to repeat. */
  refusePasskeys(userId: string): Promise<void>
  /** Signs a person out everywhere. Harmless to repeat. */
  endSessions(userId: string, reason: SignOutReason): Promise<void>
  /** Has a person asked again for their second factors, which are others now. Harmless to repeat. */
  factorsChanged(userId: string): Promise<void>
  readonly issuer: string
  /** Milliseconds since the Unix epoch. */
  now(): number
}

export interface StepStatement {
  /** Comma-separated CTEs without `WITH`, e.g. sql`page as (select …), written as (update …)`. */
  readonly ctes: SQL
  /** An expression of type jsonb over them: what `record` gets. */
  readonly outcome: SQL
}

export interface StepResult<Cursor> {
  readonly cursor: Cursor
  /** Whether this was the last step. */
  readonly done: boolean
  /** Ends the job as failed, with this as its detail. */
  readonly failure?: string | undefined
  /** Rows of this step. */
  readonly processed: number
  readonly succeeded: number
  readonly failed: number
  /** Set when the number of rows becomes known only in this step. */
  readonly total?: number | undefined
  /** Text to append to the job's files; lines end in a newline. */
  readonly append?: Partial<Record<JobFileName, string>>
}

export interface JobFileType {
  readonly content_type: string
  /** Without the dot. */
  readonly extension: string
}

export interface JobKind<Params extends object, Cursor, Step, Outcome> {
  /** `users.import`; stored as text. */
  readonly name: string
  /** What the actor must be permitted to do at every step. */
  readonly permission: Permission
  readonly params: z.ZodType<Params>
  /** `write`: each step takes effect exactly once. `read`: a step may be sent twice, but its outcome is stored once. */
  effect(params: Params): 'write' | 'read'
  /** Set for kinds that take an upload: the columns a CSV may have. */
  readonly inputColumns?: ReadonlySet<string>
  /** Media types of the files this kind writes, where they are not NDJSON. */
  files?(params: Params): Partial<Record<JobFileName, JobFileType>>
  /** The R2 key under which the finished `output` file is also stored, or undefined. */
  publishTo?(work: JobWork<Params>): string | undefined
  /** `step` must be plain JSON. Must do no I/O. */
  plan(work: JobWork<Params>, cursor: Cursor | undefined): Promise<Step>
  statement(work: JobWork<Params>, step: Step): StepStatement
  /**
   * Side effects outside Postgres after the step (sessions of a deleted user end). Runs before the step counts as done,
   * and again after a crash, so it must be idempotent.
   */
  after?(work: JobWork<Params>, step: Step, outcome: Outcome): Promise<void>
  record(
    work: JobWork<Params>,
    step: Step,
    outcome: Outcome,
  ): StepResult<Cursor> | Promise<StepResult<Cursor>>
}

/** A job kind as the job object sees it, without its own types. */
export type AnyJobKind = JobKind<object, unknown, unknown, unknown>

/** Checks the types of a kind's parts against each other and hides them from the job object. */
export const defineJobKind = <Params extends object, Cursor, Step, Outcome>(
  kind: JobKind<Params, Cursor, Step, Outcome>,
): AnyJobKind => kind as unknown as AnyJobKind

/** @throws Error for an unknown name: the job was created by another version */
export function findJobKind(kinds: readonly AnyJobKind[], name: string): AnyJobKind {
  const kind = kinds.find((each) => each.name === name)
  if (!kind) throw new Error(`no such kind of job: ${name}`)
  return kind
}
