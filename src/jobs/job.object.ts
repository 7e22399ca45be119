/**
 * One background job. Its input, files and state live in its SQLite; an alarm moves it step by step. Each step is
 * planned, the plan is stored and sent to Postgres, and its outcome is stored together with the next cursor:
 * interrupted between any two of these, the job resumes with exactly the same step, which Postgres commits only once
 * (docs/decisions/0015).
 */

import { DurableObject } from 'cloudflare:workers'
import type { LastingAuthorization } from '../access/authorized.ts'
import { findDeadTokens } from '../access/dead-tokens.ts'
import { configOf } from '../config.ts'
import { createBoundedBatch } from '../db/run-batch.ts'
import { describeError } from '../kit/describe-error.ts'
import { logError } from '../kit/log.ts'
import { createObjectSchema, type ObjectSchema } from '../kit/object-schema.ts'
import { createRootSecret, type RootSecret } from '../kit/root-secret.ts'
import { argon2Hasher } from '../passwords/argon2.ts'
import type { UserSessions } from '../sessions/rules.ts'
import { count } from '../telemetry/count.ts'
import { observe } from '../telemetry/observe.ts'
import { observedObjects } from '../telemetry/observed-objects.ts'
import { type InputFormat, InputRefusal } from './formats/input-row.ts'
import {
  deleteFile,
  type JobState,
  jobTables,
  listFiles,
  readFilePart,
  readInput,
  storeInput,
} from './job.table.ts'
import {
  isFinal,
  type JobFileName,
  type JobOrder,
  type JobProgress,
  jobFileNames,
  logFieldsOf,
  type Offered,
  readOrder,
} from './job.ts'
import { type AnyJobKind, findJobKind, type JobWork } from './job-kind.ts'
import { maxFailures, offerLifetimeMs, postpone, progressOf } from './job-transitions.ts'
import { findUnauthorized } from './jobs.store.ts'
import { createProgressFeed, type ProgressFeed } from './progress-feed.ts'
import { type MovingJob, moveJob, wait } from './run-job-step.object.ts'
import { openUpload, sealUpload } from './sealed-upload.ts'

const stateKey = 'state'
/** Work per alarm; then the object handles waiting requests and gets a fresh CPU limit. */
const alarmBudgetMs = 5_000
/** Each step may call many objects, and an invocation has a limit of subrequests. */
const maxStepsPerAlarm = 8
const claimDelayMs = 300
/** How long Postgres may take for one step before it counts as unavailable. */
const stepTimeoutMs = 20_000

/** The engine. The deployed class (`src/worker.ts`) supplies the job kinds. */
export abstract class JobObject extends DurableObject<Env> {
  protected abstract readonly kinds: readonly AnyJobKind[]

