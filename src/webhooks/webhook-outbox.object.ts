/**
 * The outbox of one webhook endpoint: the events it is to get. An event is on disk before the dispatcher goes on; the
 * alarm posts it, again and again for days, until it is taken or the endpoint is gone. One object for an endpoint,
 * because one that is down is down for every event: it is asked once in a while, not once for each.
 */
import { DurableObject } from 'cloudflare:workers'
import type { AuditEvent } from '../audit/event.ts'
import { createOutbox, encodeEvents, type Outbox, outboxTable } from '../audit/outbox.ts'
import { configOf } from '../config.ts'
import { createBoundedBatch } from '../db/run-batch.ts'
import { describeError } from '../kit/describe-error.ts'
import { createGuardedSend } from '../kit/guarded-fetch.ts'
import { uuidv7 } from '../kit/ids.ts'
import { logWarning } from '../kit/log.ts'
import { createObjectAlarm, type ObjectAlarm } from '../kit/object-alarm.ts'
import { createObjectSchema, type ObjectSchema } from '../kit/object-schema.ts'
import { createRootSecret } from '../kit/root-secret.ts'
import { count, measure } from '../telemetry/count.ts'
import { observedFetch } from '../telemetry/observed-fetch.ts'
import {
  type AttemptOutcome,
  atOnce,
  isDead,
  isGivenUp,
  maxReplays,
  maxWaiting,
  pausedUntil,
  retryAt,
  timeoutMs,
  wasDown,
} from './decide-webhook.ts'
import { type DeliverWebhookNeeds, deliverWebhook } from './deliver-webhook.ts'
import { toDueEvent } from './dispatch-events.ts'
import { matches } from './filters.ts'
import { createListenerQueue, type ListenerQueue } from './listener-queue.ts'
import { createOutboxStore, type OutboxStore, type Round } from './outbox.store.ts'
import type { DueEvent, HandedPage, ReplayOrder, TakenEvent } from './outbox-port.ts'
import { payloadOf, type TrailEvent } from './payload.ts'
import {
  type Delivery,
  deliveriesTable,
  openWaitingDeliveries,
  recentAttemptsColumn,
  type WaitingDeliveries,
} from './waiting-deliveries.table.ts'
import { openWaitingReplays, replaysTable, type WaitingReplays } from './waiting-replays.table.ts'
import type { DeliveredEndpoint, DisabledReason } from './webhook-endpoint.ts'

const keys = {
  webhookId: 'webhook_id',
  kind: 'kind',
  /** The end of the last page that was handed over. */
  handed: 'handed',
  /** Attempts in a row that failed, and when the first of them was. */
  failures: 'failures',
  failingSince: 'endpoint_failing_since',
  pausedUntil: 'paused_until',
  /** Somebody has changed the endpoint: it is looked at although nothing is due. */
  changed: 'changed',
  /** Ids of the last orders of administrators. */
  orders: 'orders',
} as const

/** Orders that are known again when a request is repeated. */
const maxOrders = 200

/** Events whose bodies are read from the trail together. */
const roundSize = 20
const logSize = 500
/** An alarm ends before the platform ends it: what is left rings at once. */
const maxRounds = 40
const maxWorkMs = 60_000
const queryTimeoutMs = 10_000
/** While Postgres is unavailable: nothing is tried, so nothing counts as a failure. */
const unavailableMs = 15_000

