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
import { type Dispatched, dispatchEvents } from './dispatch-events.ts'
import { createWebhookOutboxOf } from './webhook-client.object.ts'

const positionKey = 'position'
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
      const { endpoints, more } = await this.#dispatch()
      this.#failures = 0
      if (endpoints > 0) count('authly_webhook_dispatches_total', 1, 'success')
      if (endpoints > 0) return this.#alarm.ringBy(more ? Date.now() : Date.now() + pollMs)
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

  async #dispatch(): Promise<Dispatched> {
    const { kv } = this.ctx.storage
    const config = configOf(this.env)
    const needs = {
      now: Date.now,
      store: createDispatchStore(createBoundedBatch(config, queryTimeoutMs)),
      outboxOf: createWebhookOutboxOf(this.env.WEBHOOK_OUTBOX, config),
    }
    for (let page = 1; ; page++) {
      const after = kv.get<number>(positionKey)
      const dispatched = await dispatchEvents(needs, after)
      const { upTo, handed, endpoints, more } = dispatched
      if (handed > 0) count('authly_webhook_deliveries_total', handed, 'queued')
      if (endpoints > 0 && upTo !== undefined && upTo !== after) kv.put(positionKey, upTo)
      if (endpoints === 0 || !more || page === maxPages) return dispatched
    }
  }
}