  readonly #storage: DurableObjectStorage
  readonly #schema: ObjectSchema
  readonly #feed: ProgressFeed
  #root: RootSecret | undefined

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#storage = ctx.storage
    this.#schema = createObjectSchema(ctx.storage, [jobTables])
    this.#feed = createProgressFeed(ctx)
  }

  /**
   * Stores an order and its upload. Nothing happens until the caller has written the job's row in Postgres; without
   * one, all of this is deleted.
   */
  async offer(
    order: JobOrder,
    upload?: { readonly body: ReadableStream<Uint8Array>; readonly format: InputFormat },
  ): Promise<Offered> {
    if (this.#state) throw new Error('a job object takes one order')
    const kind = findJobKind(this.kinds, order.kind)
    if (kind.permission !== order.authorized.permission) throw new Error('ordered with another permission')
    this.#schema.ensure()
    // Set first, so that everything is cleaned up even if this request fails.
    await this.#storage.setAlarm(Date.now() + offerLifetimeMs)
    // Before the upload is read: it may take longer than the token is valid.
    if (!(await this.#delegate(order))) {
      await this.discard()
      return { ok: false, code: 'token_revoked' }
    }
    try {
      const input =
        upload &&
        (await storeInput(
          this.#storage.sql,
          upload.body,
          upload.format,
          kind.inputColumns ?? new Set(),
          (rows) => sealUpload(this.#openRoot(), order.job_id, rows),
        ))
      const total = input?.rows ?? null
      this.#save({
        ...{
          order,
          phase: 'offered',
          status: 'queued',
          step: 0,
          input,
          cancelRequested: false,
          detail: null,
        },
        counts: { total, processed: 0, succeeded: 0, failed: 0 },
        ...{ revision: 0, failures: 0, started_at: null, finished_at: null },
      })
      await this.#storage.setAlarm(Date.now() + claimDelayMs)
      return { ok: true, rows: total, digest: input?.digest ?? '' }
    } catch (error) {
      await this.discard()
      if (!(error instanceof InputRefusal)) throw error
      const { code, line, message } = error
      return { ok: false, code, line, detail: message }
    }
  }

  /** Deletes an offer that was not accepted. */
  async discard(): Promise<void> {
    await this.#storage.deleteAlarm()
    await this.#schema.drop()
  }

  /** Checks at once for a cancellation in Postgres. */
  async nudge(): Promise<void> {
    const state = this.#state
    if (!state || isFinal(state.status)) return
    this.#save({ ...state, cancelRequested: true })
    await this.#storage.setAlarm(Date.now())
  }

  /** Undefined when the job never existed or its data has been deleted. */
  async progress(): Promise<JobProgress | undefined> {
    const state = this.#state
    if (!state) return undefined
    // If an alarm was lost, a request for progress restarts the job.
    if (state.phase !== 'finished' && (await this.#storage.getAlarm()) === null && !this.#isWorking) {
      await this.#storage.setAlarm(Date.now())
    }
    return this.#progressOf(state)
  }

  /**
   * Reads a file part by part. `credentials` is deleted once it has been read to its end.
   * @returns undefined when there is no such file
   */
  async readFile(name: JobFileName): Promise<ReadableStream<Uint8Array> | undefined> {
    if (!this.#schema.exists() || !jobFileNames.includes(name)) return undefined
    if (!readFilePart(this.#storage.sql, name, 0)) return undefined
    let part = 0
    return new ReadableStream({
      type: 'bytes',
      pull: (controller) => {
        const bytes = readFilePart(this.#storage.sql, name, part++)
        if (bytes) controller.enqueue(bytes)
        else {
          if (name === 'credentials') deleteFile(this.#storage.sql, name)
          controller.close()
        }
      },
    })
  }

  /** Progress as server-sent events, until the job ends. */
  async watch(watch: {
    readonly after: number | undefined
    readonly authorization: LastingAuthorization
  }): Promise<ReadableStream<Uint8Array> | undefined> {
    const progress = await this.progress()
    return progress && this.#feed.open(progress, watch)
  }

  /** Opens a WebSocket that receives each progress as a message. The worker has authorized the caller. */
  override async fetch(request: Request): Promise<Response> {
    const progress = await this.progress()
    if (!progress) return new Response(null, { status: 404 })
    return this.#feed.accept(progress, request)
  }

  override webSocketMessage(socket: WebSocket): void {
    // Watchers send nothing.
    socket.close(1008, 'this socket only sends')
  }

  override async alarm(): Promise<void> {
    this.#isWorking = true
    try {
      const until = Date.now() + alarmBudgetMs
      await this.#feed.endUnauthorized((all) => this.#findEnded(all))
      let next: number | undefined
      let steps = 0
      do next = await this.#move().catch((error: Error) => this.#fail(error))
      while (next === 0 && ++steps < maxStepsPerAlarm && Date.now() < until)
      if (next !== undefined) await this.#storage.setAlarm(Date.now() + next)
    } finally {
      this.#isWorking = false
    }
  }

  #isWorking = false

  #move(): Promise<number | undefined> {
    const moving = this.#moving
    // Without an order, or when it is done, there is only something to delete.
    if (!moving.state || moving.state.phase === 'finished') return moveJob(moving)
    const { kind, job_id, trace } = moving.state.order
    return observe('job_step', { job_kind: kind, job_id, cause: trace }, () => moveJob(moving))
  }

  /** An unexpected error: retried a limited number of times, because a newer version may have fixed it. */
  #fail(error: Error): number | undefined {
    const state = this.#state
    logError('job_step_threw', { ...(state && logFieldsOf(state.order)), reason: describeError(error) })
    if (!state) return undefined
    count('authly_job_steps_total', 1, state.order.kind, 'failed')
    return wait(this.#moving, postpone(state, 'an internal error', maxFailures))
  }

  get #state(): JobState | undefined {
    const state = this.#storage.kv.get<JobState>(stateKey)
    return state && { ...state, order: readOrder(state.order) }
  }

  #save(state: JobState): void {
    this.#storage.kv.put(stateKey, state)
    this.#feed.send(() => this.#progressOf(state))
  }

  #progressOf(state: JobState): JobProgress {
    const kind = findJobKind(this.kinds, state.order.kind)
    return progressOf(state, listFiles(this.#storage.sql, kind.files?.(state.order.params) ?? {}), Date.now())
  }

  #sessionsOf(subject: string): UserSessions {
    const objectOf = observedObjects('UserSessions', this.env.USER_SESSIONS, configOf(this.env))
    return objectOf(subject) as unknown as UserSessions
  }

  async #delegate({ job_id, authorized, token }: JobOrder): Promise<boolean> {
    if (!token) return false
    const { subject, grantId, jtiHash } = token
    return this.#sessionsOf(subject).delegate({
      ...{ now: Date.now(), work_id: job_id, client_id: authorized.actor.clientId },
      ...{ grant_id: grantId, jti_hash: jtiHash },
    })
  }

  /** Watchers whose token was revoked or whose permission ended. */
  async #findEnded(all: readonly LastingAuthorization[]): Promise<ReadonlySet<LastingAuthorization>> {
    const [dead, unauthorized] = await Promise.all([
      findDeadTokens(
        all,
        ({ token }) => token,
        (subject, input) =>
          this.#sessionsOf(subject).inspectToken({ now: Date.now(), kind: 'access', ...input }),
      ),
      findUnauthorized(this.#moving.runBatch, all),
    ])
    return new Set([...dead, ...unauthorized])
  }

  #openRoot(): RootSecret {
    const config = configOf(this.env)
    this.#root ??= createRootSecret(config.rootSecret, config.previousRootSecrets)
    return this.#root
  }

  #workOf({ order, counts, input }: JobState): JobWork<object> {
    const config = configOf(this.env)
    const { actor } = order.authorized
    const root = this.#openRoot()
    return {
      ...{ order, params: order.params, counts, root, passwordHasher: argon2Hasher },
      input: input && readInput(this.#storage.sql, input, (sealed) => openUpload(root, order.job_id, sealed)),
      refusePasskeys: (userId) =>
        this.#sessionsOf(userId).refusePasskeys({
          ...{ now: Date.now(), origin: order.origin, user_id: userId, credential_ids: 'all' },
          by: { actor_type: actor.type, actor_id: actor.id },
        }),
      endSessions: (userId, reason) =>
        this.#sessionsOf(userId).endAllSessions({
          ...{ now: Date.now(), origin: order.origin, reason },
          by: { actor_type: actor.type, actor_id: actor.id },
          forget: reason === 'account_deleted' ? 'everything' : undefined,
        }),
      factorsChanged: (userId) =>
        this.#sessionsOf(userId).factorsChanged({
          ...{ now: Date.now(), user_id: userId, origin: order.origin },
          by: { actor_type: actor.type, actor_id: actor.id },
        }),
      issuer: config.issuer,
      now: () => Date.now(),
    }
  }

  get #moving(): MovingJob {
    const { env } = this
    return {
      ...{ storage: this.#storage, state: this.#state, bucket: env.FILES, kinds: this.kinds },
      /** Created for each use, because its timeout starts at creation. */
      get runBatch() {
        return createBoundedBatch(configOf(env), stepTimeoutMs)
      },
      workOf: (state) => this.#workOf(state),
      isDelegated: async ({ job_id, token }) =>
        token !== undefined &&
        this.#sessionsOf(token.subject).isDelegated({ now: Date.now(), work_id: job_id }),
      save: (state) => this.#save(state),
      discard: () => this.discard(),
    }
  }
}
