/**
 * Hands the events of the trail to the outboxes of webhook endpoints, in the order of the trail. One object, so that
 * each page is read once. It looks whenever somebody has written events and says so, and every few seconds besides:
 * some events are written by statements that tell nobody. With no endpoint enabled it stores nothing and does nothing.
 */
import { DurableObject } from 'cloudflare:workers'
import { TrailBusy } from '../audit/stream/trail-reader.ts'
import { configOf } from '../config.ts'
import { createBoundedBatch } from '../db/run-batch.ts'
import { describeError } from '../kit/describe-error.ts'
import { logWarning } from '../kit/log.ts'
import { createObjectAlarm, type ObjectAlarm } from '../kit/object-alarm.ts'
import { retryAtMost } from '../kit/retry-at.ts'
import { count } from '../telemetry/count.ts'
import { createDispatchStore } from './dispatch.store.ts'
import { type Dispatched, type DispatchNeeds, dispatchEvents } from './dispatch-events.ts'
import { type DispatchProgress, openDispatchProgress } from './dispatch-progress.ts'
import { createWebhookOutboxOf } from './webhook-client.object.ts'

/** Many nudges within this time are one look. */
const soonMs = 1_000
const busyMs = 500
const pollMs = 15_000
const maxRetryMs = 60_000
const queryTimeoutMs = 10_000
/** Each is a call for every endpoint, and the platform limits how many there may be: what is left rings at once. */
const maxPages = 10

export class WebhookDispatcherObject extends DurableObject<Env> {
  readonly #alarm: ObjectAlarm
  #failures = 0

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#alarm = createObjectAlarm(ctx)
  }

  /** There may be new events, or a new endpoint. */
  async nudge(): Promise<void> {
    // While Postgres is unavailable, the retry finds them too.
    if (this.#failures === 0) this.#alarm.ringBy(Date.now() + soonMs, Date.now())
  }

  override async alarm(): Promise<void> {
    this.#alarm.rang()
    try {
      const progress = openDispatchProgress(this.ctx.storage.kv)
      const needs = this.#needs()
      const { endpoints, more } = await dispatchNew(needs, progress)
      const isBehind = await catchUp(needs, progress)
      this.#failures = 0
      if (endpoints > 0) {
        count('authly_webhook_dispatches_total', 1, 'success')
        const now = Date.now()
        const next = Math.min(progress.nextAt() ?? Number.POSITIVE_INFINITY, now + pollMs)
        return this.#alarm.ringBy(more || isBehind ? now : next)
      }
      await this.ctx.storage.deleteAll()
      this.#alarm.rang()
    } catch (error) {
      if (error instanceof TrailBusy) return this.#alarm.ringBy(Date.now() + busyMs)
      logWarning('webhook_dispatch_failed', { subject: 'trail', reason: describeError(error) })
      count('authly_webhook_dispatches_total', 1, 'failed')
      this.#failures++
      this.#alarm.ringBy(retryAtMost(maxRetryMs, Date.now(), this.#failures, Math.random()))
    }
  }

  #needs(): DispatchNeeds {
    const config = configOf(this.env)
    return {
      now: Date.now,
      store: createDispatchStore(createBoundedBatch(config, queryTimeoutMs)),
      outboxOf: createWebhookOutboxOf(this.env.WEBHOOK_OUTBOX, config),
    }
  }
}

async function dispatchNew(needs: DispatchNeeds, progress: DispatchProgress): Promise<Dispatched> {
  for (let page = 1; ; page++) {
    // Who is behind gets nothing of what comes later: their outbox would then ignore the page that they have missed.
    const behind = progress.behind()
    const dispatched = await dispatchEvents(needs, progress.position(), (id) => !behind.has(id))
    const { upTo, endpoints, more } = dispatched
    note(dispatched, progress)
    if (endpoints > 0 && upTo !== undefined) progress.advance(upTo)
    progress.store()
    if (endpoints === 0 || !more || page === maxPages) return dispatched
  }
}

/** @returns whether there is more to do at once */
async function catchUp(needs: DispatchNeeds, progress: DispatchProgress): Promise<boolean> {
  for (let page = 1; page <= maxPages; page++) {
    const due = progress.due(Date.now())
    if (due === undefined) return false
    const dispatched = await dispatchEvents(needs, due.after, (id) => due.ids.has(id))
    const { upTo = due.after, ids } = dispatched
    const isThere = upTo >= (progress.position() ?? 0)
    const failed = note(dispatched, progress)
    for (const id of due.ids) {
      if (failed.has(id)) continue
      // Also one that is disabled or deleted by now.
      if (isThere || !ids.includes(id)) progress.forget(id)
      else progress.reached(id, upTo)
    }
    progress.store()
  }
  return true
}

function note({ handed, failed }: Dispatched, progress: DispatchProgress): ReadonlySet<string> {
  if (handed > 0) count('authly_webhook_deliveries_total', handed, 'queued')
  for (const { id, after, reason } of failed) {
    const next = progress.failed(id, after, Date.now(), Math.random())
    const outcome = next === 'given_up' ? 'left_behind' : 'refused'
    logWarning('webhook_dispatch_failed', { subject: id, reason, outcome })
    count('authly_webhook_dispatches_total', 1, outcome)
  }
  return new Set(failed.map(({ id }) => id))
}