export class WebhookOutboxObject extends DurableObject<Env> {
  readonly #schema: ObjectSchema
  readonly #alarm: ObjectAlarm
  readonly #deliveries: WaitingDeliveries
  readonly #replays: WaitingReplays
  readonly #listener: ListenerQueue
  readonly #outbox: Outbox

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#schema = createObjectSchema(ctx.storage, [
      deliveriesTable + replaysTable,
      outboxTable,
      recentAttemptsColumn,
    ])
    this.#alarm = createObjectAlarm(ctx)
    this.#deliveries = openWaitingDeliveries(ctx.storage.sql)
    this.#replays = openWaitingReplays(ctx.storage.sql)
    this.#listener = createListenerQueue(this.#deliveries, ctx.storage.kv)
    this.#outbox = createOutbox(ctx.storage, this.#schema, this.#alarm, async (eventsJson) => {
      const { createDeliverEvents } = await import('../audit/deliver-events.store.ts')
      await createDeliverEvents(this.env)(eventsJson)
    })
  }

  async enqueue({ webhook_id, kind, up_to, events }: HandedPage): Promise<void> {
    const { kv } = this.ctx.storage
    this.#schema.ensure()
    const handed = kv.get<number>(keys.handed) ?? 0
    if (up_to <= handed) return
    this.#keep(webhook_id, () => {
      if (kind === 'listener') kv.put(keys.kind, kind)
      kv.put(keys.handed, up_to)
      let room = maxWaiting - this.#deliveries.waiting()
      for (const event of events) {
        if (event.position <= handed) continue
        const isKept = room-- > 0
        if (!isKept) count('authly_webhook_deliveries_total', 1, 'dropped')
        // A listener has no log that would take over what was dropped: it would stay here.
        if (isKept || kind === 'endpoint')
          this.#deliveries.insert(event, Date.now(), isKept ? 'new' : 'dropped')
      }
    })
    if (kind === 'listener') return this.#alarm.ringBy(Date.now() + this.#listener.arrived())
    this.#ring()
  }

  async sendAgain(
    webhookId: string,
    event: DueEvent,
    // A worker of v0.1.0 gives none: each of its orders is another one.
    orderId = uuidv7(),
    recorded?: AuditEvent,
  ): Promise<boolean> {
    return this.#take(webhookId, orderId, recorded, () => {
      if (!this.#hasRoomFor(event.event_id)) return false
      this.#deliveries.insert(event, Date.now(), 'again')
      this.ctx.storage.kv.delete(keys.pausedUntil)
      return true
    })
  }

  async sendTest(webhookId: string, event: TrailEvent, recorded?: AuditEvent): Promise<boolean> {
    return this.#take(webhookId, event.id, recorded, () => {
      if (!this.#hasRoomFor(event.id)) return false
      const due = { event_id: event.id, position: 0, type: event.type, subject: null }
      this.#deliveries.insert(due, Date.now(), 'new', JSON.stringify(event))
      // Somebody waits for it and watches.
      this.ctx.storage.kv.delete(keys.pausedUntil)
      return true
    })
  }

  async replay(order: ReplayOrder, recorded?: AuditEvent): Promise<boolean> {
    return this.#take(order.webhook_id, order.id, recorded, () => {
      if (this.#replays.count() >= maxReplays) return false
      this.#replays.insert(order)
      return true
    })
  }

  /**
   * Takes an order of an administrator, once: a request that is repeated hands it over again.
   * @param recorded undefined: from a worker of v0.1.0, which tells the trail itself and meets this object while a version
   * spreads. The release after next can demand it.
   */
  #take(webhookId: string, orderId: string, recorded: AuditEvent | undefined, keep: () => boolean): boolean {
    const { kv } = this.ctx.storage
    this.#schema.ensure()
    const orders = kv.get<readonly string[]>(keys.orders) ?? []
    if (orders.includes(orderId)) return true
    let isKept = false
    this.#keep(webhookId, () => {
      isKept = keep()
      if (!isKept) return
      kv.put(keys.orders, [...orders, orderId].slice(-maxOrders))
      // Here and not by who orders it: what is refused, or never gets here, has not happened.
      if (recorded) this.#outbox.append(encodeEvents([recorded]), 1)
    })
    this.#ring()
    if (isKept && recorded) this.#outbox.flushSoon('own')
    return isKept
  }

  /** Attack: an administrator fills the storage by tests, or by what was delivered long ago. */
  #hasRoomFor(eventId: string): boolean {
    return this.#deliveries.waiting() < maxWaiting || this.#deliveries.isWaiting(eventId)
  }

  async wake(): Promise<void> {
    if (!this.#schema.exists()) return
    const { kv } = this.ctx.storage
    // One cannot be changed, so it is over.
    if (kv.get(keys.kind) === 'listener') this.#listener.end()
    kv.delete(keys.pausedUntil)
    kv.put(keys.changed, true)
    this.#alarm.ringBy(Date.now())
  }

  async take(taken: readonly string[], waitMs: number): Promise<readonly TakenEvent[]> {
    if (this.#schema.exists()) this.#listener.taken(taken)
    return this.#listener.next(waitMs, () => this.#schema.exists())
  }

  override async alarm(): Promise<void> {
    this.#alarm.rang()
    const { storage } = this.ctx
    if (!this.#schema.exists()) return
    if (storage.kv.get(keys.kind) === 'listener') {
      const again = this.#listener.restsUntil(Date.now())
      return again === undefined ? this.#drop() : this.#alarm.ringBy(again)
    }
    // First: the trail tells the order before what comes of it.
    await this.#outbox.flush()
    try {
      if ((await this.#work(storage.kv.get<string>(keys.webhookId) ?? '')) !== 'over') return this.#ring()
      // Judged now: an order may have come while Postgres was asked, and what is told of it is not lost with it.
      if (this.#outbox.backlog().waiting === 0) return this.#drop()
      // The alarm that delivers it finds again that it is over.
      storage.kv.put(keys.changed, true)
    } catch (error) {
      logWarning('webhook_failed', { subject: 'outbox', reason: describeError(error) })
      this.#alarm.ringBy(Date.now() + unavailableMs)
    }
  }

  #keep(webhookId: string, change: () => void): void {
    this.#schema.ensure()
    this.ctx.storage.transactionSync(() => {
      this.ctx.storage.kv.put(keys.webhookId, webhookId)
      change()
    })
  }

  async #drop(): Promise<void> {
    await this.#schema.drop()
    // What was set for an attempt has been deleted with the rest.
    this.#alarm.rang()
  }

  #ring(): void {
    const now = Date.now()
    // Not for a replay that waits for room: the alarm would ring without end while the endpoint is down.
    const isBehind = this.#mayContinueReplay() || this.#deliveries.unlogged(1).length > 0
    const next = this.#deliveries.nextAt()
    if (isBehind) this.#alarm.ringBy(now)
    else if (next !== undefined) this.#alarm.ringBy(Math.max(next, now, this.#pausedUntil()))
  }

  #pausedUntil(): number {
    return this.ctx.storage.kv.get<number>(keys.pausedUntil) ?? 0
  }

  /** Rounds of attempts until nothing is due. @returns `over`: the endpoint gets nothing any more, and the log says so */
  async #work(webhookId: string): Promise<'over' | undefined> {
    const config = configOf(this.env)
    const store = createOutboxStore(createBoundedBatch(config, queryTimeoutMs))
    const needs: DeliverWebhookNeeds = {
      now: Date.now,
      root: createRootSecret(config.rootSecret, config.previousRootSecrets),
      send: createGuardedSend(config, observedFetch, timeoutMs),
    }
    const stopAt = Date.now() + maxWorkMs
    for (let round = 0; round < maxRounds && Date.now() < stopAt; round++) {
      const due = this.#takeDue(Date.now())
      const unlogged = this.#deliveries.unlogged(logSize)
      const isChanged = this.ctx.storage.kv.get(keys.changed) === true
      if (due.length === 0 && unlogged.length === 0 && !isChanged) {
        // Last: a page that cannot be read holds up nothing that happens now.
        if (!this.#mayContinueReplay()) return undefined
        await this.#continueReplay(store)
        continue
      }
      const { endpoint, events } = await store.exchange(
        webhookId,
        unlogged,
        due.flatMap(({ event_id, made }) => (made === null ? [event_id] : [])),
      )
      this.ctx.storage.transactionSync(() => this.#deliveries.logged(unlogged))
      if (isChanged) this.ctx.storage.kv.delete(keys.changed)
      if (endpoint === undefined) return 'over'
      if (!endpoint.is_enabled || !endpoint.is_authorized) {
        if (!endpoint.is_authorized && endpoint.is_enabled) {
          await store.disable(webhookId, 'authority_lost', Date.now())
        }
        if (this.#isOver()) return 'over'
        continue
      }
      for (let first = 0; first < due.length; first += atOnce) {
        const some = due.slice(first, first + atOnce)
        const outcomes = await Promise.all(
          some.map((delivery) => this.#attempt(needs, { webhookId, endpoint, events }, delivery)),
        )
        const end = this.#judge(outcomes)
        if (end !== undefined) await store.disable(webhookId, end, Date.now())
        if (end !== undefined || this.#pausedUntil() > Date.now()) break
      }
    }
    return undefined
  }

  /** What waits is cancelled; true once the log shows that. */
  #isOver(): boolean {
    while (this.#replays.count() > 0) this.#replays.delete(this.#replays.first()?.order.id ?? '')
    const cancelled = this.#deliveries.waiting()
    if (cancelled > 0) {
      this.#deliveries.endAll('cancelled', 'endpoint_disabled')
      count('authly_webhook_deliveries_total', cancelled, 'cancelled')
    }
    return this.#deliveries.isEmpty()
  }

  /** What is due, but for what is too old to be sent: that ends here. One event alone while the endpoint fails. */
  #takeDue(now: number): readonly Delivery[] {
    if (this.#pausedUntil() > now) return []
    const isFailing = this.ctx.storage.kv.get(keys.failures) !== undefined
    const due = this.#deliveries.due(now, isFailing ? 1 : roundSize)
    return due.filter((delivery) => {
      if (!isGivenUp(delivery, now)) return true
      const { event_id, response_status, duration_ms, reason } = delivery
      const ended = { status: 'failed', response_status, duration_ms, reason: reason ?? 'expired' } as const
      this.#deliveries.end(event_id, ended)
      countEnd('failed')
      return false
    })
  }

  async #attempt(
    needs: DeliverWebhookNeeds,
    round: { readonly webhookId: string; readonly endpoint: DeliveredEndpoint } & Pick<Round, 'events'>,
    delivery: Delivery,
  ): Promise<AttemptOutcome | undefined> {
    const { event_id, made, position } = delivery
    const event = made === null ? round.events.get(event_id) : (JSON.parse(made) as TrailEvent)
    if (event === undefined) {
      const ended = { response_status: null, duration_ms: null, reason: 'no_event' }
      this.#deliveries.end(event_id, { status: 'dropped', ...ended })
      countEnd('dropped')
      return undefined
    }
    const began = Date.now()
    // Before the attempt, and durable before a byte leaves: if this object ends meanwhile, the alarm comes again, and
    // not at once.
    const again = retryAt(began, delivery.attempts + 1, Math.random())
    this.#deliveries.beginAttempt(event_id, began, again)
    this.#alarm.ringBy(again)
    const outcome = await this.#deliver(needs, round, event_id, payloadOf(event, position))
    const duration_ms = Date.now() - began
    measure('authly_webhook_duration_seconds', duration_ms / 1000)
    const status = outcome.status ?? null
    if (outcome.outcome === 'failed') {
      count('authly_webhook_deliveries_total', 1, 'failed')
      const { reason } = outcome
      this.#deliveries.endAttempt(delivery, { response_status: status, duration_ms, reason }, began)
      logWarning('webhook_failed', { subject: round.webhookId, reason, count: delivery.attempts + 1 })
      return outcome
    }
    const isTaken = outcome.outcome === 'delivered'
    const end = isTaken ? 'delivered' : 'cancelled'
    const reason = isTaken ? null : 'gone'
    this.#deliveries.endAttempt(
      delivery,
      { status: end, response_status: status, duration_ms, reason },
      began,
    )
    countEnd(end)
    if (isTaken) measure('authly_webhook_delay_seconds', (Date.now() - delivery.queued_at) / 1000)
    return outcome
  }

  async #deliver(
    needs: DeliverWebhookNeeds,
    { webhookId, endpoint }: { readonly webhookId: string; readonly endpoint: DeliveredEndpoint },
    event_id: string,
    body: string,
  ): Promise<AttemptOutcome> {
    try {
      const { url, keys } = endpoint
      return await deliverWebhook(needs, { webhook_id: webhookId, url, keys, event_id, body })
    } catch (error) {
      // A bug, or no key that opens: the event waits for whoever mends it.
      logWarning('webhook_failed', { subject: webhookId, reason: describeError(error) })
      return { outcome: 'failed', reason: 'error', status: undefined, retryAfterMs: undefined }
    }
  }

  /** @returns why the endpoint is to be disabled */
  #judge(outcomes: readonly (AttemptOutcome | undefined)[]): DisabledReason | undefined {
    const { kv } = this.ctx.storage
    const now = Date.now()
    if (outcomes.some((outcome) => outcome?.outcome === 'gone')) return 'gone'
    let failures = kv.get<number>(keys.failures) ?? 0
    if (failures > 0 && outcomes.some((outcome) => outcome?.outcome === 'delivered')) {
      for (const key of [keys.failures, keys.failingSince]) kv.delete(key)
      if (wasDown(failures)) this.#deliveries.makeAllDue(now)
      failures = 0
    }
    const failed = outcomes.filter((outcome) => outcome?.outcome === 'failed')
    if (failed.length === 0) return undefined
    const retryAfterMs = Math.max(0, ...failed.map((outcome) => outcome.retryAfterMs ?? 0))
    if (failed.length < outcomes.length && retryAfterMs === 0) return undefined
    const since = kv.get<number>(keys.failingSince) ?? now
    kv.put(keys.failures, failures + 1)
    kv.put(keys.failingSince, since)
    kv.put(keys.pausedUntil, pausedUntil(now, failures + 1, retryAfterMs, Math.random()))
    return isDead(since, now) ? 'failing' : undefined
  }

  /** Whether there is one, and room for its next page. */
  #mayContinueReplay(): boolean {
    return this.#replays.count() > 0 && this.#deliveries.waiting() <= roundSize
  }

  /** Takes the next page of the first replay. */
  async #continueReplay(store: OutboxStore): Promise<void> {
    const replay = this.#replays.first()
    if (replay === undefined) return
    const { order, position } = replay
    const { events, filter, upTo } = await store.readReplay(order, position)
    this.ctx.storage.transactionSync(() => {
      if (events === undefined || filter === undefined) return this.#replays.delete(order.id)
      for (const event of events) {
        if (matches(filter, event)) this.#deliveries.insert(toDueEvent(event), Date.now(), 'again')
      }
      if (upTo === undefined) this.#replays.delete(order.id)
      else this.#replays.advance(order.id, upTo)
    })
  }
}

const countEnd = (status: Exclude<Delivery['status'], 'waiting'>): void =>
  count('authly_webhook_deliveries_total', 1, status === 'failed' ? 'given_up' : status)
